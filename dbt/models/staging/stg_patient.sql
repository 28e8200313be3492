-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    sex,
    diagnosis_year,
    age_at_diagnosis_years,
    height_cm,
    weight_kg,
    cmv_status,
    biobank_samples,
    consent_to_registry,
    missing,
    submission_id
from {{ source('raw', 'patient') }}
