{#- Lesions of a case, from int_lesion grouped by case. True once one of the list was found, false only
    if all of them were looked for, else null. -#}
{%- macro any_lesion(lesions, found='is_present') -%}
case
    when max(case when lesion in ('{{ lesions | join("', '") }}') and {{ found }} then 1 else 0 end) = 1 then true
    when count(distinct case when lesion in ('{{ lesions | join("', '") }}') and not {{ found }} then lesion end) = {{ lesions | unique | list | length }}
        then false
end
{%- endmacro -%}

{#- Whether missing data still allow it to be so, or not to be so. -#}
{%- macro may_be(condition) -%}
(({{ condition }}) is not false)
{%- endmacro -%}

{%- macro may_not_be(condition) -%}
(({{ condition }}) is not true)
{%- endmacro -%}

{#- The only group that missing data allow. -#}
{%- macro only_group(edition) -%}
case
    when {{ edition }}_favorable and not {{ edition }}_intermediate and not {{ edition }}_adverse then 'favorable'
    when {{ edition }}_intermediate and not {{ edition }}_favorable and not {{ edition }}_adverse then 'intermediate'
    when {{ edition }}_adverse and not {{ edition }}_favorable and not {{ edition }}_intermediate then 'adverse'
end
{%- endmacro -%}

{#- A drug row of a case matches one of its lesions. -#}
{%- macro matching_drug() -%}
{%- for drug in var('genetics').targetable.values() | sum(start=[]) | unique -%}
{{ ' or ' if not loop.first }}(drug = '{{ drug }}' and {{ drug }}_matches)
{%- endfor -%}
{%- endmacro -%}
