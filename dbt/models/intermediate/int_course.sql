{%- set window = var('parameters') -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

drugs as (

    select * from {{ ref('stg_drug') }}

),

conmeds as (

    select * from {{ ref('stg_conmed') }}

),

radiations as (

    select * from {{ ref('stg_radiation') }}
    -- A dose of zero is not a treatment.
    where coalesce(dose_gy, 1) > 0

),

last_doses as (

    select * from {{ ref('int_drug_last_dose') }}

),

linked as (

    select
        center_id,
        case_id,
        course_no,
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

windows as (

    select
        courses.*,
        linked.course_no is not null as has_infusion,
        unlinked.case_id is not null as may_have_infusion,
        courses.start_day - {{ window.radiation_days_before_course }} as window_first_day,
        coalesce(linked.last_infusion_day, courses.end_day, courses.start_day)
            + {{ window.radiation_days_after_infusion }} as window_last_day
    from courses
    left join linked
        on linked.center_id = courses.center_id
        and linked.case_id = courses.case_id
        and linked.course_no = courses.course_no
    left join unlinked
        on unlinked.center_id = courses.center_id
        and unlinked.case_id = courses.case_id

),

drug_facts as (

    select
        center_id,
        case_id,
        course_no,
        {{ any_row("drug = 'fludarabine'") }} as fludarabine,
        {{ any_row("drug in ('ATG', 'ALG', 'alemtuzumab')") }} as antilymphocyte
    from drugs
    group by center_id, case_id, course_no

),

conmed_facts as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        {{ any_row(
            "drug_class in ('anti-lymphocyte globulin', 'alemtuzumab') and "
            ~ overlaps('window_first_day', 'window_last_day')
        ) }} as antilymphocyte,
        {{ any_row(
            "coalesce(drug_class in ('anti-lymphocyte globulin', 'alemtuzumab'), true) and coalesce("
            ~ may_overlap('window_first_day', 'window_last_day') ~ ", true)"
        ) }} as maybe_antilymphocyte
    from windows
    inner join conmeds
        on conmeds.center_id = windows.center_id
        and conmeds.case_id = windows.case_id
    group by windows.center_id, windows.case_id, windows.course_no

),

radiation_facts as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        {{ any_row("radiation_day between window_first_day and window_last_day") }} as tbi,
        {{ any_row("window_first_day is null") }} as maybe_tbi
    from windows
    inner join radiations
        on radiations.center_id = windows.center_id
        and radiations.case_id = windows.case_id
        and radiations.radiation_type = 'total body'
    group by windows.center_id, windows.case_id, windows.course_no

),

clocks as (

    select
        center_id,
        case_id,
        course_no,
        max(end_minute_lo) as cytotoxic_end_minute_lo,
        {{ max_if_all_known('end_minute_hi') }} as cytotoxic_end_minute_hi
    from last_doses
    group by center_id, case_id, course_no

),

anchors as (

    select
        center_id,
        case_id,
        course_no,
        max(end_minute_lo) as anchor_end_minute_lo,
        {{ max_if_all_known('end_minute_hi') }} as anchor_end_minute_hi
    from last_doses
    where is_anchor
    group by center_id, case_id, course_no

),

final as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        windows.phase,
        windows.regimen,
        windows.start_day,
        case
            -- Conditioning for engraftment makes a transplant of it (consensus, section 2).
            when windows.intent = 'conditioning for engraftment' then false
            when windows.has_infusion then true
            when windows.may_have_infusion then cast(null as boolean)
            else false
        end as is_mst,
        {{ found_or_absent('radiation_facts.tbi', 'radiation_facts.maybe_tbi',
            'windows.radiation_list_complete') }} as tbi_given,
        {{ found_or_absent('drug_facts.fludarabine', '0', 'windows.drug_list_complete') }}
            as fludarabine_given,
        {{ found_or_absent(
            'greatest(coalesce(drug_facts.antilymphocyte, 0), coalesce(conmed_facts.antilymphocyte, 0))',
            'conmed_facts.maybe_antilymphocyte',
            'windows.drug_list_complete and windows.conmed_list_complete'
        ) }} as antilymphocyte_globulin_given,
        clocks.cytotoxic_end_minute_lo,
        clocks.cytotoxic_end_minute_hi,
        anchors.anchor_end_minute_lo,
        anchors.anchor_end_minute_hi
    from windows
    left join drug_facts
        on drug_facts.center_id = windows.center_id
        and drug_facts.case_id = windows.case_id
        and drug_facts.course_no = windows.course_no
    left join conmed_facts
        on conmed_facts.center_id = windows.center_id
        and conmed_facts.case_id = windows.case_id
        and conmed_facts.course_no = windows.course_no
    left join radiation_facts
        on radiation_facts.center_id = windows.center_id
        and radiation_facts.case_id = windows.case_id
        and radiation_facts.course_no = windows.course_no
    left join clocks
        on clocks.center_id = windows.center_id
        and clocks.case_id = windows.case_id
        and clocks.course_no = windows.course_no
    left join anchors
        on anchors.center_id = windows.center_id
        and anchors.case_id = windows.case_id
        and anchors.course_no = windows.course_no

)

select * from final
