-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'transfusion') }}

),

final as (

    select
        center_id,
        case_id,
        transfusion_day,
        product,
        irradiated,
        units,
        missing,
        submission_id
    from source

)

select * from final
