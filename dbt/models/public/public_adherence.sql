{%- set is_first = 'case when is_default then 1 else 0 end' -%}
{%- set verdicts = ['met', 'deviated', 'not_evaluable', 'not_applicable'] -%}

with

verdicts as (

    select
        *,
        center_id || '/' || case_id as patient
    from {{ ref('fct_verdict') }}

),

counted as (

    select
        recommendation_id,
        subject,
        reading,
        -- A version may have another default than the one before: shown first is that of the last.
        coalesce(
            max(case when consensus_version = '{{ var('consensus_version') }}' then {{ is_first }} end),
            max({{ is_first }})
        ) = 1 as is_default
        {%- for verdict in verdicts %},
        sum(case when verdict = '{{ verdict }}' then 1 else 0 end) as {{ verdict }},
        count(distinct case when verdict = '{{ verdict }}' then patient end) as {{ verdict }}_patients
        {%- endfor %}
    from verdicts
    group by recommendation_id, subject, reading

),

rounded as (

    select
        recommendation_id,
        subject,
        reading,
        is_default
        {%- for verdict in verdicts %},
        {{ public_count(verdict, verdict ~ '_patients') }} as {{ verdict }}
        {%- endfor %}
    from counted

),

final as (

    select
        recommendation_id,
        subject,
        reading,
        is_default,
        -- The total is that of the cells shown, and missing when one of them is hidden.
        met + deviated + not_evaluable + not_applicable as subjects,
        met,
        deviated,
        not_evaluable,
        not_applicable,
        {{ public_percent('met', '(met + deviated)') }} as adherence_percent
    from rounded

)

select * from final
