{%- set early = var('parameters').early_death_days -%}
{%- set late = var('parameters').early_death_late_days -%}
{%- set counters = [
    'n_courses', 'n_mst_courses', 'n_consolidations', 'n_mst_consolidations', 'n_idac_consolidations',
    'n_idac_mst_consolidations', 'n_standard_cycles', 'n_standard_consolidations', 'n_ven_hma_consolidations',
] -%}

with

patients as (

    select * from {{ ref('stg_patient') }}

),

diagnoses as (

    select * from {{ ref('stg_diagnosis') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

counts as (

    select * from {{ ref('int_case_counts') }}

),

infusions as (

    select distinct center_id, case_id from {{ ref('stg_infusion') }}

),

centers as (

    select * from {{ ref('int_center') }}

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

recoveries as (

    select
        center_id,
        case_id,
        max(case when endpoint = 'neutrophil_recovery' then recovery_day - last_dose_day end)
            as neutrophil_recovery_days,
        max(case when endpoint = 'platelet_recovery' then recovery_day - last_dose_day end)
            as platelet_recovery_days
    from {{ ref('int_recovery') }}
    group by center_id, case_id

),

genetics as (

    select * from {{ ref('int_genetics') }}

),

fitness as (

    select * from {{ ref('int_fitness_patient') }}

),

plans as (

    select * from {{ ref('int_plan_patient') }}

),

inductions as (

    select * from {{ ref('int_induction_patient') }}

),

treatments as (

    select * from {{ ref('int_treatment_patient') }}

),

transplants as (

    select * from {{ ref('int_allo_patient') }}

),

laboratory as (

    select * from {{ ref('int_laboratory_patient') }}

),

immunity as (

    select * from {{ ref('int_immune_patient') }}

),

support as (

    select * from {{ ref('int_supportive_patient') }}

),

complications as (

    select * from {{ ref('int_complication_patient') }}

),

chimerism as (

    select * from {{ ref('int_chimerism_patient') }}

),

typings as (

    select * from {{ ref('int_hla_typing') }}
    where subject_id = 'patient'

),

first_donors as (

    select * from {{ ref('int_first_donor') }}

),

joined as (

    select
        patients.center_id,
        patients.case_id,
        patients.sex,
        patients.diagnosis_year,
        patients.age_at_diagnosis_years,
        cases.age_band,
        diagnoses.disease,
        diagnoses.disease_status,
        diagnoses.onset_type,
        diagnoses.risk_system,
        diagnoses.risk_group,
        cases.is_eaml,
        cases.is_eaml_over_60,
        case
            when risk_group in ('adverse', 'high') then 'high'
            when risk_group in ('favorable', 'intermediate', 'low') then 'standard'
        end as risk_two_group_without_onset,
        case
            when diagnoses.risk_system = 'other' or risk_group in ('low', 'high')
                or {{ missing_code('risk_system', 'diagnoses.missing') }} in ('not done', 'not applicable')
                or {{ missing_code('risk_group', 'diagnoses.missing') }} in ('not done', 'not applicable')
                then false
            when risk_system is not null and risk_group is not null then true
        end as risk_group_assigned,
        case
            when patients.diagnosis_year >= centers.adoption_year then 'since'
            when patients.diagnosis_year < centers.adoption_year then 'before'
        end as adoption_period,
        case
            when {{ missing_code('biobank_samples', 'patients.missing') }} = 'not done' then false
            else patients.biobank_samples
        end as biobank_samples,
        centers.center_transfusion_standard,
        centers.center_infection_standard,
        centers.center_supportive_care_standard,
        counts.first_course_day,
        {%- for counter in counters %}
        cast(case when counts.case_id is null then 0 else counts.{{ counter }} end as bigint) as {{ counter }},
        {%- endfor %}
        counts.consolidation_closed,
        case when counts.case_id is null then false else counts.n_maintenance_courses > 0 end as maintenance_given,
        infusions.case_id is not null as had_infusion,
        outcomes.induction_response,
        outcomes.in_remission,
        outcomes.remission_day,
        outcomes.has_relapsed,
        outcomes.relapse_day,
        outcomes.last_contact_day,
        outcomes.is_dead,
        outcomes.death_cause,
        outcomes.allo_done,
        outcomes.allo_day,
        outcomes.allo_in_first_remission,
        case
            when outcomes.induction_response <> 'not evaluable'
                then outcomes.induction_response in {{ remissions() }}
        end as in_remission_after_induction,
        case
            when outcomes.induction_response <> 'not evaluable' then outcomes.induction_response = 'CR'
        end as cr_after_induction,
        {%- for fact, days in [('early_death', early), ('early_death_late', late)] %}
        case
            when outcomes.last_contact_day - counts.first_course_day > {{ days }} then false
            when outcomes.last_contact_day - counts.first_course_day = {{ days }} and not outcomes.is_dead
                then false
            when outcomes.last_contact_day - counts.first_course_day <= {{ days }} and outcomes.is_dead
                then true
        end as {{ fact }},
        {%- endfor %}
        recoveries.neutrophil_recovery_days,
        recoveries.platelet_recovery_days,
        genetics.eln_2017,
        genetics.eln_2022,
        genetics.eln_2024_less_intensive,
        genetics.eln_2022_possible_groups,
        genetics.karyotype_done,
        genetics.karyotype_complete,
        genetics.metaphases,
        genetics.fish_done,
        genetics.molecular_tested,
        genetics.panel_genes_tested,
        genetics.panel_genes_asked,
        genetics.panel_complete,
        genetics.targetable_lesion,
        fitness.fitness_class,
        fitness.fitness_class_before_treatment,
        fitness.fitness_instrument_named,
        fitness.ecog,
        fitness.organ_function_recorded,
        fitness.fitness_ferrara,
        fitness.fitness_ferrara_without_age,
        fitness.fitness_agrees,
        fitness.fitness_reassessed,
        fitness.became_fit,
        case when treatments.had_mst then true else plans.mst_considered end as mst_considered,
        plans.intensification_considered,
        plans.best_supportive_care,
        plans.has_decision_after_consolidation,
        inductions.had_induction,
        inductions.started_induction_with_mst,
        inductions.first_induction_is_mst,
        inductions.first_induction_match,
        inductions.first_induction_intensity,
        inductions.first_induction_has_ven_or_hma,
        inductions.first_induction_ven_hma,
        inductions.remission_after_first_induction,
        inductions.reinduction_possible,
        inductions.second_induction_given,
        inductions.second_induction_same_drugs,
        inductions.second_induction_is_mst,
        inductions.treatment_failure,
        case
            when inductions.first_induction_intensity = 'low' then case
                when outcomes.remission_day
                    <= counts.first_course_day + {{ var('parameters').eln_refractory_days }} then false
                when outcomes.last_contact_day
                    >= counts.first_course_day + {{ var('parameters').eln_refractory_days }}
                    and (outcomes.in_remission is false or outcomes.remission_day is not null) then true
            end
            when inductions.first_induction_intensity is not null then inductions.treatment_failure
        end as refractory_eln_2022,
        inductions.next_line_after_failure,
        treatments.had_mst,
        treatments.mst_dose_adjusted,
        treatments.first_mst_targeted_agent,
        treatments.first_course_in_trial,
        treatments.in_any_trial,
        treatments.targeted_drug_given,
        treatments.matching_inhibitor_given,
        transplants.allo_eligible,
        transplants.allo_reason_not_done,
        transplants.allo_considered_in_time,
        transplants.had_consolidation,
        laboratory.marrow_at_diagnosis,
        laboratory.marrow_at_responses,
        laboratory.immunophenotyped,
        laboratory.mrd_tested_in_remission,
        laboratory.mrd_before_decision,
        immunity.immune_cells_measured,
        immunity.cytokines_measured,
        immunity.named_cytokines_measured,
        immunity.cytokines_before_infusion,
        immunity.pentamer_done,
        coalesce(immunity.pentamer_unavailable, false) as pentamer_unavailable,
        support.cellular_products_transfused,
        support.all_cellular_products_irradiated,
        support.cmv_prophylaxis_given,
        support.needs_uninterrupted_immunosuppression,
        complications.cmv_tested,
        complications.cmv_event,
        complications.severe_gvhd,
        complications.any_gvhd,
        complications.severe_crs,
        complications.severe_infection,
        complications.severe_bleeding,
        chimerism.chimerism_tested,
        chimerism.max_donor_pct,
        chimerism.chimerism_class,
        chimerism.microchimerism_days,
        chimerism.microchimerism_days_ngs,
        chimerism.chimerism_method_listed,
        typings.hla_typed_high,
        coalesce(typings.loci_typed, 0) as hla_core_loci_typed,
        coalesce(typings.loci_high, 0) as hla_core_loci_high,
        first_donors.first_donor_category,
        first_donors.first_donor_relation
    from patients
    {%- for relation in [
        'diagnoses', 'cases', 'counts', 'infusions', 'outcomes', 'recoveries', 'genetics', 'fitness', 'plans',
        'inductions', 'treatments', 'transplants', 'laboratory', 'immunity', 'support', 'complications',
        'chimerism', 'typings', 'first_donors',
    ] %}
    left join {{ relation }}
        on {{ relation }}.center_id = patients.center_id
        and {{ relation }}.case_id = patients.case_id
    {%- endfor %}
    left join centers
        on centers.center_id = patients.center_id

),

final as (

    select
        *,
        case
            when age_at_diagnosis_years < 60 then '<60'
            when age_at_diagnosis_years < 65 then '60-64'
            when age_at_diagnosis_years < 70 then '65-69'
            when age_at_diagnosis_years < 75 then '70-74'
            when age_at_diagnosis_years <= 85 then '75-85'
            when age_at_diagnosis_years > 85 then '>85'
        end as age_group,
        case
            when age_at_diagnosis_years between 60 and 74 then '60-74'
            when age_at_diagnosis_years between 75 and 85 then '75-85'
        end as age_group_studied,
        -- The group of a published series is only comparable when its own classification was used.
        case
            when risk_system = 'other' and risk_group is not null then disease || ' ' || risk_group
            else disease
        end as diagnosis,
        case
            when onset_type in ('after MDS', 'after MPN or CMML', 'therapy-related') then 'high'
            when risk_two_group_without_onset = 'high' then 'high'
            when onset_type = 'de novo' then risk_two_group_without_onset
        end as risk_two_group,
        case risk_system
            when 'ELN 2017' then risk_group = eln_2017
            when 'ELN 2022' then risk_group = eln_2022
            when 'ELN 2024 less-intensive' then risk_group = eln_2024_less_intensive
        end as risk_group_agrees
    from joined

)

select * from final
