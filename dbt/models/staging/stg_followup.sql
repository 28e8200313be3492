-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    last_contact_day,
    status,
    relapsed,
    relapse_day,
    death_cause,
    missing,
    submission_id
from {{ source('raw', 'followup') }}
