-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    donor_id,
    role,
    relation,
    eligible,
    sex,
    age_years,
    cmv_status,
    screening_day,
    examination_day,
    infectious_markers_day,
    clearance,
    consent_day,
    kir_typed,
    antibodies_tested,
    replaces_donor_id,
    replacement_reason,
    missing,
    submission_id
from {{ source('raw', 'donor') }}
