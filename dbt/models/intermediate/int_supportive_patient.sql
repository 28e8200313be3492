{%- set asked = var('parameters') -%}

with

patients as (

    select * from {{ ref('stg_patient') }}

),

courses as (

    select * from {{ ref('stg_course') }}

),

cells as (

    select * from {{ ref('int_course_cells') }}

),

treatments as (

    select * from {{ ref('int_treatment_patient') }}

),

infusions as (

    select
        center_id,
        case_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day,
        max(infusion_day) as last_infusion_day
    from {{ ref('stg_infusion') }}
    group by center_id, case_id

),

transfusions as (

    select * from {{ ref('stg_transfusion') }}
    where product in ('red cells', 'platelets', 'granulocytes')

),

conmeds as (

    select * from {{ ref('stg_conmed') }}

),

comorbidities as (

    select * from {{ ref('stg_comorbidity') }}

),

-- Whether the lists that an absence needs are complete.
lists as (

    select
        courses.center_id,
        courses.case_id,
        min(case
            when courses.start_day >= treatments.first_mst_day or courses.start_day is null
                then case when courses.transfusion_list_complete then 1 else 0 end
        end) as transfusions_complete,
        min(case when cells.is_mst is not false then case when courses.conmed_list_complete then 1 else 0 end end)
            as medication_complete,
        {{ any_row('courses.start_day = treatments.first_mst_day and courses.conmed_list_complete') }}
            as first_medication_complete
    from courses
    inner join cells
        on cells.center_id = courses.center_id
        and cells.case_id = courses.case_id
        and cells.course_no = courses.course_no
    inner join treatments
        on treatments.center_id = courses.center_id
        and treatments.case_id = courses.case_id
    group by courses.center_id, courses.case_id

),

transfused as (

    select
        transfusions.center_id,
        transfusions.case_id,
        count(*) as n_products,
        {{ any_true('not transfusions.irradiated') }} as any_not_irradiated
    from transfusions
    inner join treatments
        on treatments.center_id = transfusions.center_id
        and treatments.case_id = transfusions.case_id
        and transfusions.transfusion_day >= treatments.first_mst_day
    group by transfusions.center_id, transfusions.case_id

),

allo_days as (

    select * from {{ ref('int_allo_day') }}

),

windows as (

    select
        infusions.center_id,
        infusions.case_id,
        least(infusions.first_infusion_day, coalesce(treatments.first_mst_day, infusions.first_infusion_day))
            as prophylaxis_first_day,
        least(
            infusions.last_infusion_day + {{ asked.cmv_prophylaxis_days_after_infusion }},
            coalesce(
                allo_days.allo_day - {{ asked.transplant_preparation_days }} - 1,
                infusions.last_infusion_day + {{ asked.cmv_prophylaxis_days_after_infusion }}
            )
        ) as prophylaxis_last_day,
        treatments.first_mst_day - {{ asked.immunosuppressant_days_before_course }} as immune_first_day,
        treatments.first_mst_day as immune_last_day
    from infusions
    inner join treatments
        on treatments.center_id = infusions.center_id
        and treatments.case_id = infusions.case_id
    left join allo_days
        on allo_days.center_id = infusions.center_id
        and allo_days.case_id = infusions.case_id

),

medication as (

    select
        windows.center_id,
        windows.case_id,
        {{ any_row(
            "drug_class = 'CMV antiviral' and indication = 'infection prophylaxis' and "
            ~ overlaps('prophylaxis_first_day', 'prophylaxis_last_day')
        ) }} as cmv_prophylaxis,
        -- A drug whose class, purpose or days nobody knows.
        {{ any_row(
            "coalesce(drug_class = 'CMV antiviral', true) and coalesce(indication = 'infection prophylaxis', true)"
            ~ " and coalesce(" ~ may_overlap('prophylaxis_first_day', 'prophylaxis_last_day') ~ ", true)"
        ) }} as maybe_cmv_prophylaxis,
        {{ any_row(
            "coalesce(route, 'IV') <> 'topical' and drug_class in " ~ immunosuppressive_classes()
            ~ " and not interruptible and " ~ overlaps('immune_first_day', 'immune_last_day')
        ) }} as uninterruptible,
        {{ any_row(
            "coalesce(route, 'IV') <> 'topical' and coalesce(drug_class in " ~ immunosuppressive_classes()
            ~ ", true) and coalesce(indication = 'concomitant disease', true) and coalesce("
            ~ may_overlap('immune_first_day', 'immune_last_day') ~ ", true)"
        ) }} as maybe_uninterruptible
    from windows
    inner join conmeds
        on conmeds.center_id = windows.center_id
        and conmeds.case_id = windows.case_id
    group by windows.center_id, windows.case_id

),

diseases as (

    select
        center_id,
        case_id,
        {{ any_row('needs_immunosuppression') }} as needed,
        min(case when needs_immunosuppression is false then 1 else 0 end) as not_needed
    from comorbidities
    group by center_id, case_id

),

final as (

    select
        patients.center_id,
        patients.case_id,
        case
            when treatments.first_mst_day is not null
                then {{ found_or_absent('case when transfused.n_products > 0 then 1 end', '0',
                    'lists.transfusions_complete = 1') }}
        end as cellular_products_transfused,
        case
            when transfused.any_not_irradiated then false
            when transfused.any_not_irradiated is false and lists.transfusions_complete = 1 then true
        end as all_cellular_products_irradiated,
        case
            when windows.case_id is not null
                then {{ found_or_absent('medication.cmv_prophylaxis', 'medication.maybe_cmv_prophylaxis',
                    'lists.medication_complete = 1') }}
        end as cmv_prophylaxis_given,
        case
            when diseases.needed = 1 or medication.uninterruptible = 1 then true
            when diseases.not_needed = 1 then false
            when lists.first_medication_complete = 1 and coalesce(medication.maybe_uninterruptible, 0) = 0
                then false
        end as needs_uninterrupted_immunosuppression
    from patients
    left join treatments
        on treatments.center_id = patients.center_id
        and treatments.case_id = patients.case_id
    left join transfused
        on transfused.center_id = patients.center_id
        and transfused.case_id = patients.case_id
    left join lists
        on lists.center_id = patients.center_id
        and lists.case_id = patients.case_id
    left join windows
        on windows.center_id = patients.center_id
        and windows.case_id = patients.case_id
    left join medication
        on medication.center_id = patients.center_id
        and medication.case_id = patients.case_id
    left join diseases
        on diseases.center_id = patients.center_id
        and diseases.case_id = patients.case_id

)

select * from final
