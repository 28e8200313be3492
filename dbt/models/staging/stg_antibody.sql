-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    donor_id,
    test_day,
    result,
    method,
    specificities,
    mfi_max,
    c1q,
    missing,
    submission_id
from {{ source('raw', 'antibody') }}
