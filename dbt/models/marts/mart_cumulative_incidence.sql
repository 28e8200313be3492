with

{{ risk_set_ctes([
    'relapse', 'nrm', 'acute_gvhd_2_4', 'acute_gvhd_3_4', 'chronic_gvhd', 'neutrophil_recovery',
    'platelet_recovery',
]) }},

event_free as (

    select
        *,
        {{ product_limit('n_event + n_competing', 'n_risk', so_far()) }} as free_after,
        coalesce({{ product_limit('n_event + n_competing', 'n_risk', until_before()) }}, 1.0)
            as free_before
    from at_risk

),

incidences as (

    select
        *,
        -- a sum of products may pass 1 by the last digit
        least(sum(free_before * n_event / nullif(n_risk, 0)) over ({{ so_far() }}), 1.0)
            as incidence
    from event_free

),

-- Aalen's variance as R's cmprsk computes it: v1 + F^2 v3 - 2 F v2, where the sums run over event
-- times, with the correction for ties. Where nobody is left free of events 1/S counts as 0.
terms as (

    select
        *,
        case when n_event > 0 then
            free_before * free_before * n_event / (cast(n_risk as double) * n_risk)
            * (1.0 - (n_event - 1.0) / greatest(n_risk - 1.0, 1.0))
        else 0.0 end as weight_event,
        case when n_competing > 0 and free_after > 0 then
            free_before * free_before * n_competing / (cast(n_risk as double) * n_risk)
            * (1.0 - (n_competing - 1.0) / greatest(n_risk - 1.0, 1.0))
        else 0.0 end as weight_competing,
        case when free_after > 0 then 1.0 / free_after else 0.0 end as inverse_free
    from incidences

),

sums as (

    select
        *,
        sum(
            power(1.0 + inverse_free * incidence, 2) * weight_event
            + power(inverse_free * incidence, 2) * weight_competing
        ) over ({{ so_far() }}) as v1,
        sum(
            inverse_free * (1.0 + inverse_free * incidence) * weight_event
            + inverse_free * inverse_free * incidence * weight_competing
        ) over ({{ so_far() }}) as v2,
        sum(inverse_free * inverse_free * (weight_event + weight_competing)) over ({{ so_far() }})
            as v3,
        sum(n_event) over ({{ so_far() }}) as events_so_far
    from terms

),

variances as (

    select
        *,
        v1 + incidence * incidence * v3 - 2 * incidence * v2 as variance
    from sums

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
        n_competing,
        n_censored,
        incidence,
        -- The curve only moves at events, and so does its error: it is that of the last event.
        sqrt(greatest(first_value(variance) over (
            partition by endpoint, origin, stratum_kind, stratum, events_so_far
            order by time_days
        ), 0.0)) as std_error
    from variances

)

select * from final
