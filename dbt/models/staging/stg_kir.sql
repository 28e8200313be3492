-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'kir') }}

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        gene,
        present,
        method,
        test_day,
        missing,
        submission_id
    from source

)

select * from final
