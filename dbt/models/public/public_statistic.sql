with

figures as (

    select
        *,
        known - events as others
    from {{ ref('mart_statistic') }}
    where is_all_centers

),

rounded as (

    select
        statement_id,
        statistic,
        by_group,
        median is not null as is_median,
        {{ public_count('known', 'known_patients') }} as rounded_known,
        {{ public_count('unknown', 'unknown_patients') }} as unknown,
        {{ public_part('events', 'known', 'event_patients') }} as rounded_events,
        {{ public_part('others', 'known', 'other_patients') }} as rounded_others,
        {{ public_quartile('lower_quartile', 'known_patients') }} as lower_quartile,
        {{ public_quartile('median', 'known_patients') }} as median,
        {{ public_quartile('upper_quartile', 'known_patients') }} as upper_quartile
    from figures

),

counted as (

    select
        *,
        -- The whole of a share is that of the cells shown, and missing when one of them is hidden.
        case when is_median then rounded_known else rounded_events + rounded_others end as known,
        case when not is_median and rounded_others is not null then rounded_events end as events
    from rounded

),

final as (

    select
        statement_id,
        statistic,
        by_group,
        known,
        events,
        unknown,
        {{ public_percent('events', 'known') }} as event_percent,
        lower_quartile,
        median,
        upper_quartile
    from counted

)

select * from final
