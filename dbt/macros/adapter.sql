{#- Everything that is DuckDB's own way of saying something. The rest of the project is ANSI SQL. -#}

{#- The missing code of a column: 'not done', 'unknown', 'not applicable', 'withheld', or null. -#}
{%- macro missing_code(column, missing='missing') -%}
json_extract_string({{ missing }}, '$."{{ column }}"')
{%- endmacro -%}

{#- 'HLA-A*02:01:01G' -> 'A*02:01'. Null for low resolution, multiple allele codes and ambiguity. -#}
{%- macro hla_protein(allele) -%}
case
    when {{ allele }} not like '%/%'
        then nullif(regexp_extract(replace({{ allele }}, 'HLA-', ''), '^[A-Z0-9]+[*][0-9]+:[0-9]+'), '')
end
{%- endmacro -%}

{#- 'HLA-A*02:XX' -> 'A*02'. Null for ambiguity. -#}
{%- macro hla_allele_group(allele) -%}
case
    when {{ allele }} not like '%/%'
        then nullif(regexp_extract(replace({{ allele }}, 'HLA-', ''), '^[A-Z0-9]+[*][0-9]+'), '')
end
{%- endmacro -%}

{#- A null allele ends in a number and N; the allele code 'A*02:AN' does not. -#}
{%- macro hla_is_null_allele(allele) -%}
regexp_matches({{ allele }}, '[0-9]N$')
{%- endmacro -%}

{#- A relation with the column time_days: 0, step, 2 * step ... up to last. -#}
{%- macro day_grid(step, last) -%}
select cast(unnest(generate_series(0, {{ last }}, {{ step }})) as bigint) as time_days
{%- endmacro -%}

{#- Each row once for every record of a list in braces, with the record's fields as columns. -#}
{%- macro rows_of(records) -%}
unnest([{{ records }}], recursive := true)
{%- endmacro -%}

{#- Days first to last as the bits of a number, day 1 the lowest; null or 0 outside 1 to 60. -#}
{%- macro day_bits(first, last) -%}
case
    when {{ first }} <= {{ last }}
        then (cast(1 as bigint) << cast({{ last }} as integer))
            - (cast(1 as bigint) << cast({{ first }} - 1 as integer))
    when {{ first }} > {{ last }} then cast(0 as bigint)
end
{%- endmacro -%}

{#- All days of the rows of a group; whether days hold every day of a schedule. -#}
{%- macro all_days(bits) -%}
bit_or({{ bits }})
{%- endmacro -%}

{%- macro holds_days(days, schedule) -%}
({{ days }} & {{ schedule }}) = {{ schedule }}
{%- endmacro -%}

{%- macro share_days(days, schedule) -%}
({{ days }} & {{ schedule }}) <> 0
{%- endmacro -%}

{#- The distinct values of a group in order, as one text. -#}
{%- macro joined_texts(value) -%}
string_agg(distinct {{ value }}, ' + ' order by {{ value }})
{%- endmacro -%}

{#- Whether a text holds a pattern, what its first group holds, and the text without the pattern. -#}
{%- macro matches(value, pattern) -%}
regexp_matches({{ value }}, '{{ pattern }}')
{%- endmacro -%}

{%- macro matched_group(value, pattern) -%}
nullif(regexp_extract({{ value }}, '{{ pattern }}', 1), '')
{%- endmacro -%}

{%- macro without_pattern(value, pattern) -%}
regexp_replace({{ value }}, '{{ pattern }}', '', 'g')
{%- endmacro -%}

{#- Two select columns: the parts of a text, one a row, and their number from 1. -#}
{%- macro parts_of(value, separator, part) -%}
unnest(string_split({{ value }}, '{{ separator }}')) as {{ part }},
generate_subscripts(string_split({{ value }}, '{{ separator }}'), 1) as {{ part }}_no
{%- endmacro -%}

{#- Typing that leaves open what an allele is. 'A*02:01/02:05:01/A*24:09N' -> 'A*02:01/A*02:05': the
    expressed proteins it may be, in order, each once; '' for a null allele alone. Null where a part
    names no protein (first field only, multiple allele code), that is where it may be many. -#}
{%- macro hla_options(allele) -%}
{%- set gene = "regexp_extract(replace(" ~ allele ~ ", 'HLA-', ''), '^[A-Z0-9]+[*]')" -%}
{%- set parts = "string_split(replace(" ~ allele ~ ", 'HLA-', ''), '/')" -%}
{%- set protein = "regexp_extract(case when x like '%*%' then x else " ~ gene ~ " || x end, '^[A-Z0-9]+[*][0-9]+:[0-9]+')" -%}
case
    when not list_contains(list_transform({{ parts }}, lambda x: {{ protein }}), '')
        then array_to_string(list_sort(list_distinct(list_transform(
            list_filter({{ parts }}, lambda x: not regexp_matches(x, '[0-9]N$')), lambda x: {{ protein }}
        ))), '/')
end
{%- endmacro -%}

{#- One of the alleles it may be is a null allele. -#}
{%- macro hla_may_be_null(allele) -%}
regexp_matches({{ allele }}, '[0-9]N(/|$)')
{%- endmacro -%}

{#- The options of both, null where one is open; whether the two have one in common; whether one is of an
    allele group. -#}
{%- macro hla_either(options, others) -%}
array_to_string(list_sort(list_distinct(list_filter(
    string_split({{ options }} || '/' || {{ others }}, '/'), lambda x: x <> ''
))), '/')
{%- endmacro -%}

{%- macro hla_share_option(options, others) -%}
list_has_any(string_split({{ options }}, '/'), string_split({{ others }}, '/'))
{%- endmacro -%}

{%- macro hla_has_group(options, allele_group) -%}
contains('/' || {{ options }}, '/' || {{ allele_group }} || ':')
{%- endmacro -%}

{#- Days from a day of a year to a date written as YYYY-MM-DD; null without a year or date. -#}
{%- macro days_since(year, month, day, date) -%}
date_diff('day', make_date({{ year }}, {{ month }}, {{ day }}), cast({{ date }} as date))
{%- endmacro -%}
