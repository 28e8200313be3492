with

unioned as (

    select * from {{ ref('int_endpoint_survival') }}
    union all
    select * from {{ ref('int_endpoint_gvhd') }}
    union all
    select * from {{ ref('int_endpoint_recovery') }}

),

final as (

    select
        center_id,
        case_id,
        endpoint,
        origin,
        cast(time_days as bigint) as time_days,
        cast(status as integer) as status
    from unioned
    where time_days >= 0 and status is not null

)

select * from final
