with

{{ public_curve_ctes('mart_cumulative_incidence', 'public_cumulative_incidence') }},

event_free as (

    select
        *,
        coalesce({{ product_limit('new_events + new_competing', 'risk_before', until_before()) }}, 1.0)
            as free_before
    from curves

),

final as (

    select
        endpoint,
        origin,
        stratum_kind,
        stratum,
        time_days,
        n_risk,
        cumulative_events,
        cumulative_competing,
        cumulative_censored,
        sum(free_before * new_events / risk_before) over ({{ so_far() }}) as incidence
    from event_free

)

select * from final
