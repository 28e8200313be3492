-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    infusion_no,
    course_no,
    donor_id,
    aliquot_id,
    infusion_day,
    infusion_start_time,
    delay_reason,
    mnc_e8_per_kg,
    cd3_e8_per_kg,
    cd34_e6_per_kg,
    dose_state,
    weight_kg,
    weight_basis,
    missing,
    submission_id
from {{ source('raw', 'infusion') }}
