with

patients as (

    select * from {{ ref('stg_patient') }}

),

diagnoses as (

    select * from {{ ref('stg_diagnosis') }}

),

joined as (

    select
        patients.center_id,
        patients.case_id,
        patients.age_at_diagnosis_years,
        diagnoses.disease = 'AML'
            -- M3 under the name of AML may be APL, which the paper leaves out (4-09).
            and case when diagnoses.fab_type = 'M3' then cast(null as boolean) else true end
            and diagnoses.disease_status = 'newly diagnosed'
            and diagnoses.prior_antileukaemic_lines = 0 as is_new_aml
    from patients
    left join diagnoses
        on diagnoses.center_id = patients.center_id
        and diagnoses.case_id = patients.case_id

),

final as (

    select
        center_id,
        case_id,
        age_at_diagnosis_years,
        case
            when age_at_diagnosis_years < 60 then '<60'
            when age_at_diagnosis_years < 74 then '60-73'
            when age_at_diagnosis_years = 74 then '74'
            when age_at_diagnosis_years = 75 then '75'
            when age_at_diagnosis_years <= 85 then '76-85'
            when age_at_diagnosis_years > 85 then 'over 85'
        end as age_band,
        is_new_aml and age_at_diagnosis_years >= {{ var('parameters').eaml_min_age_years }} as is_eaml,
        is_new_aml and age_at_diagnosis_years > {{ var('parameters').eaml_min_age_years }}
            as is_eaml_over_60
    from joined

)

select * from final
