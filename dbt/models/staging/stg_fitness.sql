-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'fitness') }}

),

final as (

    select
        center_id,
        case_id,
        assessment_day,
        point,
        fitness_class,
        instrument,
        ecog,
        hct_ci_score,
        hct_ci_arrhythmia,
        hct_ci_cardiac,
        hct_ci_bowel,
        hct_ci_diabetes,
        hct_ci_cerebrovascular,
        hct_ci_psychiatric,
        hct_ci_hepatic_mild,
        hct_ci_obesity,
        hct_ci_infection,
        hct_ci_rheumatologic,
        hct_ci_peptic_ulcer,
        hct_ci_renal,
        hct_ci_pulmonary_moderate,
        hct_ci_tumour,
        hct_ci_valve,
        hct_ci_pulmonary_severe,
        hct_ci_hepatic_severe,
        cardiac_ef_pct,
        dlco_pct,
        fev1_pct,
        creatinine_mg_per_dl,
        bilirubin_mg_per_dl,
        transaminases_x_uln,
        heart_failure,
        oxygen_or_rest_dyspnoea,
        dialysis,
        cirrhosis_child_b_or_c,
        viral_hepatitis_acute,
        resistant_infection,
        cognitive_dependence,
        uncontrolled_cancer,
        other_incompatible,
        missing,
        submission_id
    from source

)

select * from final
