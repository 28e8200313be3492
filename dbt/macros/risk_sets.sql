{#- For endpoints and strata: per distinct time the counts, and how many were at risk just before it.
    Every curve starts with a row at time 0. Yields CTEs up to `at_risk`. -#}
{%- macro risk_set_ctes(endpoints) -%}
endpoints as (

    select * from {{ ref('int_endpoint') }}
    where endpoint in ({% for e in endpoints %}'{{ e }}'{{ ', ' if not loop.last }}{% endfor %})

),

strata as (

    select * from {{ ref('int_stratum') }}

),

observations as (

    select
        endpoints.endpoint,
        endpoints.origin,
        strata.stratum_kind,
        strata.stratum,
        endpoints.time_days,
        endpoints.status
    from endpoints
    inner join strata
        on strata.center_id = endpoints.center_id
        and strata.case_id = endpoints.case_id

),

counted as (

    select
        endpoint,
        origin,
        stratum_kind,
        stratum,
        time_days,
        cast(sum(case when status = 1 then 1 else 0 end) as bigint) as n_event,
        cast(sum(case when status = 2 then 1 else 0 end) as bigint) as n_competing,
        cast(sum(case when status = 0 then 1 else 0 end) as bigint) as n_censored,
        count(*) as n_leaving
    from observations
    group by endpoint, origin, stratum_kind, stratum, time_days

),

-- Every curve begins on day 0, with everybody at risk.
steps as (

    select * from counted
    union all
    select distinct endpoint, origin, stratum_kind, stratum, cast(0 as bigint), 0, 0, 0, 0
    from counted

),

by_time as (

    select
        endpoint,
        origin,
        stratum_kind,
        stratum,
        time_days,
        cast(sum(n_event) as bigint) as n_event,
        cast(sum(n_competing) as bigint) as n_competing,
        cast(sum(n_censored) as bigint) as n_censored,
        cast(sum(n_leaving) as bigint) as n_leaving
    from steps
    group by endpoint, origin, stratum_kind, stratum, time_days

),

at_risk as (

    select
        *,
        cast(sum(n_leaving) over (
            partition by endpoint, origin, stratum_kind, stratum
            order by time_days desc rows unbounded preceding
        ) as bigint) as n_risk
    from by_time

)
{%- endmacro -%}

{%- macro so_far() -%}
partition by endpoint, origin, stratum_kind, stratum order by time_days rows unbounded preceding
{%- endmacro -%}

{%- macro until_before() -%}
partition by endpoint, origin, stratum_kind, stratum
order by time_days rows between unbounded preceding and 1 preceding
{%- endmacro -%}
