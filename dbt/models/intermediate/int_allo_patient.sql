with

outcomes as (

    select * from {{ ref('int_outcome') }}

),

transplants as (

    select * from {{ ref('stg_allo') }}

),

courses as (

    select * from {{ ref('stg_course') }}

),

summed as (

    select
        courses.center_id,
        courses.case_id,
        min(case when phase = 'consolidation' then start_day end) as first_consolidation_day,
        {{ any_row("phase = 'consolidation' and start_day >= remission_day") }} as has_consolidation,
        {{ any_row("phase is null or (phase = 'consolidation' and (start_day >= remission_day) is null)") }}
            as may_have_consolidation
    from courses
    left join outcomes
        on outcomes.center_id = courses.center_id
        and outcomes.case_id = courses.case_id
    group by courses.center_id, courses.case_id

),

final as (

    select
        outcomes.center_id,
        outcomes.case_id,
        transplants.eligible as allo_eligible,
        outcomes.allo_done,
        case when outcomes.allo_done is not true then transplants.reason_not_done end as allo_reason_not_done,
        case
            when outcomes.allo_in_first_remission then true
            when transplants.considered
                and (summed.first_consolidation_day is null
                    or transplants.decision_day <= summed.first_consolidation_day) then true
            when not transplants.considered
                or transplants.decision_day > summed.first_consolidation_day
                then case when outcomes.allo_in_first_remission is false then false end
        end as allo_considered_in_time,
        case
            when outcomes.in_remission is false then false
            when summed.case_id is null then false
            else {{ found_or_absent('summed.has_consolidation', 'summed.may_have_consolidation', 'true') }}
        end as had_consolidation
    from outcomes
    left join transplants
        on transplants.center_id = outcomes.center_id
        and transplants.case_id = outcomes.case_id
    left join summed
        on summed.center_id = outcomes.center_id
        and summed.case_id = outcomes.case_id

)

select * from final
