with

courses as (

    select * from {{ ref('stg_course') }}

),

assessments as (

    select * from {{ ref('stg_fitness') }}
    where fitness_class is not null

),

responses as (

    select * from {{ ref('int_response') }}

),

ranked as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        assessments.fitness_class,
        assessments.assessment_day,
        row_number() over (
            partition by courses.center_id, courses.case_id, courses.course_no
            order by assessments.assessment_day desc
        ) as how_long_ago
    from courses
    inner join assessments
        on assessments.center_id = courses.center_id
        and assessments.case_id = courses.case_id
        and assessments.assessment_day <= courses.start_day

),

final as (

    select
        ranked.center_id,
        ranked.case_id,
        ranked.course_no,
        ranked.fitness_class,
        ranked.assessment_day >= responses.remission_day as fitness_is_reassessed
    from ranked
    left join responses
        on responses.center_id = ranked.center_id
        and responses.case_id = ranked.case_id
    where ranked.how_long_ago = 1

)

select * from final
