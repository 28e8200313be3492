with

assessments as (

    select * from {{ ref('stg_fitness') }}

),

patients as (

    select * from {{ ref('stg_patient') }}

),

-- Criteria after Ferrara 2013; an or of what is not known and nothing true is not known.
criteria as (

    select
        assessments.center_id,
        assessments.case_id,
        assessments.assessment_day,
        assessments.fitness_class,
        assessments.instrument,
        assessments.ecog,
        {{ missing_code('fitness_class', 'assessments.missing') }} as class_missing,
        {{ missing_code('instrument', 'assessments.missing') }} as instrument_missing,
        coalesce(
            cardiac_ef_pct, dlco_pct, fev1_pct, creatinine_mg_per_dl, bilirubin_mg_per_dl, transaminases_x_uln
        ) is not null as has_organ_function,
        dlco_pct <= 65 or fev1_pct <= 65 or oxygen_or_rest_dyspnoea
            or cirrhosis_child_b_or_c or viral_hepatitis_acute
            or resistant_infection or cognitive_dependence or uncontrolled_cancer as is_frail,
        heart_failure or cardiac_ef_pct <= 50
            or (dialysis and patients.age_at_diagnosis_years > 60)
            or transaminases_x_uln > 3 or ecog >= 3 or other_incompatible as is_unfit,
        patients.age_at_diagnosis_years > 75 as is_over_75
    from assessments
    left join patients
        on patients.center_id = assessments.center_id
        and patients.case_id = assessments.case_id

),

final as (

    select
        center_id,
        case_id,
        assessment_day,
        fitness_class,
        class_missing,
        instrument,
        instrument_missing,
        ecog,
        has_organ_function,
        {%- for name, unfit in [
            ('fitness_ferrara', '(is_unfit or is_over_75)'), ('fitness_ferrara_without_age', 'is_unfit')
        ] %}
        case
            when is_frail then 'frail'
            when not is_frail and {{ unfit }} then 'unfit'
            when not is_frail and not {{ unfit }} then 'fit'
        end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from criteria

)

select * from final
