-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    test_day,
    method,
    target,
    source,
    result,
    value_pct,
    lod_pct,
    missing,
    submission_id
from {{ source('raw', 'mrd') }}
