{%- set verdicts = ['met', 'deviated', 'not_evaluable', 'not_applicable'] -%}

-- How many patients add the same to a stratum of a public table. Two releases whose contributions to a
-- stratum are equal publish the same of it; the difference tells how many patients stand between them.
with

patients as (

    select * from {{ ref('int_patient') }}

),

strata as (

    select * from {{ ref('int_stratum') }}

),

statistics as (

    select
        statement_id,
        statistic,
        by_group,
        {%- for part in [
            'count(*)', 'count(is_event)', counted('is_event'),
            'count(value)', 'min(value)', 'max(value)', 'sum(value)',
        ] %}
        coalesce(cast({{ part }} as varchar), '-')
            {{- " || ' ' ||" if not loop.last else ' as profile' }}
        {%- endfor %}
    from ({{ statistic_subjects() | indent(4) }})
    where is_asked
    group by statement_id, statistic, by_group, center_id, case_id

),

verdicts_of_a_patient as (

    select
        recommendation_id,
        reading,
        {%- for verdict in verdicts %}
        cast(sum(case when verdict = '{{ verdict }}' then 1 else 0 end) as varchar)
            {{- " || ' ' ||" if not loop.last else ' as profile' }}
        {%- endfor %}
    from {{ ref('fct_verdict') }}
    group by center_id, case_id, recommendation_id, reading

),

curves as (

    {%- for table, mart, kinds in [
        ('public_survival', 'mart_survival', ['event', 'censored']),
        ('public_cumulative_incidence', 'mart_cumulative_incidence', ['event', 'competing', 'censored']),
    ] %}
    {%- set outer = loop %}
    {%- for kind in kinds %}
    {{ 'union all' if not (loop.first and outer.first) }}
    select
        '{{ table }}' as public_table,
        {{ public_stratum(table) }} as stratum,
        cast(time_days as varchar) || ' {{ kind }}' as profile,
        n_{{ kind }} as patients
    from {{ ref(mart) }}
    where n_{{ kind }} > 0 and {{ is_drawn(table) }}
    {%- endfor %}
    {%- endfor %}

),

of_patients as (

    {%- for characteristic in public_characteristics() %}
    select
        'public_cohort' as public_table,
        '{{ characteristic }}' || ' | ' || coalesce({{ characteristic }}, 'not known') as stratum,
        '' as profile
    from patients
    union all
    {%- endfor %}
    select
        'public_response',
        {{ public_stratum('public_response') }},
        case
            when induction_response = 'CR' then 'CR'
            when induction_response in {{ remissions() }} then 'remission'
            when induction_response = 'not evaluable' or induction_response is null then 'not evaluable'
            else 'no remission'
        end
    from patients
    inner join strata
        on strata.center_id = patients.center_id
        and strata.case_id = patients.case_id
    where n_courses > 0
    union all
    select 'public_adherence', {{ public_stratum('public_adherence') }}, profile from verdicts_of_a_patient
    union all
    select 'public_statistic', {{ public_stratum('public_statistic') }}, profile from statistics

),

counted as (

    select
        public_table,
        stratum,
        profile,
        count(*) as patients
    from of_patients
    group by public_table, stratum, profile

),

unioned as (

    select * from counted
    union all
    select * from curves

),

final as (

    select
        public_table,
        stratum,
        profile,
        cast(patients as bigint) as patients
    from unioned

)

select * from final
