{#- Everything that is DuckDB's own way of saying something. The rest of the project is ANSI SQL. -#}

{#- The missing code of a column: 'not done', 'unknown', 'not applicable', 'withheld', or null. -#}
{%- macro missing_code(column) -%}
json_extract_string(missing, '$."{{ column }}"')
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
