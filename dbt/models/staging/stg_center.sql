-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    country,
    adoption_year,
    transfusion_standard,
    infection_standard,
    supportive_care_standard,
    missing,
    submission_id
from {{ source('raw', 'center') }}
