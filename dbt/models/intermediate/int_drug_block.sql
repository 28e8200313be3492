with

courses as (

    select * from {{ ref('stg_course') }}

),

drugs as (

    select * from {{ ref('stg_drug') }}
    -- Given into the spinal fluid or on the skin, a drug is no part of the regimen.
    where coalesce(route, 'IV') not in ('intrathecal', 'topical')

),

relative_days as (

    select
        drugs.*,
        drugs.first_day - courses.start_day + 1 as first_course_day,
        drugs.last_day - courses.start_day + 1 as last_course_day
    from drugs
    inner join courses
        on courses.center_id = drugs.center_id
        and courses.case_id = drugs.case_id
        and courses.course_no = drugs.course_no

),

final as (

    select
        center_id,
        case_id,
        course_no,
        drug,
        route,
        first_day,
        last_day,
        first_course_day,
        last_course_day,
        -- The days between first and last; how many of them had a dose stands in n_days.
        case
            when last_course_day is not null
                then {{ day_bits('greatest(first_course_day, 1)', 'least(last_course_day, 60)') }}
        end as days,
        case
            when last_course_day is not null
                then coalesce(days_given, last_course_day - first_course_day + 1)
        end as n_days,
        doses_per_day,
        dose_mg_per_m2,
        dose_mg_per_m2 * doses_per_day as mg_per_m2_per_day,
        dose_mg * doses_per_day as mg_per_day
    from relative_days

)

select * from final
