{#- A fact is true, false or null. Missing is never read as no: an absence needs a complete list. -#}

{#- 1 if any row of the group meets the condition, else 0. -#}
{%- macro any_row(condition) -%}
max(case when {{ condition }} then 1 else 0 end)
{%- endmacro -%}

{#- True once found; false only if nothing could be hidden and the list is complete; else null. -#}
{%- macro found_or_absent(found, possible, complete) -%}
case
    when {{ found }} = 1 then true
    when {{ possible }} = 1 then cast(null as boolean)
    when {{ complete }} then false
end
{%- endmacro -%}

{#- Rows of the group that meet the condition; null if for any row it cannot be known. -#}
{%- macro count_if_known(condition) -%}
case
    when sum(case when ({{ condition }}) is null then 1 else 0 end) > 0 then cast(null as bigint)
    else cast(coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as bigint)
end
{%- endmacro -%}

{#- The largest value of the group; null if any of them is not known. -#}
{%- macro max_if_all_known(value) -%}
case when count(*) = count({{ value }}) then max({{ value }}) end
{%- endmacro -%}

{#- The smallest value of the group; null if any of them is not known. -#}
{%- macro min_if_all_known(value) -%}
case when count(*) = count({{ value }}) then min({{ value }}) end
{%- endmacro -%}

{#- A medication row surely overlaps days lo to hi; without a last day only its first day is sure. -#}
{%- macro overlaps(lo, hi) -%}
first_day <= {{ hi }} and coalesce(last_day, first_day) >= {{ lo }}
{%- endmacro -%}

{#- ... or may do so, because it began before and its end is not known. -#}
{%- macro may_overlap(lo, hi) -%}
first_day <= {{ hi }} and (last_day is null or last_day >= {{ lo }})
{%- endmacro -%}

{#- True if the condition holds of every row of the group; null while it may fail of one. -#}
{%- macro every_row(condition) -%}
case
    when {{ any_row('not (' ~ condition ~ ')') }} = 1 then false
    when count(*) = count({{ condition }}) then true
end
{%- endmacro -%}

{#- A test has a value; false only where it is stated as not done. -#}
{%- macro was_done(column, relation) -%}
case
    when {{ relation }}.{{ column }} is not null then true
    when {{ missing_code(column, relation ~ '.missing') }} = 'not done' then false
end
{%- endmacro -%}

{#- Whether the fact is true of any row of the group; false only if it is known to be false of all. -#}
{%- macro any_true(fact) -%}
case
    when {{ any_row(fact) }} = 1 then true
    when count(*) = count({{ fact }}) then false
end
{%- endmacro -%}
