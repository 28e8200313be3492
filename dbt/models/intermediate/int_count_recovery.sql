{%- set asked = var('parameters') -%}
{#- Lineage, its column, the counts that mean recovery. -#}
{%- set lineages = [
    ('neutrophils', 'anc_e9_per_l', [asked.neutrophil_recovery_e9_per_l, 1.0]),
    ('platelets', 'platelets_e9_per_l', [asked.platelet_recovery_e9_per_l, 50, 100]),
] -%}
{%- set clocks = ['last_dose', 'infusion'] -%}
{#- First, second and third threshold of a row; a lineage with fewer repeats its last and is not asked for it. -#}
{%- set anc, platelets = lineages[0][2], lineages[1][2] -%}
{%- set limits = [] -%}
{%- for k in range(3) -%}
{%- do limits.append(
    "case lineage when 'neutrophils' then " ~ anc[[k, 1] | min] ~ " else " ~ platelets[k] ~ " end"
) -%}
{%- endfor %}

with

courses as (

    select * from {{ ref('int_course') }}

),

infusions as (

    select
        center_id,
        case_id,
        course_no,
        {{ min_if_all_known('infusion_day') }} as infusion_day
    from {{ ref('stg_infusion') }}
    where course_no is not null
    group by center_id, case_id, course_no

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

blood_counts as (

    select * from {{ ref('stg_blood_count') }}

),

transfusions as (

    select * from {{ ref('stg_transfusion') }}
    where product = 'platelets'

),

ordered as (

    select
        center_id,
        case_id,
        course_no,
        start_day,
        -- The day of the last cytotoxic dose, where both ends of the interval lie on one.
        case
            when floor(cytotoxic_end_minute_lo / 1440.0) = floor(cytotoxic_end_minute_hi / 1440.0)
                then cast(floor(cytotoxic_end_minute_hi / 1440.0) as bigint)
        end as last_dose_day,
        row_number() over (partition by center_id, case_id order by course_no) = 1 as is_first_course,
        lead(start_day) over (partition by center_id, case_id order by course_no) as next_start_day
    from courses

),

origins as (

    select
        ordered.*,
        infusions.infusion_day,
        case when outcomes.is_dead then outcomes.last_contact_day end as death_day
    from ordered
    inner join outcomes
        on outcomes.center_id = ordered.center_id
        and outcomes.case_id = ordered.case_id
    left join infusions
        on infusions.center_id = ordered.center_id
        and infusions.case_id = ordered.case_id
        and infusions.course_no = ordered.course_no

),

windows as (

    select
        *,
        coalesce(start_day, last_dose_day, infusion_day) as first_day,
        least(coalesce(next_start_day, death_day), coalesce(death_day, next_start_day)) as competing_day
    from origins

),

supported as (

    select distinct
        blood_counts.center_id,
        blood_counts.case_id,
        blood_counts.sample_day
    from blood_counts
    inner join transfusions
        on transfusions.center_id = blood_counts.center_id
        and transfusions.case_id = blood_counts.case_id
        and transfusions.transfusion_day between
            blood_counts.sample_day - {{ asked.platelet_transfusion_free_days }}
            and blood_counts.sample_day

),

-- A platelet count held up by a transfusion is not enough, and not a sign that it never fell: it is below
-- every threshold.
counts as (

    {%- for lineage, column, thresholds in lineages %}
    {{ 'union all' if not loop.first }}
    select
        blood_counts.center_id,
        blood_counts.case_id,
        blood_counts.sample_day,
        '{{ lineage }}' as lineage,
        {%- if lineage == 'platelets' %}
        case when supported.sample_day is null then blood_counts.{{ column }} else -1 end as count_e9_per_l
        {%- else %}
        blood_counts.{{ column }} as count_e9_per_l
        {%- endif %}
    from blood_counts
    {%- if lineage == 'platelets' %}
    left join supported
        on supported.center_id = blood_counts.center_id
        and supported.case_id = blood_counts.case_id
        and supported.sample_day = blood_counts.sample_day
    {%- endif %}
    where blood_counts.{{ column }} is not null
    {%- endfor %}

),

placed as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        windows.is_first_course,
        windows.last_dose_day,
        windows.infusion_day,
        windows.competing_day,
        counts.lineage,
        counts.sample_day,
        counts.count_e9_per_l
    from windows
    inner join counts
        on counts.center_id = windows.center_id
        and counts.case_id = windows.case_id
        and counts.sample_day >= windows.first_day
        and (windows.competing_day is null or counts.sample_day <= windows.competing_day)

),

runs as (

    select
        *,
        lead(count_e9_per_l, 1) over course_counts as second_e9_per_l,
        lead(count_e9_per_l, 2) over course_counts as third_e9_per_l,
        min(count_e9_per_l) over (
            partition by center_id, case_id, course_no, lineage order by sample_day
            rows between unbounded preceding and current row
        ) as lowest_e9_per_l
    from placed
    window course_counts as (
        partition by center_id, case_id, course_no, lineage order by sample_day
    )

),

-- Recovery starts after the count was seen below: before that it is still falling.
{%- for clock in clocks %}

after_{{ clock }} as (

    select
        center_id,
        case_id,
        course_no,
        is_first_course,
        lineage,
        {{ clock }}_day as day_0,
        max(sample_day) as last_count_day,
        competing_day
        {%- for k in range(3) %}
        {%- set limit = limits[k] %}
        {%- set starts = 'count_e9_per_l >= ' ~ limit ~ ' and second_e9_per_l >= ' ~ limit
            ~ ' and third_e9_per_l >= ' ~ limit %},
        min(case when {{ starts }} then sample_day end) as first_run_day_{{ k }},
        min(case when {{ starts }} and lowest_e9_per_l < {{ limit }} then sample_day end)
            as recovery_day_{{ k }},
        min(lowest_e9_per_l) >= {{ limit }} as is_never_below_{{ k }}
        {%- endfor %}
    from runs
    where sample_day > {{ clock }}_day
    group by center_id, case_id, course_no, is_first_course, lineage, {{ clock }}_day, competing_day

),
{%- endfor %}

unioned as (

    {%- for clock in clocks %}
    {%- set outer = loop %}
    {%- for lineage, column, thresholds in lineages %}
    {%- set inner = loop %}
    {%- for threshold in thresholds %}
    {{ 'union all' if not (outer.first and inner.first and loop.first) }}
    select
        center_id,
        case_id,
        course_no,
        is_first_course,
        '{{ clock | replace("_", " ") }}' as clock,
        lineage,
        cast({{ threshold }} as double) as threshold_e9_per_l,
        day_0,
        first_run_day_{{ loop.index0 }} as first_run_day,
        recovery_day_{{ loop.index0 }} as recovery_day,
        is_never_below_{{ loop.index0 }} as is_never_below,
        last_count_day,
        competing_day
    from after_{{ clock }}
    where lineage = '{{ lineage }}'
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}

),

final as (

    select
        center_id,
        case_id,
        course_no,
        is_first_course,
        clock,
        lineage,
        threshold_e9_per_l,
        cast(day_0 as bigint) as day_0,
        cast(first_run_day as bigint) as first_run_day,
        cast(recovery_day as bigint) as recovery_day,
        cast(recovery_day - day_0 as bigint) as days_to_recovery,
        case
            when recovery_day is not null then 'recovered'
            when is_never_below then 'never below'
            when competing_day is not null then 'not before death or the next course'
            else 'not by the last count'
        end as outcome,
        cast(last_count_day as bigint) as last_count_day,
        cast(competing_day as bigint) as competing_day
    from unioned

)

select * from final
