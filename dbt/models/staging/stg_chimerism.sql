-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    sample_day,
    donor_id,
    method,
    cell_fraction,
    source,
    detected,
    donor_pct,
    lod_pct,
    informative_markers,
    missing,
    submission_id
from {{ source('raw', 'chimerism') }}
