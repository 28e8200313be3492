{%- set closed_days = var('parameters').consolidation_closed_days -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

cells as (

    select * from {{ ref('int_course_cells') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

transplants as (

    select * from {{ ref('stg_allo') }}

),

joined as (

    select
        courses.*,
        cells.is_mst,
        cells.is_consolidation
    from courses
    inner join cells
        on cells.center_id = courses.center_id
        and cells.case_id = courses.case_id
        and cells.course_no = courses.course_no

),

counted as (

    select
        center_id,
        case_id,
        -- The first by its number: a later one must not stand in for a day nobody knows.
        arg_min_null(start_day, course_no) as first_course_day,
        count(*) as n_courses,
        {{ count_if_known("is_mst") }} as n_mst_courses,
        {{ count_if_known("phase = 'induction'") }} as n_inductions,
        {{ count_if_known("is_mst and phase = 'induction'") }} as n_mst_inductions,
        {{ count_if_known("is_consolidation") }} as n_consolidations,
        {{ count_if_known("is_mst and is_consolidation") }} as n_mst_consolidations,
        {{ count_if_known("phase = 'maintenance'") }} as n_maintenance_courses,
        {{ count_if_known(
            "is_consolidation and regimen = 'intermediate-dose cytarabine'"
        ) }} as n_idac_consolidations,
        {{ count_if_known(
            "is_mst and is_consolidation and regimen = 'intermediate-dose cytarabine'"
        ) }} as n_idac_mst_consolidations,
        {{ count_if_known(
            "is_mst and (phase = 'induction' or is_consolidation) and regimen = 'standard 7+3'"
        ) }} as n_standard_cycles,
        {{ count_if_known(
            "is_mst and is_consolidation and regimen = 'standard 7+3'"
        ) }} as n_standard_consolidations,
        {{ count_if_known(
            "is_mst and (is_consolidation or phase = 'maintenance') and regimen = 'venetoclax + HMA'"
        ) }} as n_ven_hma_consolidations,
        {{ count_if_known(
            "(is_consolidation or phase = 'maintenance') and regimen = 'venetoclax + HMA'"
        ) }} as n_ven_hma_courses,
        max(case when is_consolidation then start_day end) as last_consolidation_day
    from joined
    group by center_id, case_id

),

final as (

    select
        counted.*,
        case
            when n_consolidations = 0 then false
            when n_maintenance_courses > 0 or coalesce(transplants.transplant_done, false) then true
            when followups.relapse_day < last_consolidation_day + {{ closed_days }} then false
            when last_contact_day >= last_consolidation_day + {{ closed_days }}
                then case when relapse_day is not null or relapsed is false then true end
            when last_contact_day < last_consolidation_day + {{ closed_days }} then false
        end as consolidation_closed
    from counted
    left join followups
        on followups.center_id = counted.center_id
        and followups.case_id = counted.case_id
    left join transplants
        on transplants.center_id = counted.center_id
        and transplants.case_id = counted.case_id

)

select * from final
