-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    radiation_day,
    radiation_type,
    dose_gy,
    missing,
    submission_id
from {{ source('raw', 'radiation') }}
