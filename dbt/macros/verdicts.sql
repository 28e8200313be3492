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
    {{ reading.column }}__tier as tier
from {{ ref('int_verdict_' ~ subject) }}
{%- endmacro -%}
