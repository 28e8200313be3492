with

patients as (

    select * from {{ ref('stg_patient') }}

),

plans as (

    select
        *,
        case when {{ missing_code('mst_considered') }} = 'not done' then false else mst_considered end
            as considered,
        case when {{ missing_code('intensification_considered') }} = 'not done' then false
            else intensification_considered end as intensified,
        case when {{ missing_code('best_supportive_care') }} = 'not done' then false
            else best_supportive_care end as supportive
    from {{ ref('stg_plan') }}

),

summed as (

    select
        center_id,
        case_id,
        {{ any_row('considered or mst_offered') }} as mst_considered,
        {{ any_row("point = 'diagnosis' and not considered") }} as mst_not_considered,
        {{ any_row('intensified') }} as intensified,
        {{ any_row('not intensified') }} as not_intensified,
        {{ any_row("supportive and point = 'diagnosis'") }} as supportive,
        {{ any_row("not supportive and point = 'diagnosis'") }} as not_supportive,
        {{ any_row("point = 'after consolidation'") }} as has_decision,
        max(case when point = 'after consolidation' then decision_day end) as decision_day
    from plans
    group by center_id, case_id

),

final as (

    select
        patients.center_id,
        patients.case_id,
        {{ found_or_absent('mst_considered', '0', 'mst_not_considered = 1') }} as mst_considered,
        {{ found_or_absent('intensified', '0', 'not_intensified = 1') }} as intensification_considered,
        {{ found_or_absent('supportive', '0', 'not_supportive = 1') }} as best_supportive_care,
        coalesce(has_decision, 0) = 1 as has_decision_after_consolidation,
        decision_day as decision_after_consolidation_day
    from patients
    left join summed
        on summed.center_id = patients.center_id
        and summed.case_id = patients.case_id

)

select * from final
