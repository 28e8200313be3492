with

courses as (

    select * from {{ ref('stg_course') }}

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

drugs as (

    select * from {{ ref('stg_drug') }}

),

transplants as (

    select * from {{ ref('int_allo_day') }}

),

-- What was given against the leukaemia: cells alone, or cells with antibodies against lymphocytes, are no course of it.
treated as (

    select distinct center_id, case_id, course_no
    from drugs
    where drug not in {{ antilymphocyte_drugs() }}

),

-- A course of the case that began later shows that this one is over.
last_courses as (

    select
        center_id,
        case_id,
        max(course_no) as course_no
    from courses
    group by center_id, case_id

),

linked as (

    select
        center_id,
        case_id,
        course_no,
        count(*) as infusions,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day,
        max(infusion_day) as last_infusion_day
    from infusions
    where course_no is not null
    group by center_id, case_id, course_no

),

-- An infusion without a course may belong to any course of the case.
unlinked as (

    select distinct center_id, case_id
    from infusions
    where course_no is null

),

final as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        case
            -- Conditioning for engraftment makes a transplant of it (consensus, section 2).
            when courses.intent = 'conditioning for engraftment' then false
            -- Cells after an allogeneic transplant are part of that.
            when courses.start_day > transplants.allo_day then false
            when courses.drug_list_complete and treated.course_no is null then false
            when linked.course_no is not null then true
            when unlinked.case_id is not null then cast(null as boolean)
            -- Last seen alive before the cells were due, as far as is known, in a course that nothing followed.
            when last_courses.course_no is not null and coalesce(followups.status <> 'dead', true)
                and coalesce(
                    followups.last_contact_day
                    < coalesce(courses.end_day, courses.start_day) + {{ var('parameters').cells_due_days }},
                    true
                )
                then cast(null as boolean)
            else false
        end as is_mst,
        -- Consolidation is of the first remission: what is given after a relapse is not.
        case
            when courses.phase <> 'consolidation' then false
            when courses.start_day >= followups.relapse_day then false
            when followups.relapsed and (followups.relapse_day is null or courses.start_day is null)
                then cast(null as boolean)
            else courses.phase = 'consolidation'
        end as is_consolidation,
        case
            when unlinked.case_id is null then cast(coalesce(linked.infusions, 0) as bigint)
        end as infusions,
        linked.first_infusion_day,
        linked.last_infusion_day
    from courses
    left join linked
        on linked.center_id = courses.center_id
        and linked.case_id = courses.case_id
        and linked.course_no = courses.course_no
    left join followups
        on followups.center_id = courses.center_id
        and followups.case_id = courses.case_id
    left join last_courses
        on last_courses.center_id = courses.center_id
        and last_courses.case_id = courses.case_id
        and last_courses.course_no = courses.course_no
    left join treated
        on treated.center_id = courses.center_id
        and treated.case_id = courses.case_id
        and treated.course_no = courses.course_no
    left join transplants
        on transplants.center_id = courses.center_id
        and transplants.case_id = courses.case_id
    left join unlinked
        on unlinked.center_id = courses.center_id
        and unlinked.case_id = courses.case_id

)

select * from final
