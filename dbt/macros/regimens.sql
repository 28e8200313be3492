{#- How courses compare with the listed regimens of var('regimens'). -#}

{%- macro drug_slug(drug) -%}
{{ drug | lower | replace('-', '_') }}
{%- endmacro -%}

{#- The drugs that any regimen speaks of, each once. -#}
{%- macro regimen_drugs() -%}
{%- set found = [] -%}
{%- for regimen in var('regimens').regimens.values() -%}
{%- for drug in regimen.drugs if drug not in found -%}{%- do found.append(drug) -%}{%- endfor -%}
{%- endfor -%}
{{ return(found) }}
{%- endmacro -%}

{#- Every row of the group lies in the range: false as soon as one is outside, null while one is not
    known. -#}
{%- macro in_range(name, low, high) -%}
case when {{ name }}_min < {{ low }} or {{ name }}_max > {{ high }} then false when {{ name }}_known = 1 then true end
{%- endmacro -%}

{#- One of the schedules of a part is that of the drug. -#}
{%- macro schedule_kept(part) -%}
{%- set d = drug_slug(part.drug) -%}
({%- for s in part.schedules -%}
{{ ' or ' if not loop.first }}({{ d }}_n_days = {{ s.n }} and {{ d }}_first = {{ s.first }} and {{ d }}_last = {{ s.last }}
    and {{ holds_days(d ~ '_days', s.days) }})
{%- endfor -%})
{%- if part.doses_per_day %} and {{ in_range(d ~ '_per_day', part.doses_per_day, part.doses_per_day) }}{% endif -%}
{%- endmacro -%}

{#- The doses of a part lie in its range, widened on both sides by some percent. -#}
{%- macro dose_kept(part, steps_off, percent) -%}
{%- set d = drug_slug(part.drug) -%}
{%- if part.steps -%}
{{ steps_off }} = 0
{%- else -%}
{%- set of = 'each' if part.dose.each == 'dose' else 'day' -%}
{{ in_range(
    d ~ '_' ~ of,
    part.dose.low * (100 - percent) / 100 - 1e-9,
    part.dose.high * (100 + percent) / 100 + 1e-9
) }}
{%- endif -%}
{%- endmacro -%}

{#- Within some percent of an amount; a hair more, for decimal numbers are not exact. -#}
{%- macro around(name, amount, percent) -%}
{{ name }} between {{ amount * (100 - percent) / 100 - 1e-9 }} and {{ amount * (100 + percent) / 100 + 1e-9 }}
{%- endmacro -%}

{#- A row of a drug raised in steps that is off its step. A later course need not start low again
    (T-42), and beside a CYP3A inhibitor less is right. -#}
{%- macro off_step(part, percent) -%}
{%- set top = part.steps | map(attribute='mg') | max -%}
case
    when drug <> '{{ part.drug }}' then 0
    when days is null then null
    {%- for step in part.steps %}
    when {{ share_days('days', step.days) }} and not (
        {{ around('mg_per_day', step.mg, percent) }}
        or (is_later_venetoclax and {{ around('mg_per_day', top, percent) }})
        or (has_azole and mg_per_day < {{ step.mg }})
    ) then 1
    {%- endfor %}
    when mg_per_day is null then null
    else 0
end
{%- endmacro -%}

{#- For every component of a regimen, the alternative that was given is as `what` says; null if none
    was given. -#}
{%- macro every_component(regimen, components, what, percent=0) -%}
({%- for parts in components -%}
{{ ' and ' if not loop.first }}(case
    {%- set steps_off = regimen ~ ('_off' if percent == 0 else '_far_off') %}
    {%- for part in parts %}
    when {{ drug_slug(part.drug) }}_given = 1 then {{ schedule_kept(part) if what == 'schedule' else dose_kept(part, steps_off, percent) }}
    {%- endfor %}
end)
{%- endfor -%})
{%- endmacro -%}

{#- Exactly one drug of every component, and nothing cytotoxic beside them; null while a drug may be
    missing from the list. -#}
{%- macro regimen_drugs_given(regimen, components) -%}
case
    {%- for parts in components %}
    when {% for part in parts %}{{ ' + ' if not loop.first }}{{ drug_slug(part.drug) }}_given{% endfor %} > 1 then false
    {%- endfor %}
    when {{ regimen }}_others = 1 then false
    when not drug_list_complete or drug_list_complete is null then cast(null as boolean)
    {%- for parts in components %}
    when {% for part in parts %}{{ ' + ' if not loop.first }}{{ drug_slug(part.drug) }}_given{% endfor %} = 0 then false
    {%- endfor %}
    else true
end
{%- endmacro -%}

{#- More of a drug a day, or on more days, than a standard regimen has of it. -#}
{%- macro above_standard() -%}
{%- set found = [] -%}
{%- for regimen in var('regimens').regimens.values() if regimen.intensity == 'standard' -%}
{%- for part in regimen.components | sum(start=[]) -%}
{%- do found.append(
    "drug = '%s' and (mg_per_m2_per_day > %s or n_days > %s)"
    | format(part.drug, part.dose.high, part.schedules | map(attribute='n') | max)
) -%}
{%- endfor -%}
{%- endfor -%}
{{ found | join(' or ') }}
{%- endmacro -%}
