{#- The wide verdicts of a subject: its key, then what the consensus says of each row. The expressions
    come from the YAML by way of the variable `consensus`; they read columns of int_<subject> only. -#}
{%- macro verdict_columns(subject, key) -%}
with

facts as (

    select * from {{ ref('int_' ~ subject) }}

),

final as (

    select
        {{ key | join(',\n        ') }}
        {%- for reading in var('consensus').get(subject, []) %},
        cast({{ reading.verdict_sql }} as varchar) as {{ reading.column }},
        cast({{ reading.tier_sql }} as varchar) as {{ reading.column }}__tier
        {%- endfor %}
    from facts

)

select * from final
{%- endmacro -%}

{#- The long view of one reading. -#}
{%- macro verdict_rows(subject, subject_id, reading) -%}
select
    center_id,
    case_id,
    '{{ subject }}' as subject,
    cast({{ subject_id }} as varchar) as subject_id,
    '{{ reading.recommendation_id }}' as recommendation_id,
    '{{ reading.reading }}' as reading,
    {{ 'true' if reading.is_default else 'false' }} as is_default,
    {{ reading.column }} as verdict,
    {{ reading.column }}__tier as tier,
    '{{ var('consensus_version') }}' as consensus_version
from {{ 'judged_' ~ subject if var('versions_in_force') else ref('int_verdict_' ~ subject) }}
{%- endmacro -%}

{#- The wide verdicts of the events for which this version of the consensus is the one in force. An event
    happens in the year of diagnosis + floor(day / 365.25): the registry keeps no other calendar. Events
    before the first version are judged by the first, events of an unknown year by the last. -#}
{%- macro verdicts_in_force(subject, event) -%}
{%- set versions = var('versions_in_force') -%}
{%- set day = 'event.' ~ event.day if event.form else ('verdict.' ~ event.day if event.day else '0') -%}
{%- set year = '(patient.diagnosis_year + floor(' ~ day ~ ' / 365.25))' -%}
select verdict.*
from {{ ref('int_verdict_' ~ subject) }} as verdict
left join {{ ref('stg_patient') }} as patient
    on verdict.center_id = patient.center_id and verdict.case_id = patient.case_id
{%- if event.form %}
left join {{ ref('stg_' ~ event.form) }} as event
    on verdict.center_id = event.center_id
    and verdict.case_id = event.case_id
    and verdict.{{ event.key }} = event.{{ event.key }}
{%- endif %}
where
    case
        when {{ year }} is null then '{{ versions[-1].name }}'
        {%- for version in versions[1:] | reverse %}
        when {{ year }} >= {{ version.from_year }} then '{{ version.name }}'
        {%- endfor %}
        else '{{ versions[0].name }}'
    end = '{{ var('consensus_version') }}'
{%- endmacro -%}
