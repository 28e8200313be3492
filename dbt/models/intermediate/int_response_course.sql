-- Each assessment of response with the course it tells of: the one the center linked, or else the one it was found
-- in or after, before the next.
with

responses as (

    select * from {{ ref('stg_response') }}

),

courses as (

    select * from {{ ref('stg_course') }}

),

ordered as (

    select * from {{ ref('int_course_order') }}

),

spans as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.phase,
        courses.start_day,
        ordered.next_start_day
    from courses
    inner join ordered
        on ordered.center_id = courses.center_id
        and ordered.case_id = courses.case_id
        and ordered.course_no = courses.course_no

),

claimed as (

    select
        responses.center_id,
        responses.case_id,
        responses.assessment_day,
        responses.response,
        spans.course_no,
        spans.phase,
        -- Where the day of the next course is not known, more than one may claim it.
        row_number() over (
            partition by responses.center_id, responses.case_id, responses.assessment_day
            order by spans.course_no desc nulls last
        ) as claim
    from responses
    left join spans
        on spans.center_id = responses.center_id
        and spans.case_id = responses.case_id
        and (
            spans.course_no = responses.after_course_no
            or (
                responses.after_course_no is null
                and responses.assessment_day > spans.start_day
                and responses.assessment_day < coalesce(spans.next_start_day, responses.assessment_day + 1)
            )
        )

),

final as (

    select
        center_id,
        case_id,
        assessment_day,
        response,
        course_no,
        phase
    from claimed
    where claim = 1

)

select * from final
