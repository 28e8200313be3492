{#- One row per figure and subject it is asked of, made in one scan a kind of subject: a query a figure takes
    longer to plan than to run. -#}
{%- macro statistic_subjects() -%}
select
    cast(null as varchar) as subject,
    cast(null as varchar) as center_id,
    cast(null as varchar) as case_id,
    cast(null as varchar) as statement_id,
    cast(null as varchar) as statistic,
    cast(null as boolean) as is_asked,
    cast(null as varchar) as by_group,
    cast(null as boolean) as is_event,
    cast(null as double) as value
where 1 = 0
{%- for subject, figures in var('statistics').items() if figures %}
union all
{%- set asked -%}
    {%- for figure in figures %}
        {
            'statement_id': '{{ figure.statement_id }}',
            'statistic': '{{ figure.statistic }}',
            'is_asked': {{ figure.of_sql }},
            'by_group': {{ statistic_group(figure) }},
            'is_event': {{ figure.share_sql or 'cast(null as boolean)' }},
            'value': cast({{ figure.median or 'null' }} as double)
        }{{ ',' if not loop.last }}
    {%- endfor %}
{%- endset %}
select
    '{{ subject }}',
    center_id,
    case_id,
    {{ rows_of(asked) }}
from {{ ref('int_' ~ subject) }}
{%- endfor %}
{%- endmacro -%}

{%- macro statistic_group(figure) -%}
{{ "coalesce(cast(" ~ figure.by ~ " as varchar), 'not known')" if figure.by else "'all'" }}
{%- endmacro -%}

{%- macro counted(condition) -%}
cast(coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as bigint)
{%- endmacro -%}

{#- Patients with at least one such subject: of many infusions, how few people may stand behind them. -#}
{%- macro counted_patients(condition) -%}
count(case when subject = 'patient' and {{ condition }} then 1 end)
    + count(distinct case when subject <> 'patient' and {{ condition }} then center_id || '/' || case_id end)
{%- endmacro -%}
