-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'followup') }}

),

final as (

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
    from source

)

select * from final
