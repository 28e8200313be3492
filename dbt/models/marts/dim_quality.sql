with

quality as (

    select * from {{ ref('int_quality') }}

),

final as (

    select
        center_id,
        case_id,
        values_confirmed,
        queries_open,
        derived_compared,
        derived_different
    from quality

)

select * from final
