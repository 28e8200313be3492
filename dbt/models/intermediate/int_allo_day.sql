with

transplants as (

    select * from {{ ref('stg_allo') }}

),

final as (

    select
        center_id,
        case_id,
        transplant_day as allo_day
    from transplants
    where coalesce(transplant_done, true) and transplant_day is not null

)

select * from final
