-- The share of possible follow-up that was done (Clark, Altman and De Stavola 2002), by center and comparison.
with

follow_up as (

    select * from {{ ref('int_follow_up') }}

),

final as (

    select
        endpoint,
        origin,
        by_day,
        center_id,
        count(*) as patients,
        sum(observed_days) / nullif(cast(sum(possible_days_hi) as double), 0) as completeness_lo,
        sum(observed_days) / nullif(cast(sum(possible_days_lo) as double), 0) as completeness_hi
    from follow_up
    group by endpoint, origin, by_day, center_id

)

select * from final
