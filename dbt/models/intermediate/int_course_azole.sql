-- Courses beside which a CYP3A inhibitor was taken, which asks for less venetoclax.
with

courses as (

    select * from {{ ref('stg_course') }}

),

inhibitors as (

    select * from {{ ref('stg_conmed') }}
    where drug_class in ('strong CYP3A inhibitor', 'moderate CYP3A inhibitor')

),

final as (

    select distinct
        courses.center_id,
        courses.case_id,
        courses.course_no
    from courses
    inner join inhibitors
        on inhibitors.center_id = courses.center_id
        and inhibitors.case_id = courses.case_id
        -- a course without its last day is taken to be a cycle of venetoclax
        and inhibitors.first_day <= coalesce(courses.end_day, courses.start_day + 27)
        and coalesce(inhibitors.last_day, inhibitors.first_day) >= courses.start_day

)

select * from final
