-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    lesion,
    test_day,
    kind,
    result,
    method,
    vaf_pct,
    allelic_ratio,
    biallelic,
    in_frame_bzip,
    missing,
    submission_id
from {{ source('raw', 'genetics') }}
