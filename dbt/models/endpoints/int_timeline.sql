-- The days of a patient from which time counts and at which it ends, each null where it is not known.
with

patients as (

    select * from {{ ref('int_patient') }}

),

infusions as (

    select
        center_id,
        case_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day
    from {{ ref('stg_infusion') }}
    group by center_id, case_id

),

responses as (

    select * from {{ ref('int_response') }}

),

final as (

    select
        patients.center_id,
        patients.case_id,
        patients.first_course_day,
        infusions.first_infusion_day,
        responses.in_remission,
        coalesce(responses.is_ever_assessed, false) as is_ever_assessed,
        patients.remission_day,
        patients.has_relapsed,
        patients.relapse_day,
        patients.allo_done,
        patients.allo_day,
        patients.is_dead,
        patients.last_contact_day,
        case when patients.is_dead then patients.last_contact_day end as death_day
    from patients
    left join infusions
        on infusions.center_id = patients.center_id
        and infusions.case_id = patients.case_id
    left join responses
        on responses.center_id = patients.center_id
        and responses.case_id = patients.case_id

)

select * from final
