with

{{ public_curve_ctes('mart_survival', 'public_survival') }},

estimated as (

    select
        *,
        {{ product_limit('new_events', 'risk_before', so_far()) }} as survival,
        {{ greenwood_sum('new_events', 'risk_before', so_far()) }} as greenwood
    from curves

),

with_error as (

    select
        *,
        survival * sqrt(greenwood) as std_error
    from estimated

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
        cumulative_censored,
        survival,
        {{ log_log_bound('survival', 'std_error', 1) }} as ci_lower,
        {{ log_log_bound('survival', 'std_error', -1) }} as ci_upper
    from with_error

)

select * from final
