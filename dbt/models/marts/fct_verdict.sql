{%- set keys = {
    'patient': 'case_id', 'donor': 'donor_id', 'collection': 'collection_id',
    'course': 'course_no', 'infusion': 'infusion_no',
} -%}

with

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
        cast(null as varchar) as tier
    where 1 = 0
    {%- for subject, subject_id in keys.items() %}
    {%- for reading in var('consensus').get(subject, []) %}
    union all
    {{ verdict_rows(subject, subject_id, reading) | indent(4) }}
    {%- endfor %}
    {%- endfor %}

),

final as (

    select * from unioned

)

select * from final
