-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    transfusion_day,
    product,
    irradiated,
    units,
    missing,
    submission_id
from {{ source('raw', 'transfusion') }}
