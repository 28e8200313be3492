-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    eligible,
    considered,
    decision_day,
    transplant_done,
    transplant_day,
    age_at_transplant_years,
    donor_type,
    reason_not_done,
    neutrophil_recovery_day,
    platelet_recovery_day,
    missing,
    submission_id
from {{ source('raw', 'allo') }}
