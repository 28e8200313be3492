-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'radiation') }}

),

final as (

    select
        center_id,
        case_id,
        radiation_day,
        radiation_type,
        dose_gy,
        missing,
        submission_id
    from source

)

select * from final
