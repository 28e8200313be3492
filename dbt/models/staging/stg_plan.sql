-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    point,
    decision_day,
    mst_considered,
    mst_offered,
    mst_reason_not,
    intensification_considered,
    best_supportive_care,
    trial_offered,
    next_line,
    maintenance_reason,
    missing,
    submission_id
from {{ source('raw', 'plan') }}
