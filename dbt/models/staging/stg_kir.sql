-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    donor_id,
    gene,
    present,
    method,
    test_day,
    missing,
    submission_id
from {{ source('raw', 'kir') }}
