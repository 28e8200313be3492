with

patients as (

    select * from {{ ref('int_patient') }}

),

mst_courses as (

    select * from {{ ref('int_course_cells') }}
    where is_mst

),

gvhd as (

    select * from {{ ref('int_gvhd') }}

),

-- Samples after cells that could have shown donor cells: of the days before the first nothing is known.
samples as (

    select * from {{ ref('int_chimerism_sample') }}
    where infusion_no is not null
        and is_detected is not null
        and coalesce(chimerism_class <> 'not evaluable', true)

),

counted as (

    {%- for name, condition in [('mst_courses', 'true'), ('mst_consolidations', 'is_consolidation')] %}
    select
        center_id,
        case_id,
        '{{ name }}' as exposure,
        first_infusion_day as change_day,
        row_number() over (
            partition by center_id, case_id order by first_infusion_day nulls last, course_no
        ) as value
    from mst_courses
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- What a patient is from one day on. A day that is not known stays as a row without one.
begun as (

    select center_id, case_id, 'remission' as exposure, remission_day as change_day
    from patients
    where in_remission
    union all
    select center_id, case_id, 'allo_transplant' as exposure, allo_day as change_day
    from patients
    where allo_done
    union all
    select center_id, case_id, 'acute_gvhd' as exposure, min(onset_day) as change_day
    from gvhd
    where kind = 'acute GVHD'
    group by center_id, case_id
    union all
    select center_id, case_id, 'microchimerism' as exposure, min(sample_day) as change_day
    from samples
    where is_detected
    group by center_id, case_id

),

changes as (

    select center_id, case_id, exposure, change_day, value from counted
    union all
    select center_id, case_id, exposure, change_day, 1 as value from begun

),

-- Everybody of whom it is known whether and when; who is not here is not known, not unexposed.
told as (

    select center_id, case_id, 'mst_courses' as exposure from patients where n_mst_courses is not null
    union all
    select center_id, case_id, 'mst_consolidations' as exposure
    from patients
    where n_mst_consolidations is not null
    union all
    select center_id, case_id, 'remission' as exposure from patients where in_remission is not null
    union all
    select center_id, case_id, 'allo_transplant' as exposure from patients where allo_done is not null
    union all
    select center_id, case_id, 'acute_gvhd' as exposure from patients where any_gvhd is not null
    union all
    select distinct center_id, case_id, 'microchimerism' as exposure from samples

),

undated as (

    select distinct center_id, case_id, exposure
    from changes
    where change_day is null

),

known as (

    select told.*
    from told
    left join undated
        on undated.center_id = told.center_id
        and undated.case_id = told.case_id
        and undated.exposure = told.exposure
    where undated.case_id is null

),

-- Nothing has happened by the day of diagnosis; two changes of one day are the later of them.
stepped as (

    select center_id, case_id, exposure, cast(0 as bigint) as change_day, 0 as value
    from known
    where exposure <> 'microchimerism'
    union all
    select center_id, case_id, 'microchimerism' as exposure, min(sample_day) as change_day, 0 as value
    from samples
    group by center_id, case_id
    union all
    select changes.center_id, changes.case_id, changes.exposure, changes.change_day, changes.value
    from changes
    inner join known
        on known.center_id = changes.center_id
        and known.case_id = changes.case_id
        and known.exposure = changes.exposure

),

final as (

    select
        center_id,
        case_id,
        exposure,
        cast(change_day as bigint) as change_day,
        cast(max(max(value)) over (
            partition by center_id, case_id, exposure order by change_day
            rows between unbounded preceding and current row
        ) as integer) as value
    from stepped
    group by center_id, case_id, exposure, change_day

)

select * from final
