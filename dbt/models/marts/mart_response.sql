with

patients as (

    select * from {{ ref('int_patient') }}
    where had_induction

),

strata as (

    select * from {{ ref('int_stratum') }}

),

final as (

    select
        strata.stratum_kind,
        strata.stratum,
        count(*) as n_started,
        count(nullif(patients.induction_response, 'not evaluable')) as n_evaluable,
        cast(sum(case when patients.induction_response = 'CR' then 1 else 0 end) as bigint) as n_cr,
        cast(sum(case when patients.induction_response in {{ remissions() }} then 1 else 0 end) as bigint)
            as n_cr_crh_cri
    from patients
    inner join strata
        on strata.center_id = patients.center_id
        and strata.case_id = patients.case_id
    group by strata.stratum_kind, strata.stratum

)

select * from final
