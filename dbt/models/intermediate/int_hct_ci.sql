{#- Points of Sorror 2005. Of two grades of one organ the heavier counts. -#}
{%- set points = {
    'arrhythmia': 1, 'cardiac': 1, 'bowel': 1, 'diabetes': 1, 'cerebrovascular': 1, 'psychiatric': 1,
    'obesity': 1, 'infection': 1, 'rheumatologic': 2, 'peptic_ulcer': 2, 'renal': 2, 'tumour': 3, 'valve': 3,
} -%}
{%- set graded = [
    ('hct_ci_hepatic_mild', 1, 'hct_ci_hepatic_severe', 3),
    ('hct_ci_pulmonary_moderate', 2, 'hct_ci_pulmonary_severe', 3),
] -%}

with

assessments as (

    select * from {{ ref('stg_fitness') }}

),

-- An item that was not answered may be worth nothing or all its points.
summed as (

    select
        center_id,
        case_id,
        assessment_day,
        hct_ci_score as center_score,
        {%- for bound, when_open in [('lo', 'false'), ('hi', 'true')] %}
        {%- for item, n in points.items() %}
        {{ '+ ' if not loop.first }}case when coalesce(hct_ci_{{ item }}, {{ when_open }}) then {{ n }} else 0 end
        {%- endfor %}
        {%- for light, n_light, heavy, n_heavy in graded %}
        + case
            when coalesce({{ heavy }}, {{ when_open }}) then {{ n_heavy }}
            when coalesce({{ light }}, {{ when_open }}) then {{ n_light }}
            else 0
        end
        {%- endfor %} as score_{{ bound }},
        {%- endfor %}
        '' {%- for item, n in points.items() %}
            || case when hct_ci_{{ item }} then ', {{ item | replace("_", " ") }} {{ n }}' else '' end
        {%- endfor %}
        {%- for light, n_light, heavy, n_heavy in graded %}
            || case
                when {{ heavy }} then ', {{ heavy | replace("hct_ci_", "") | replace("_", " ") }} {{ n_heavy }}'
                when {{ light }} then ', {{ light | replace("hct_ci_", "") | replace("_", " ") }} {{ n_light }}'
                else ''
            end
        {%- endfor %} as items
    from assessments

),

final as (

    select
        center_id,
        case_id,
        assessment_day,
        cast(score_lo as bigint) as score_lo,
        cast(score_hi as bigint) as score_hi,
        cast(case when score_lo = score_hi then score_lo end as bigint) as score,
        case
            when score_hi = 0 then '0'
            when score_lo >= 1 and score_hi <= 2 then '1-2'
            when score_lo >= 3 then '>=3'
        end as score_group,
        cast(center_score as bigint) as center_score,
        case when items <> '' then substring(items, 3) end as items
    from summed

)

select * from final
