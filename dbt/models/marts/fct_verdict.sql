{%- set keys = {
    'patient': 'case_id', 'donor': 'donor_id', 'collection': 'collection_id',
    'course': 'course_no', 'infusion': 'infusion_no',
    'gvhd': "kind || ', day ' || cast(onset_day as varchar)",
} -%}
{#- The day an event happens: of a patient and a donor the diagnosis. -#}
{%- set events = {
    'patient': {}, 'donor': {},
    'collection': {'form': 'collection', 'key': 'collection_id', 'day': 'collection_day'},
    'course': {'form': 'course', 'key': 'course_no', 'day': 'start_day'},
    'infusion': {'form': 'infusion', 'key': 'infusion_no', 'day': 'infusion_day'},
    'gvhd': {'day': 'onset_day'},
} -%}

with
{%- if var('versions_in_force') %}
{%- for subject, event in events.items() %}

judged_{{ subject }} as (

    {{ verdicts_in_force(subject, event) | indent(4) }}

),
{%- endfor %}
{%- endif %}

-- Types of the columns, and the whole table when there is no consensus to hold practice against.
unioned as (

    select
        cast(null as varchar) as center_id,
        cast(null as varchar) as case_id,
        cast(null as varchar) as subject,
        cast(null as varchar) as subject_id,
        cast(null as varchar) as recommendation_id,
        cast(null as varchar) as reading,
        cast(null as boolean) as is_default,
        cast(null as varchar) as verdict,
        cast(null as varchar) as tier,
        cast(null as varchar) as consensus_version
    where 1 = 0
    {%- for subject, subject_id in keys.items() %}
    {%- for reading in var('consensus').get(subject, []) %}
    union all
    {{ verdict_rows(subject, subject_id, reading) | indent(4) }}
    {%- endfor %}
    {%- endfor %}
    {%- if var('earlier_verdicts') %}
    -- What earlier versions judge, scored by the same models before this build.
    union all
    select * from {{ source('versions', 'earlier_verdict') }}
    {%- endif %}

),

final as (

    select * from unioned

)

select * from final
