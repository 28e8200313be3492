with

courses as (

    select * from {{ ref('stg_course') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

counts as (

    select * from {{ ref('int_case_counts') }}

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

cells as (

    select * from {{ ref('int_course_cells') }}

),

orders as (

    select * from {{ ref('int_course_order') }}

),

drugs as (

    select * from {{ ref('int_course_drugs') }}

),

matches as (

    select * from {{ ref('int_regimen_match') }}

),

conmeds as (

    select * from {{ ref('int_course_conmed') }}

),

blood as (

    select * from {{ ref('int_course_counts') }}

),

fitness as (

    select * from {{ ref('int_course_fitness') }}

),

radiation as (

    select * from {{ ref('int_course_radiation') }}

),

clocks as (

    select * from {{ ref('int_course_clock') }}

),

facts as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.phase,
        courses.intent,
        courses.regimen,
        courses.start_day,
        cases.is_eaml,
        cases.age_at_diagnosis_years,
        cells.is_mst,
        cells.infusions,
        orders.is_first_induction,
        orders.is_second_induction,
        orders.is_first_consolidation,
        orders.previous_is_consolidation,
        orders.previous_kind,
        orders.days_since_previous_start,
        orders.days_since_induction_end,
        orders.days_since_induction_end_venetoclax,
        case
            when courses.trial_id is not null then true
            when {{ missing_code('trial_id', 'courses.missing') }} in ('not applicable', 'not done')
                then false
        end as in_trial,
        courses.dose_adjusted,
        fitness.fitness_class,
        fitness.fitness_is_reassessed,
        {%- for name in var('regimens').regimens %}
        matches.{{ name }}_match as listed_{{ name }},
        {%- endfor %}
        {%- for name in var('regimens').lists %}
        matches.{{ name }}_match as listed_{{ name }},
        {%- endfor %}
        drugs.drug_set,
        drugs.intensity_by_drugs,
        drugs.pre_infusion_therapy,
        drugs.cytarabine_days,
        drugs.venetoclax_reduced_for_azole,
        drugs.azacitidine_sc,
        drugs.targeted_drug_given,
        drugs.targeted_or_ven_given,
        drugs.ven_or_hma_given,
        drugs.lenalidomide_given,
        drugs.fludarabine_given,
        {{ found_or_absent(
            'greatest(coalesce(drugs.antilymphocyte, 0), coalesce(conmeds.globulin, 0))',
            'conmeds.maybe_globulin',
            'courses.drug_list_complete and courses.conmed_list_complete'
        ) }} as antilymphocyte_globulin_given,
        conmeds.immunosuppressant_given as immunosuppressive_conmed_given,
        conmeds.exempt_immunosuppressant_given,
        conmeds.gcsf_given,
        conmeds.gcsf_days,
        radiation.tbi_given,
        radiation.lymphoid_irradiation_given,
        blood.blood_counts_recorded,
        blood.blood_counted_at_start,
        blood.blood_counts_per_week,
        blood.counts_recovered,
        blood.counts_half_recovered,
        counts.n_idac_consolidations as patient_idac_consolidations,
        counts.n_standard_cycles as patient_standard_cycles,
        counts.n_standard_consolidations as patient_standard_consolidations,
        counts.n_idac_mst_consolidations as patient_idac_mst_consolidations,
        counts.n_ven_hma_courses as patient_ven_hma_consolidations,
        counts.n_ven_hma_consolidations as patient_ven_hma_mst_consolidations,
        outcomes.allo_in_first_remission as patient_allo_in_first_remission,
        drugs.complete_drug_set,
        last_value(case when courses.phase = 'induction' then coalesce(drugs.complete_drug_set, 'not known') end
            ignore nulls) over (
            partition by courses.center_id, courses.case_id order by courses.course_no
            rows between unbounded preceding and 1 preceding
        ) as induction_drug_set,
        counts.consolidation_closed as patient_consolidation_closed,
        clocks.cytotoxic_end_minute_lo,
        clocks.cytotoxic_end_minute_hi,
        clocks.anchor_end_minute_lo,
        clocks.anchor_end_minute_hi
    from courses
    inner join cells
        on cells.center_id = courses.center_id
        and cells.case_id = courses.case_id
        and cells.course_no = courses.course_no
    inner join orders
        on orders.center_id = courses.center_id
        and orders.case_id = courses.case_id
        and orders.course_no = courses.course_no
    left join cases
        on cases.center_id = courses.center_id
        and cases.case_id = courses.case_id
    left join counts
        on counts.center_id = courses.center_id
        and counts.case_id = courses.case_id
    left join outcomes
        on outcomes.center_id = courses.center_id
        and outcomes.case_id = courses.case_id
    left join drugs
        on drugs.center_id = courses.center_id
        and drugs.case_id = courses.case_id
        and drugs.course_no = courses.course_no
    left join matches
        on matches.center_id = courses.center_id
        and matches.case_id = courses.case_id
        and matches.course_no = courses.course_no
    left join conmeds
        on conmeds.center_id = courses.center_id
        and conmeds.case_id = courses.case_id
        and conmeds.course_no = courses.course_no
    left join blood
        on blood.center_id = courses.center_id
        and blood.case_id = courses.case_id
        and blood.course_no = courses.course_no
    left join fitness
        on fitness.center_id = courses.center_id
        and fitness.case_id = courses.case_id
        and fitness.course_no = courses.course_no
    left join radiation
        on radiation.center_id = courses.center_id
        and radiation.case_id = courses.case_id
        and radiation.course_no = courses.course_no
    left join clocks
        on clocks.center_id = courses.center_id
        and clocks.case_id = courses.case_id
        and clocks.course_no = courses.course_no

),

final as (

    select
        facts.center_id,
        facts.case_id,
        facts.course_no,
        facts.phase,
        facts.intent,
        facts.regimen,
        facts.start_day,
        facts.is_eaml,
        facts.age_at_diagnosis_years,
        facts.is_mst,
        facts.infusions,
        facts.is_first_induction,
        facts.is_second_induction,
        facts.is_first_consolidation,
        facts.previous_is_consolidation,
        facts.previous_kind,
        facts.days_since_previous_start,
        facts.days_since_induction_end,
        facts.days_since_induction_end_venetoclax,
        facts.in_trial,
        facts.dose_adjusted,
        facts.fitness_class,
        facts.fitness_is_reassessed,
        {%- for name in var('regimens').regimens %}
        facts.listed_{{ name }} as {{ name }}_match,
        {%- endfor %}
        {%- for name in var('regimens').lists %}
        facts.listed_{{ name }} as {{ name }}_match,
        {%- endfor %}
        -- The listed regimen decides; standard before reduced, where both fit (T-16).
        case
            {%- for intensity in ['standard', 'reduced', 'intermediate cytarabine', 'low'] %}
            when
                {%- for name, regimen in var('regimens').regimens.items() if regimen.intensity == intensity %}
                {{ 'or ' if not loop.first }}facts.listed_{{ name }} in ('exact', 'within tolerance')
                {%- endfor %}
                then '{{ intensity }}'
            {%- endfor %}
            else facts.intensity_by_drugs
        end as intensity,
        facts.listed_standard_7_3 in ('exact', 'within tolerance')
            and facts.listed_reduced_7_3 in ('exact', 'within tolerance') as ambiguous_intensity,
        facts.drug_set,
        facts.pre_infusion_therapy,
        facts.cytarabine_days,
        facts.venetoclax_reduced_for_azole,
        facts.azacitidine_sc,
        facts.targeted_drug_given,
        facts.targeted_or_ven_given,
        facts.ven_or_hma_given,
        facts.lenalidomide_given,
        facts.fludarabine_given,
        facts.antilymphocyte_globulin_given,
        facts.immunosuppressive_conmed_given or facts.fludarabine_given
            or facts.antilymphocyte_globulin_given as immunosuppressant_given,
        facts.exempt_immunosuppressant_given,
        facts.gcsf_given,
        facts.gcsf_days,
        facts.tbi_given,
        facts.lymphoid_irradiation_given,
        facts.blood_counts_recorded,
        facts.blood_counted_at_start,
        facts.blood_counts_per_week,
        facts.counts_recovered,
        facts.counts_half_recovered,
        facts.patient_idac_consolidations,
        facts.patient_standard_cycles,
        facts.patient_standard_consolidations,
        facts.patient_idac_mst_consolidations,
        facts.patient_ven_hma_consolidations,
        facts.patient_ven_hma_mst_consolidations,
        facts.patient_allo_in_first_remission,
        case
            when facts.induction_drug_set <> 'not known'
                then facts.complete_drug_set = facts.induction_drug_set
        end as same_drugs_as_induction,
        facts.patient_consolidation_closed,
        facts.cytotoxic_end_minute_lo,
        facts.cytotoxic_end_minute_hi,
        facts.anchor_end_minute_lo,
        facts.anchor_end_minute_hi
    from facts

)

select * from final
