-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    course_no,
    phase,
    intent,
    regimen,
    start_day,
    end_day,
    dose_adjusted,
    weight_kg,
    bsa_m2,
    trial_id,
    trial_arm,
    drug_list_complete,
    conmed_list_complete,
    radiation_list_complete,
    transfusion_list_complete,
    missing,
    submission_id
from {{ source('raw', 'course') }}
