-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    course_no,
    drug,
    first_day,
    last_day,
    last_dose_end_time,
    dose_mg_per_m2,
    dose_mg,
    doses_per_day,
    days_given,
    route,
    missing,
    submission_id
from {{ source('raw', 'drug') }}
