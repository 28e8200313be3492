{#- What typing leaves open of an allele: the proteins it may be; null options are an open typing, of one
    allele group or, where that is null too, of any. -#}

{#- Whether two alleles can be the same protein. -#}
{%- macro hla_may_be_same(options, allele_group, others, other_group) -%}
(case
    when {{ options }} is not null and {{ others }} is not null
        then {{ hla_share_option(options, others) }}
    when {{ options }} is not null
        then {{ other_group }} is null or {{ hla_has_group(options, other_group) }}
    when {{ others }} is not null
        then {{ allele_group }} is null or {{ hla_has_group(others, allele_group) }}
    else coalesce({{ allele_group }} = {{ other_group }}, true)
end)
{%- endmacro -%}

{#- Whether two alleles are surely the same protein. -#}
{%- macro hla_is_same(options, others) -%}
coalesce({{ options }} = {{ others }} and {{ options }} not like '%/%', false)
{%- endmacro -%}
