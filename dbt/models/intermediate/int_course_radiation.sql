{%- set window = var('parameters') -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

cells as (

    select * from {{ ref('int_course_cells') }}

),

radiations as (

    select * from {{ ref('stg_radiation') }}
    -- A dose of zero is not a treatment.
    where coalesce(dose_gy, 1) > 0

),

allo_days as (

    select * from {{ ref('int_allo_day') }}

),

windows as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.radiation_list_complete,
        courses.start_day - {{ window.radiation_days_before_course }} as window_first_day,
        least(
            coalesce(cells.last_infusion_day, courses.end_day, courses.start_day)
                + {{ window.radiation_days_after_infusion }},
            coalesce(
                allo_days.allo_day - {{ window.transplant_preparation_days }} - 1,
                coalesce(cells.last_infusion_day, courses.end_day, courses.start_day)
                    + {{ window.radiation_days_after_infusion }}
            )
        ) as window_last_day
    from courses
    inner join cells
        on cells.center_id = courses.center_id
        and cells.case_id = courses.case_id
        and cells.course_no = courses.course_no
    left join allo_days
        on allo_days.center_id = courses.center_id
        and allo_days.case_id = courses.case_id
        and allo_days.allo_day > courses.start_day

),

found as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        {%- for name, type in [('tbi', 'total body'), ('lymphoid', 'total lymphoid')] %}
        {{ any_row(
            "radiation_type = '" ~ type ~ "' and radiation_day between window_first_day and window_last_day"
        ) }} as {{ name }},
        {{ any_row(
            "coalesce(radiation_type = '" ~ type ~ "', true) and coalesce(radiation_day between "
            ~ "window_first_day and window_last_day, true)"
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
