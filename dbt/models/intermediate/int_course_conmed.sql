{%- set window = var('parameters') -%}
{%- set immune = "coalesce(route, 'IV') <> 'topical' and drug_class in " ~ immunosuppressive_classes() -%}
{%- set maybe_immune = "coalesce(route, 'IV') <> 'topical' and coalesce(drug_class in "
    ~ immunosuppressive_classes() ~ ", true)" -%}

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

conmeds as (

    select * from {{ ref('stg_conmed') }}

),

allo_days as (

    select * from {{ ref('int_allo_day') }}

),

windows as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.conmed_list_complete,
        courses.start_day - {{ window.radiation_days_before_course }} as globulin_first_day,
        least(
            coalesce(cells.last_infusion_day, courses.end_day, courses.start_day)
                + {{ window.radiation_days_after_infusion }},
            coalesce(
                allo_days.allo_day - {{ window.transplant_preparation_days }} - 1,
                coalesce(cells.last_infusion_day, courses.end_day, courses.start_day)
                    + {{ window.radiation_days_after_infusion }}
            )
        ) as globulin_last_day,
        courses.start_day - {{ window.immunosuppressant_days_before_course }} as immune_first_day,
        least(
            coalesce(cells.last_infusion_day, courses.end_day, courses.start_day)
                + {{ window.immunosuppressant_days_after_infusion }},
            coalesce(
                allo_days.allo_day - {{ window.transplant_preparation_days }} - 1,
                coalesce(cells.last_infusion_day, courses.end_day, courses.start_day)
                    + {{ window.immunosuppressant_days_after_infusion }}
            )
        ) as immune_last_day,
        cells.first_infusion_day as gcsf_first_day,
        coalesce(orders.next_start_day - 1, cells.last_infusion_day
            + {{ window.immunosuppressant_days_after_infusion }}) as gcsf_last_day
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

found as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        {{ any_row(
            "drug_class in ('anti-lymphocyte globulin', 'alemtuzumab') and "
            ~ overlaps('globulin_first_day', 'globulin_last_day')
        ) }} as globulin,
        {{ any_row(
            "coalesce(drug_class in ('anti-lymphocyte globulin', 'alemtuzumab'), true) and coalesce("
            ~ may_overlap('globulin_first_day', 'globulin_last_day') ~ ", true)"
        ) }} as maybe_globulin,
        {{ any_row(
            immune ~ " and indication not in " ~ exempt_indications() ~ " and "
            ~ overlaps('immune_first_day', 'immune_last_day')
        ) }} as immunosuppressant,
        -- A drug of which class, purpose or days are not known.
        {{ any_row(
            maybe_immune ~ " and coalesce(indication not in " ~ exempt_indications()
            ~ ", true) and coalesce(" ~ may_overlap('immune_first_day', 'immune_last_day') ~ ", true)"
        ) }} as maybe_immunosuppressant,
        {{ any_row(
            immune ~ " and indication in " ~ exempt_indications() ~ " and "
            ~ overlaps('immune_first_day', 'immune_last_day')
        ) }} as exempt,
        {{ any_row("drug_class = 'G-CSF' and " ~ overlaps('gcsf_first_day', 'gcsf_last_day')) }} as gcsf,
        sum(case
            when drug_class = 'G-CSF' and {{ overlaps('gcsf_first_day', 'gcsf_last_day') }}
                then last_day - first_day + 1
        end) as gcsf_days,
        {{ any_row("drug_class = 'G-CSF' and last_day is null") }} as gcsf_without_end
    from windows
    inner join conmeds
        on conmeds.center_id = windows.center_id
        and conmeds.case_id = windows.case_id
    group by windows.center_id, windows.case_id, windows.course_no

),

final as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        found.globulin,
        found.maybe_globulin,
        {{ found_or_absent('found.immunosuppressant', 'found.maybe_immunosuppressant',
            'windows.conmed_list_complete') }} as immunosuppressant_given,
        {{ found_or_absent('found.exempt', '0', 'windows.conmed_list_complete') }}
            as exempt_immunosuppressant_given,
        case
            when windows.gcsf_first_day is not null
                then {{ found_or_absent('found.gcsf', '0', 'windows.conmed_list_complete') }}
        end as gcsf_given,
        case when found.gcsf_without_end = 0 then cast(found.gcsf_days as bigint) end as gcsf_days
    from windows
    left join found
        on found.center_id = windows.center_id
        and found.case_id = windows.case_id
        and found.course_no = windows.course_no

)

select * from final
