with

{{ risk_set_ctes(['os', 'os_allo_censored', 'efs', 'lfs', 'lfs_allo_censored']) }},

estimated as (

    select
        *,
        {{ product_limit('n_event', 'n_risk', so_far()) }} as survival,
        {{ greenwood_sum('n_event', 'n_risk', so_far()) }} as greenwood
    from at_risk

),

with_error as (

    select
        *,
        -- Greenwood's formula; at survival 0 it has no value.
        case when survival > 0 then survival * sqrt(greenwood) end as std_error
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
        n_event,
        n_censored,
        survival,
        std_error,
        {{ log_log_bound('survival', 'std_error', 1) }} as ci_lower,
        {{ log_log_bound('survival', 'std_error', -1) }} as ci_upper
    from with_error

)

select * from final
