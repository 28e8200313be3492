with

patients as (

    select * from {{ ref('stg_patient') }}

),

diagnoses as (

    select * from {{ ref('stg_diagnosis') }}

),

courses as (

    select * from {{ ref('int_course') }}

),

infusions as (

    select distinct center_id, case_id from {{ ref('stg_infusion') }}

),

responses as (

    select * from {{ ref('int_response') }}

),

transplants as (

    select * from {{ ref('stg_allo') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

course_counts as (

    select
        center_id,
        case_id,
        min(start_day) as first_course_day,
        count(*) as n_courses,
        {{ count_if_known("is_mst") }} as n_mst_courses,
        {{ count_if_known("phase = 'consolidation'") }} as n_consolidations,
        {{ count_if_known("is_mst and phase = 'consolidation'") }} as n_mst_consolidations,
        {{ count_if_known(
            "is_mst and phase = 'consolidation' and regimen = 'intermediate-dose cytarabine'"
        ) }} as n_idac_mst_consolidations,
        {{ count_if_known(
            "is_mst and phase in ('induction', 'consolidation') and regimen = 'standard 7+3'"
        ) }} as n_standard_cycles
    from courses
    group by center_id, case_id

),

joined as (

    select
        patients.center_id,
        patients.case_id,
        patients.sex,
        patients.diagnosis_year,
        patients.age_at_diagnosis_years,
        diagnoses.disease,
        diagnoses.disease_status,
        diagnoses.onset_type,
        diagnoses.prior_antileukaemic_lines,
        diagnoses.risk_system,
        diagnoses.risk_group,
        course_counts.first_course_day,
        coalesce(course_counts.n_courses, 0) as n_courses,
        case when course_counts.case_id is null then 0 else n_mst_courses end as n_mst_courses,
        case when course_counts.case_id is null then 0 else n_consolidations end as n_consolidations,
        case when course_counts.case_id is null then 0 else n_mst_consolidations end
            as n_mst_consolidations,
        case when course_counts.case_id is null then 0 else n_idac_mst_consolidations end
            as n_idac_mst_consolidations,
        case when course_counts.case_id is null then 0 else n_standard_cycles end as n_standard_cycles,
        infusions.case_id is not null as had_infusion,
        responses.induction_response,
        responses.in_remission,
        responses.remission_day,
        coalesce(followups.relapse_day, responses.relapse_day) as relapse_day,
        followups.relapsed,
        followups.last_contact_day,
        followups.status = 'dead' as is_dead,
        transplants.transplant_done,
        case when coalesce(transplants.transplant_done, true) then transplants.transplant_day end
            as allo_day
    from patients
    left join diagnoses
        on diagnoses.center_id = patients.center_id
        and diagnoses.case_id = patients.case_id
    left join course_counts
        on course_counts.center_id = patients.center_id
        and course_counts.case_id = patients.case_id
    left join infusions
        on infusions.center_id = patients.center_id
        and infusions.case_id = patients.case_id
    left join responses
        on responses.center_id = patients.center_id
        and responses.case_id = patients.case_id
    left join followups
        on followups.center_id = patients.center_id
        and followups.case_id = patients.case_id
    left join transplants
        on transplants.center_id = patients.center_id
        and transplants.case_id = patients.case_id

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
        sex,
        diagnosis_year,
        age_at_diagnosis_years,
        case
            when age_at_diagnosis_years < 60 then '<60'
            when age_at_diagnosis_years < 65 then '60-64'
            when age_at_diagnosis_years < 70 then '65-69'
            when age_at_diagnosis_years < 75 then '70-74'
            when age_at_diagnosis_years <= 85 then '75-85'
            when age_at_diagnosis_years > 85 then '>85'
        end as age_group,
        disease,
        -- The group of a published series is only comparable when its own classification was used.
        case
            when risk_system = 'other' and risk_group is not null then disease || ' ' || risk_group
            else disease
        end as diagnosis,
        disease = 'AML'
            and disease_status = 'newly diagnosed'
            and age_at_diagnosis_years >= {{ var('parameters').eaml_min_age_years }}
            and prior_antileukaemic_lines = 0 as is_eaml,
        case
            when onset_type in ('after MDS', 'after MPN or CMML', 'therapy-related') then 'high'
            when risk_group in ('adverse', 'high') then 'high'
            when risk_group in ('favorable', 'intermediate', 'low') and onset_type = 'de novo'
                then 'standard'
        end as risk_two_group,
        first_course_day,
        cast(n_courses as bigint) as n_courses,
        cast(n_mst_courses as bigint) as n_mst_courses,
        cast(n_mst_consolidations as bigint) as n_mst_consolidations,
        cast(n_consolidations as bigint) as n_consolidations,
        cast(n_idac_mst_consolidations as bigint) as n_idac_mst_consolidations,
        cast(n_standard_cycles as bigint) as n_standard_cycles,
        had_infusion,
        induction_response,
        in_remission,
        remission_day,
        has_relapsed,
        relapse_day,
        last_contact_day,
        is_dead,
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
