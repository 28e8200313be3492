{%- set window = var('parameters') -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

cells as (

    select * from {{ ref('int_course_cells') }}

),

orders as (

    select * from {{ ref('int_course_order') }}

),

allo_days as (

    select * from {{ ref('int_allo_day') }}

),

placed as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.start_day,
        coalesce(cells.last_infusion_day, courses.end_day, courses.start_day) as last_day,
        cells.first_infusion_day,
        cells.last_infusion_day,
        orders.next_start_day,
        -- What prepares a transplant belongs to the transplant.
        allo_days.allo_day - {{ window.transplant_preparation_days }} - 1 as last_day_before_transplant
    from courses
    inner join cells
        on cells.center_id = courses.center_id
        and cells.case_id = courses.case_id
        and cells.course_no = courses.course_no
    inner join orders
        on orders.center_id = courses.center_id
        and orders.case_id = courses.case_id
        and orders.course_no = courses.course_no
    left join allo_days
        on allo_days.center_id = courses.center_id
        and allo_days.case_id = courses.case_id
        and allo_days.allo_day > courses.start_day

),

final as (

    select
        center_id,
        case_id,
        course_no,
        start_day - {{ window.radiation_days_before_course }} as radiation_first_day,
        least(
            last_day + {{ window.radiation_days_after_infusion }},
            coalesce(last_day_before_transplant, last_day + {{ window.radiation_days_after_infusion }})
        ) as radiation_last_day,
        start_day - {{ window.immunosuppressant_days_before_course }} as immune_first_day,
        least(
            last_day + {{ window.immunosuppressant_days_after_infusion }},
            coalesce(last_day_before_transplant, last_day + {{ window.immunosuppressant_days_after_infusion }})
        ) as immune_last_day,
        first_infusion_day as gcsf_first_day,
        coalesce(
            next_start_day - 1, last_infusion_day + {{ window.immunosuppressant_days_after_infusion }}
        ) as gcsf_last_day
    from placed

)

select * from final
