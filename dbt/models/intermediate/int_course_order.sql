with

courses as (

    select * from {{ ref('stg_course') }}

),

last_doses as (

    select
        center_id,
        case_id,
        course_no,
        {{ max_if_all_known('case when drug in ' ~ cytotoxic_drugs() ~ ' then last_day else first_day end') }}
            as last_cytotoxic_day,
        {{ max_if_all_known('last_day') }} as last_drug_day
    from {{ ref('int_drug_block') }}
    where drug in {{ cytotoxic_drugs() }} or drug = 'venetoclax'
    group by center_id, case_id, course_no

),

kinds as (

    select
        courses.*,
        last_doses.last_cytotoxic_day,
        last_doses.last_drug_day,
        -- As the center calls it: what was given in detail is compared elsewhere.
        case
            when courses.regimen = 'intermediate-dose cytarabine' then 'intermediate cytarabine'
            when courses.regimen in ('standard 7+3', 'reduced-intensity 7+3') then 'standard'
            when courses.regimen = 'venetoclax + HMA' then 'ven_hma'
            when courses.regimen is not null then 'other'
        end as kind
    from courses
    left join last_doses
        on last_doses.center_id = courses.center_id
        and last_doses.case_id = courses.case_id
        and last_doses.course_no = courses.course_no

),

ordered as (

    select
        *,
        row_number() over (partition by center_id, case_id, phase order by course_no) as no_in_phase,
        lag(kind) over in_order as previous_kind,
        lag(phase) over in_order as previous_phase,
        lag(start_day) over in_order as previous_start_day,
        lead(start_day) over in_order as next_start_day,
        max(case when phase = 'induction' then course_no end)
            over (in_order rows between unbounded preceding and 1 preceding) as induction_course_no
    from kinds
    window in_order as (partition by center_id, case_id order by course_no)

),

final as (

    select
        ordered.center_id,
        ordered.case_id,
        ordered.course_no,
        ordered.kind,
        ordered.phase = 'induction' and ordered.no_in_phase = 1 as is_first_induction,
        ordered.phase = 'induction' and ordered.no_in_phase = 2 as is_second_induction,
        ordered.phase = 'consolidation' and ordered.no_in_phase = 1 as is_first_consolidation,
        coalesce(
            ordered.previous_phase = 'consolidation',
            case when ordered.previous_start_day is null then false end
        ) as previous_is_consolidation,
        ordered.previous_kind,
        ordered.start_day - ordered.previous_start_day as days_since_previous_start,
        ordered.start_day - inductions.last_cytotoxic_day as days_since_induction_end,
        ordered.start_day - inductions.last_drug_day as days_since_induction_end_venetoclax,
        ordered.next_start_day
    from ordered
    -- The last induction before this course: where its end is not known, that of an earlier one does not stand in.
    left join kinds as inductions
        on inductions.center_id = ordered.center_id
        and inductions.case_id = ordered.case_id
        and inductions.course_no = ordered.induction_course_no

)

select * from final
