{%- set immune = "coalesce(route, 'IV') <> 'topical' and drug_class in " ~ immunosuppressive_classes() -%}
{%- set maybe_immune = "coalesce(route, 'IV') <> 'topical' and coalesce(drug_class in "
    ~ immunosuppressive_classes() ~ ", true)" -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

course_windows as (

    select * from {{ ref('int_course_window') }}

),

conmeds as (

    select * from {{ ref('stg_conmed') }}

),

windows as (

    select
        course_windows.*,
        courses.conmed_list_complete
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
        {{ any_row(
            "drug_class in ('anti-lymphocyte globulin', 'alemtuzumab') and "
            ~ overlaps('radiation_first_day', 'radiation_last_day')
        ) }} as globulin,
        {{ any_row(
            "coalesce(drug_class in ('anti-lymphocyte globulin', 'alemtuzumab'), true) and coalesce("
            ~ may_overlap('radiation_first_day', 'radiation_last_day') ~ ", true)"
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
