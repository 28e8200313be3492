-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    drug_name,
    first_day,
    last_day,
    drug_class,
    indication,
    route,
    dose_mg_per_day,
    interruptible,
    missing,
    submission_id
from {{ source('raw', 'conmed') }}
