-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    aliquot_id,
    collection_id,
    state,
    freeze_day,
    thaw_day,
    viability_pct,
    mnc_e8,
    cd3_e8,
    cd34_e8,
    missing,
    submission_id
from {{ source('raw', 'aliquot') }}
