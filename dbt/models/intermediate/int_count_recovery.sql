{%- set asked = var('parameters') -%}
{#- Lineage, its column, the counts that mean recovery. -#}
{%- set lineages = [
    ('neutrophils', 'anc_e9_per_l', [asked.neutrophil_recovery_e9_per_l, 1.0]),
    ('platelets', 'platelets_e9_per_l', [asked.platelet_recovery_e9_per_l, 50, 100]),
] -%}
{%- set clocks = ['last_dose', 'infusion'] -%}
{%- set thresholds_at_most = 3 -%}
{%- set may_be_nadir = {} -%}
{%- for clock in clocks -%}
    {%- set day_0 = clock ~ '_day' -%}
    {%- do may_be_nadir.update({clock: 'sample_day between ' ~ day_0 ~ ' and ' ~ day_0 ~ ' + ' ~ asked.nadir_days}) -%}
{%- endfor -%}

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
        case when outcomes.is_dead then outcomes.last_contact_day end as death_day,
        outcomes.allo_day
    from ordered
    inner join outcomes
        on outcomes.center_id = ordered.center_id
        and outcomes.case_id = ordered.case_id
    left join infusions
        on infusions.center_id = ordered.center_id
        and infusions.case_id = ordered.case_id
        and infusions.course_no = ordered.course_no

),

-- From here to the end a course goes by one number: what is sorted and grouped by millions is short.
windows as (

    select
        *,
        row_number() over (order by center_id, case_id, course_no) as window_no,
        coalesce(start_day, last_dose_day, infusion_day) as first_day,
        -- A transplant ends every course before it: what recovers then is the graft.
        least(next_start_day, death_day, case when allo_day >= start_day then allo_day end) as competing_day
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
            blood_counts.sample_day - {{ asked.platelet_transfusion_free_days }} + 1
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
        blood_counts.{{ column }} as e9_per_l,
        {%- if lineage == 'platelets' %}
        case when supported.sample_day is null then {{ thresholds_reached('blood_counts.' ~ column, thresholds) }} else 0 end
            as reached
        {%- else %}
        {{ thresholds_reached('blood_counts.' ~ column, thresholds) }} as reached
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
        windows.window_no,
        windows.last_dose_day,
        windows.infusion_day,
        counts.lineage,
        counts.sample_day,
        counts.e9_per_l,
        counts.reached
    from windows
    inner join counts
        on counts.center_id = windows.center_id
        and counts.case_id = windows.case_id
        and counts.sample_day >= windows.first_day
        and (windows.competing_day is null or counts.sample_day <= windows.competing_day)

),

lowest as (

    select
        window_no,
        lineage
        {%- for clock in clocks %},
        min(case when {{ may_be_nadir[clock] }} then e9_per_l end) as {{ clock }}_e9_per_l
        {%- endfor %}
    from placed
    group by window_no, lineage

),

-- The nadir, and the day from which the count was seen below: before them it is still falling. What was low before day 0 was so by the leukaemia, or on the way down.
fallen as (

    select
        placed.window_no,
        placed.lineage
        {%- for clock in clocks %},
        max(case when {{ may_be_nadir[clock] }} and e9_per_l = {{ clock }}_e9_per_l then sample_day end)
            as {{ clock }}_nadir_day
        {%- for k in range(thresholds_at_most) %},
        min(case when reached & {{ 2 ** k }} = 0 and sample_day >= {{ clock }}_day then sample_day end)
            as {{ clock }}_below_day_{{ k }}
        {%- endfor %}
        {%- endfor %}
    from placed
    inner join lowest
        on lowest.window_no = placed.window_no
        and lowest.lineage = placed.lineage
    group by placed.window_no, placed.lineage

),

-- What this count and the two after it reach.
runs as (

    select
        *,
        reached & lead(reached, 1) over course_counts & lead(reached, 2) over course_counts as all_reach
    from placed
    where sample_day > last_dose_day or sample_day > infusion_day
    window course_counts as (partition by window_no, lineage order by sample_day)

),

after as (

    select
        runs.window_no,
        runs.lineage
        {%- for clock in clocks %},
        max(case when sample_day > {{ clock }}_day then sample_day end) as {{ clock }}_last_count_day
        {%- for k in range(thresholds_at_most) %}
        {%- set starts = 'sample_day > ' ~ clock ~ '_day and all_reach & ' ~ 2 ** k ~ ' > 0' %},
        min(case when {{ starts }} then sample_day end) as {{ clock }}_first_run_day_{{ k }},
        min(case
            when {{ starts }} and sample_day > {{ clock }}_below_day_{{ k }}
                and sample_day >= coalesce({{ clock }}_nadir_day, sample_day) then sample_day
        end) as {{ clock }}_recovery_day_{{ k }},
        max({{ clock }}_below_day_{{ k }}) is null as {{ clock }}_is_never_below_{{ k }}
        {%- endfor %}
        {%- endfor %}
    from runs
    inner join fallen
        on fallen.window_no = runs.window_no
        and fallen.lineage = runs.lineage
    group by runs.window_no, runs.lineage

),

unioned as (

    {%- for clock in clocks %}
    {%- set outer = loop %}
    {%- for lineage, column, thresholds in lineages %}
    {%- set inner = loop %}
    {%- for threshold in thresholds %}
    {{ 'union all' if not (outer.first and inner.first and loop.first) }}
    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        windows.is_first_course,
        '{{ clock | replace("_", " ") }}' as clock,
        after.lineage,
        cast({{ threshold }} as double) as threshold_e9_per_l,
        windows.{{ clock }}_day as day_0,
        after.{{ clock }}_first_run_day_{{ loop.index0 }} as first_run_day,
        after.{{ clock }}_recovery_day_{{ loop.index0 }} as recovery_day,
        after.{{ clock }}_is_never_below_{{ loop.index0 }} as is_never_below,
        after.{{ clock }}_last_count_day as last_count_day,
        windows.competing_day
    from after
    inner join windows on windows.window_no = after.window_no
    where after.lineage = '{{ lineage }}' and after.{{ clock }}_last_count_day is not null
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
            when competing_day is not null then 'not before death, a transplant or the next course'
            else 'not by the last count'
        end as outcome,
        cast(last_count_day as bigint) as last_count_day,
        cast(competing_day as bigint) as competing_day
    from unioned

)

select * from final
