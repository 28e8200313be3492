{%- set regimens = var('regimens').regimens -%}
{%- set lists = var('regimens').lists -%}
{%- set tolerance = var('parameters').dose_tolerance_percent -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

azoles as (

    select * from {{ ref('int_course_azole') }}

),

blocks as (

    select * from {{ ref('int_drug_block') }}

),

first_venetoclax as (

    select
        center_id,
        case_id,
        min(course_no) as course_no
    from blocks
    where drug = 'venetoclax'
    group by center_id, case_id

),

marked as (

    select
        blocks.*,
        coalesce(blocks.course_no > first_venetoclax.course_no, false) as is_later_venetoclax,
        azoles.course_no is not null as has_azole
    from blocks
    left join first_venetoclax
        on first_venetoclax.center_id = blocks.center_id
        and first_venetoclax.case_id = blocks.case_id
    left join azoles
        on azoles.center_id = blocks.center_id
        and azoles.case_id = blocks.case_id
        and azoles.course_no = blocks.course_no

),

checked as (

    select
        *
        {%- for name, regimen in regimens.items() %}
        {%- for parts in regimen.components %}
        {%- for part in parts if part.steps %},
        {{ off_step(part, 0) }} as {{ name }}_step,
        {{ off_step(part, tolerance) }} as {{ name }}_far_step
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
    from marked

),

summed as (

    select
        center_id,
        case_id,
        course_no
        {%- for drug in regimen_drugs() %}
        {%- set d = drug_slug(drug) %},
        {{ any_row("drug = '" ~ drug ~ "'") }} as {{ d }}_given,
        {%- for column, of, how in [
            ('n_days', 'n_days', 'sum'), ('first', 'first_course_day', 'min'),
            ('last', 'last_course_day', 'max'), ('days', 'days', 'bits')
        ] %}
        -- Not known as soon as one row of the drug does not say it.
        case
            when sum(case when drug = '{{ drug }}' and {{ of }} is null then 1 else 0 end) = 0
                then {% if how == 'bits' %}{{ all_days("case when drug = '" ~ drug ~ "' then days end") }}
                {%- else %}{{ how }}(case when drug = '{{ drug }}' then {{ of }} end){% endif %}
        end as {{ d }}_{{ column }},
        {%- endfor %}
        {%- for column, of in [
            ('each', 'dose_mg_per_m2'), ('day', 'mg_per_m2_per_day'), ('per_day', 'doses_per_day')
        ] %}
        min(case when drug = '{{ drug }}' then {{ of }} end) as {{ d }}_{{ column }}_min,
        max(case when drug = '{{ drug }}' then {{ of }} end) as {{ d }}_{{ column }}_max,
        min(case when drug = '{{ drug }}' then case when {{ of }} is null then 0 else 1 end end)
            as {{ d }}_{{ column }}_known{{ ',' if not loop.last }}
        {%- endfor %}
        {%- endfor %}
        {%- for name, regimen in regimens.items() %},
        {{ any_row(
            "drug not in ('" ~ (regimen.drugs | join("', '")) ~ "') and drug not in " ~ beside_a_regimen()
        ) }} as {{ name }}_others
        {%- for parts in regimen.components %}
        {%- for part in parts if part.steps %}
        {%- for far in ['', '_far'] %},
        case
            when max({{ name }}{{ far }}_step) = 1 then 1
            when count(*) = count({{ name }}{{ far }}_step) then 0
        end as {{ name }}{{ far }}_off
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
    from checked
    group by center_id, case_id, course_no

),

per_course as (

    select
        summed.*,
        courses.drug_list_complete
    from summed
    inner join courses
        on courses.center_id = summed.center_id
        and courses.case_id = summed.case_id
        and courses.course_no = summed.course_no

),

compared as (

    select
        center_id,
        case_id,
        course_no
        {%- for name, regimen in regimens.items() %},
        {{ regimen_drugs_given(name, regimen.components) }} as {{ name }}_drugs,
        {{ every_component(name, regimen.components, 'schedule') }} as {{ name }}_days,
        {{ every_component(name, regimen.components, 'dose') }} as {{ name }}_exact,
        {{ every_component(name, regimen.components, 'dose', tolerance) }} as {{ name }}_near
        {%- endfor %}
    from per_course

),

matched as (

    select
        center_id,
        case_id,
        course_no
        {%- for name in regimens %},
        case
            when not {{ name }}_drugs then 'other drugs'
            when {{ name }}_drugs and not {{ name }}_days then 'other days'
            when {{ name }}_drugs and not {{ name }}_near then 'other dose'
            when {{ name }}_drugs and {{ name }}_days and {{ name }}_exact then 'exact'
            when {{ name }}_drugs and {{ name }}_days and {{ name }}_near then 'within tolerance'
        end as {{ name }}_match
        {%- endfor %}
    from compared

),

final as (

    select
        center_id,
        case_id,
        course_no
        {%- for name in regimens %},
        {{ name }}_match
        {%- endfor %}
        {%- for list, members in lists.items() %},
        -- The best of the list; not known while one that is not known could be better.
        case
            {%- for better in ['exact', 'within tolerance'] %}
            when {% for name in members %}{{ ' or ' if not loop.first }}{{ name }}_match = '{{ better }}'{% endfor %} then '{{ better }}'
            {%- endfor %}
            when {% for name in members %}{{ ' or ' if not loop.first }}{{ name }}_match is null{% endfor %} then cast(null as varchar)
            {%- for worse in ['other dose', 'other days'] %}
            when {% for name in members %}{{ ' or ' if not loop.first }}{{ name }}_match = '{{ worse }}'{% endfor %} then '{{ worse }}'
            {%- endfor %}
            else 'other drugs'
        end as {{ list }}_match
        {%- endfor %}
    from matched

)

select * from final
