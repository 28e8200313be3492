{#- The policy for numbers that leave: registry/disclosure/policy.yaml, passed as the variable
    `disclosure`. Nothing else in the project knows a threshold. -#}

{#- A count for the public: hidden (null) from 1 to the threshold, else rounded to the base. What is
    counted may be infusions; hidden too if they come from too few patients. -#}
{%- macro public_count(n, patients=none) -%}
{%- set policy = var('disclosure') -%}
case
    when {{ n }} = 0 then cast(0 as bigint)
    when {{ n }} <= {{ policy.threshold }} then cast(null as bigint)
    {%- if patients is not none %}
    when {{ patients }} <= {{ policy.threshold }} then cast(null as bigint)
    {%- endif %}
    else cast({{ policy.base }} * round({{ n }} / {{ policy.base }}.0) as bigint)
end
{%- endmacro -%}

{#- A count of those of a group to whom something happened: hidden too if in a small group it happened to
    nobody or to everybody, which would tell it of each of them. -#}
{%- macro public_part(part, whole, patients=none) -%}
{%- set policy = var('disclosure') -%}
case
    when {{ whole }} between 1 and {{ policy.unanimous_group }} and ({{ part }} = 0 or {{ part }} = {{ whole }})
        then cast(null as bigint)
    else {{ public_count(part, patients) }}
end
{%- endmacro -%}

{#- The stratum of a row of a public table, as one text. -#}
{%- macro public_stratum(table) -%}
{{ var('disclosure').strata[table] | join(" || ' | ' || ") }}
{%- endmacro -%}

{#- Whole percent of two published counts; null if either is hidden. -#}
{%- macro public_percent(part, whole) -%}
cast(round(100.0 * {{ part }} / nullif({{ whole }}, 0)) as bigint)
{%- endmacro -%}

{#- A cumulative count of a public curve: the middle of its bin of six; 0 stays 0. -#}
{%- macro public_cumulative(n) -%}
{%- set bin = var('disclosure').curves.bin -%}
cast(case when {{ n }} = 0 then 0 else ceil({{ n }} / {{ bin }}.0) * {{ bin }} - {{ bin // 2 }} end as bigint)
{%- endmacro -%}

{#- A quartile: hidden for few patients, and with so few digits that it is not the value of one of them. -#}
{%- macro public_quartile(value, patients) -%}
{%- set policy = var('disclosure').quartiles -%}
{%- set step = "power(10, floor(log10(abs(" ~ value ~ "))) - " ~ (policy.digits - 1) ~ ")" -%}
case
    when {{ patients }} < {{ policy.min_patients }} then cast(null as double)
    when {{ value }} = 0 then 0.0
    else cast(round({{ value }} / {{ step }}) * {{ step }} as double)
end
{%- endmacro -%}

{#- What the public learns of the patients themselves. -#}
{%- macro public_characteristics() -%}
{{ return(['age_group', 'risk_two_group', 'sex']) }}
{%- endmacro -%}
