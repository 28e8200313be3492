{#- Curves for the public: cumulative counts in the middle of their bin of six, read on a grid of days
    only, so that no step shows the day of a patient's event. Strata that are small, or whose events
    would be hidden as counts, are not drawn. Yields CTEs up to `curves`. -#}
{%- macro public_curve_ctes(mart, table) -%}
{%- set policy = var('disclosure') -%}
steps as (

    select * from {{ ref(mart) }}
    where {{ is_drawn(table) }}

),

drawn as (

    select
        endpoint,
        origin,
        stratum_kind,
        stratum,
        max(n_risk) as n_patients
    from steps
    group by endpoint, origin, stratum_kind, stratum
    having max(n_risk) >= {{ policy.curves.min_patients }}
        and sum(n_event) > {{ policy.threshold }}
        {%- if mart == 'mart_cumulative_incidence' %}
        and (sum(n_competing) = 0 or sum(n_competing) > {{ policy.threshold }})
        {%- endif %}

),

grid as (

    {{ day_grid(policy.curves.grid_days, policy.curves.last_day) }}

),

cumulative as (

    select
        drawn.endpoint,
        drawn.origin,
        drawn.stratum_kind,
        drawn.stratum,
        grid.time_days,
        drawn.n_patients,
        sum(steps.n_event) as events,
        sum({{ 'steps.n_competing' if mart == 'mart_cumulative_incidence' else '0' }}) as competing,
        sum(steps.n_censored) as censored
    from drawn
    cross join grid
    -- Day 0 of the grid is the origin itself, where nothing has happened yet: n_patients are at risk.
    left join steps
        on steps.endpoint = drawn.endpoint
        and steps.origin = drawn.origin
        and steps.stratum_kind = drawn.stratum_kind
        and steps.stratum = drawn.stratum
        and steps.time_days <= grid.time_days
        and grid.time_days > 0
    group by
        drawn.endpoint, drawn.origin, drawn.stratum_kind, drawn.stratum, grid.time_days,
        drawn.n_patients

),

rounded as (

    select
        endpoint,
        origin,
        stratum_kind,
        stratum,
        time_days,
        {{ public_cumulative('n_patients') }} as total,
        {{ public_cumulative('coalesce(events, 0)') }} as cumulative_events,
        {{ public_cumulative('coalesce(competing, 0)') }} as cumulative_competing,
        {{ public_cumulative('coalesce(censored, 0)') }} as cumulative_censored
    from cumulative

),

remaining as (

    select
        *,
        total - cumulative_events - cumulative_competing - cumulative_censored as n_risk
    from rounded

),

-- What the steps of the drawn curve are made of: events since the grid day before, and those at risk
-- on it.
curves as (

    select
        *,
        coalesce(lag(n_risk) over (
            partition by endpoint, origin, stratum_kind, stratum order by time_days
        ), total) as risk_before,
        cumulative_events - coalesce(lag(cumulative_events) over (
            partition by endpoint, origin, stratum_kind, stratum order by time_days
        ), 0) as new_events,
        cumulative_competing - coalesce(lag(cumulative_competing) over (
            partition by endpoint, origin, stratum_kind, stratum order by time_days
        ), 0) as new_competing
    from remaining
    where n_risk >= {{ policy.curves.min_at_risk }}

)
{%- endmacro -%}

{#- Whether a curve is among those the policy draws in a public table. -#}
{%- macro is_drawn(table) -%}
(
    {%- for endpoint, origin in var('disclosure').curves.drawn[table] %}
    {{ 'or ' if not loop.first }}(endpoint = '{{ endpoint }}' and origin = '{{ origin }}')
    {%- endfor %}
)
{%- endmacro -%}
