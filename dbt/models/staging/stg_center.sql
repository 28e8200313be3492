-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'center') }}

),

final as (

    select
        center_id,
        country,
        adoption_year,
        transfusion_standard,
        infection_standard,
        supportive_care_standard,
        missing,
        submission_id
    from source

)

select * from final
