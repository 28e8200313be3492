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
        -- The last induction before this course.
        last_value(case when phase = 'induction' then last_cytotoxic_day end ignore nulls)
            over (in_order rows between unbounded preceding and 1 preceding) as induction_end_day,
        last_value(case when phase = 'induction' then last_drug_day end ignore nulls)
            over (in_order rows between unbounded preceding and 1 preceding) as induction_drug_end_day
    from kinds
    window in_order as (partition by center_id, case_id order by course_no)

),

final as (

    select
        center_id,
        case_id,
        course_no,
        kind,
        phase = 'induction' and no_in_phase = 1 as is_first_induction,
        phase = 'induction' and no_in_phase = 2 as is_second_induction,
        phase = 'consolidation' and no_in_phase = 1 as is_first_consolidation,
        coalesce(previous_phase = 'consolidation', case when previous_start_day is null then false end)
            as previous_is_consolidation,
        previous_kind,
        start_day - previous_start_day as days_since_previous_start,
        start_day - induction_end_day as days_since_induction_end,
        start_day - induction_drug_end_day as days_since_induction_end_venetoclax,
        next_start_day
    from ordered

)

select * from final
