{#- A release that does not tell of queries leaves them unknown: none is not the same. -#}
{%- set queries_told = var('release').get('queries_told') -%}
with

patients as (

    select * from {{ ref('int_patient') }}

),

asked as (

    select
        center_id,
        case_id,
        count(*) filter (where state = 'confirmed') as values_confirmed,
        count(*) filter (where state <> 'confirmed') as queries_open
    from {{ source('queries', 'query') }}
    group by center_id, case_id

),

derived as (

    select
        center_id,
        case_id,
        count(agrees) as derived_compared,
        count(*) filter (where not agrees) as derived_different
    from {{ ref('int_derivation') }}
    where is_asked_of_center
    group by center_id, case_id

),

final as (

    select
        patients.center_id,
        patients.case_id,
        {% for column in ['values_confirmed', 'queries_open'] -%}
        cast({% if queries_told %}coalesce(asked.{{ column }}, 0){% else %}null{% endif %} as bigint) as {{ column }},
        {% endfor -%}
        cast(coalesce(derived.derived_compared, 0) as bigint) as derived_compared,
        cast(coalesce(derived.derived_different, 0) as bigint) as derived_different
    from patients
    left join asked
        on asked.center_id = patients.center_id
        and asked.case_id = patients.case_id
    left join derived
        on derived.center_id = patients.center_id
        and derived.case_id = patients.case_id

)

select * from final
