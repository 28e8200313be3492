{#- One figure, counted for every center and over all of them (center_id null). -#}
{%- macro statistic_rows(subject, figure) -%}
{%- set is_known = '(' ~ (figure.share_sql or figure.median) ~ ') is not null' -%}
{%- set is_event = figure.share_sql or 'cast(null as boolean)' -%}
{%- set group = statistic_group(figure) -%}
select
    '{{ figure.statement_id }}' as statement_id,
    '{{ figure.statistic }}' as statistic,
    center_id,
    {{ group }} as by_group,
    count(*) as subjects,
    {{ counted(is_known) }} as known,
    {{ counted('not (' ~ is_known ~ ')') }} as unknown,
    {{ counted(is_event) }} as events,
    {{ counted_patients(subject, 'true') }} as patients,
    {{ counted_patients(subject, is_known) }} as known_patients,
    {{ counted_patients(subject, 'not (' ~ is_known ~ ')') }} as unknown_patients,
    {{ counted_patients(subject, is_event) }} as event_patients,
    {{ counted_patients(subject, 'not (' ~ is_event ~ ')') }} as other_patients
    {%- for name, share in [('lower_quartile', 0.25), ('median', 0.5), ('upper_quartile', 0.75)] %},
    {{ 'quantile_cont(cast(' ~ figure.median ~ ' as double), ' ~ share ~ ')' if figure.median
        else 'cast(null as double)' }} as {{ name }}
    {%- endfor %}
from {{ ref('int_' ~ subject) }}
where {{ figure.of_sql }}
group by grouping sets ((center_id{{ ', ' ~ group if figure.by }}), ({{ group if figure.by }}))
{%- endmacro -%}

{%- macro statistic_group(figure) -%}
{{ "coalesce(cast(" ~ figure.by ~ " as varchar), 'not known')" if figure.by else "'all'" }}
{%- endmacro -%}

{#- What each patient adds to a figure over all centers, as one text. -#}
{%- macro statistic_profiles(subject, figure) -%}
{%- set is_event = figure.share_sql or 'cast(null as boolean)' -%}
{%- set value = 'cast(' ~ (figure.median or 'null') ~ ' as double)' -%}
{%- set parts = [
    'count(*)', 'count(' ~ is_event ~ ')', counted(is_event),
    'count(' ~ value ~ ')', 'min(' ~ value ~ ')', 'max(' ~ value ~ ')', 'sum(' ~ value ~ ')',
] -%}
select
    '{{ figure.statement_id }}' as statement_id,
    '{{ figure.statistic }}' as statistic,
    {{ statistic_group(figure) }} as by_group,
    {%- for part in parts %}
    coalesce(cast({{ part }} as varchar), '-'){{ " || ' ' ||" if not loop.last }}
    {%- endfor %} as profile
from {{ ref('int_' ~ subject) }}
where {{ figure.of_sql }}
group by center_id, case_id{{ ', ' ~ statistic_group(figure) if figure.by }}
{%- endmacro -%}

{%- macro counted(condition) -%}
cast(coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as bigint)
{%- endmacro -%}

{#- Patients with at least one such subject: of many infusions, how few people may stand behind them. -#}
{%- macro counted_patients(subject, condition) -%}
{%- if subject == 'patient' -%}
{{ counted(condition) }}
{%- else -%}
count(distinct case when {{ condition }} then center_id || '/' || case_id end)
{%- endif -%}
{%- endmacro -%}
