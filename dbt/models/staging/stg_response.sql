-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    assessment_day,
    after_course_no,
    response,
    marrow_done,
    marrow_adequate,
    marrow_blasts_pct,
    blood_blasts_pct,
    extramedullary_disease,
    anc_e9_per_l,
    platelets_e9_per_l,
    missing,
    submission_id
from {{ source('raw', 'response') }}
