with

courses as (

    select * from {{ ref('stg_course') }}

),

course_windows as (

    select * from {{ ref('int_course_window') }}

),

radiations as (

    select * from {{ ref('stg_radiation') }}
    -- A dose of zero is not a treatment.
    where coalesce(dose_gy, 1) > 0

),

windows as (

    select
        course_windows.*,
        courses.radiation_list_complete
    from course_windows
    inner join courses
        on courses.center_id = course_windows.center_id
        and courses.case_id = course_windows.case_id
        and courses.course_no = course_windows.course_no

),

found as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        {%- for name, type in [('tbi', 'total body'), ('lymphoid', 'total lymphoid')] %}
        {{ any_row(
            "radiation_type = '" ~ type ~ "' and radiation_day between radiation_first_day and radiation_last_day"
        ) }} as {{ name }},
        {{ any_row(
            "coalesce(radiation_type = '" ~ type ~ "', true) and coalesce(radiation_day between "
            ~ "radiation_first_day and radiation_last_day, true)"
        ) }} as maybe_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from windows
    inner join radiations
        on radiations.center_id = windows.center_id
        and radiations.case_id = windows.case_id
    group by windows.center_id, windows.case_id, windows.course_no

),

final as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        {{ found_or_absent('found.tbi', 'found.maybe_tbi', 'windows.radiation_list_complete') }}
            as tbi_given,
        {{ found_or_absent('found.lymphoid', 'found.maybe_lymphoid', 'windows.radiation_list_complete') }}
            as lymphoid_irradiation_given
    from windows
    left join found
        on found.center_id = windows.center_id
        and found.case_id = windows.case_id
        and found.course_no = windows.course_no

)

select * from final
