{#- Words of the trace. -#}

{#- '4', or '3 to 5' where data leave it open. -#}
{%- macro interval_text(lo, hi) -%}
case
    when {{ lo }} = {{ hi }} then cast({{ lo }} as varchar)
    else cast({{ lo }} as varchar) || ' to ' || cast({{ hi }} as varchar)
end
{%- endmacro -%}

{%- macro yes_no_text(fact) -%}
case when {{ fact }} then 'yes' when not {{ fact }} then 'no' else 'not known' end
{%- endmacro -%}

{%- macro number_text(value) -%}
coalesce(cast({{ value }} as varchar), 'not known')
{%- endmacro -%}

{#- The value, but null where it is the word for not known. -#}
{%- macro known_text(text) -%}
nullif({{ text }}, 'not known')
{%- endmacro -%}

{#- One derivation as rows of int_derivation; `center_value` none where the forms ask the center nothing. -#}
{%- macro derivation_rows(relation, derivation, definition, value, because, certainty,
    subject="'patient'", center_value=none, exploratory=false, where=none) -%}
select
    center_id,
    case_id,
    cast({{ subject }} as varchar) as subject_id,
    '{{ derivation }}' as derivation,
    {{ definition if definition.startswith("'") else "'" ~ definition ~ "'" }} as definition_id,
    cast({{ value }} as varchar) as value,
    cast({{ center_value if center_value is not none else 'null' }} as varchar) as center_value,
    {{ 'true' if center_value is not none else 'false' }} as is_asked_of_center,
    {{ because }} as because,
    '{{ certainty }}' as certainty,
    {{ 'true' if exploratory else 'false' }} as is_exploratory
from {{ relation }}
{%- if where %}
where {{ where }}
{%- endif %}
{%- endmacro -%}

{#- A yes or no, null where it cannot be known. -#}
{%- macro fact_text(fact) -%}
case when {{ fact }} then 'yes' when not {{ fact }} then 'no' end
{%- endmacro -%}

{#- The thresholds that a count reaches as bits; the first is 1. -#}
{%- macro thresholds_reached(count, thresholds) -%}
{%- for threshold in thresholds -%}
{{ ' + ' if not loop.first }}case when {{ count }} >= {{ threshold }} then {{ 2 ** loop.index0 }} else 0 end
{%- endfor -%}
{%- endmacro -%}
