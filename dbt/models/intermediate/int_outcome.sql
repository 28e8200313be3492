with

patients as (

    select * from {{ ref('stg_patient') }}

),

responses as (

    select * from {{ ref('int_response') }}

),

transplants as (

    select * from {{ ref('stg_allo') }}

),

transplant_days as (

    select * from {{ ref('int_allo_day') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

joined as (

    select
        patients.center_id,
        patients.case_id,
        responses.induction_response,
        responses.in_remission,
        responses.remission_day,
        least(followups.relapse_day, responses.relapse_day) as relapse_day,
        followups.relapsed,
        followups.last_contact_day,
        followups.status = 'dead' as is_dead,
        case when followups.status = 'dead' then followups.death_cause end as death_cause,
        transplants.transplant_done,
        transplant_days.allo_day
    from patients
    left join responses
        on responses.center_id = patients.center_id
        and responses.case_id = patients.case_id
    left join followups
        on followups.center_id = patients.center_id
        and followups.case_id = patients.case_id
    left join transplants
        on transplants.center_id = patients.center_id
        and transplants.case_id = patients.case_id
    left join transplant_days
        on transplant_days.center_id = patients.center_id
        and transplant_days.case_id = patients.case_id

),

known as (

    select
        *,
        case when relapse_day is not null or relapsed then true else relapsed end as has_relapsed
    from joined

),

final as (

    select
        center_id,
        case_id,
        induction_response,
        in_remission,
        remission_day,
        has_relapsed,
        relapse_day,
        last_contact_day,
        is_dead,
        death_cause,
        coalesce(transplant_done, case when allo_day is not null then true end) as allo_done,
        allo_day,
        case
            when transplant_done is false then false
            when relapse_day <= allo_day or remission_day > allo_day or in_remission is false
                then false
            when remission_day <= allo_day and (relapse_day > allo_day or has_relapsed is false)
                then true
        end as allo_in_first_remission
    from known

)

select * from final
