{%- set days_before = var('parameters').fitness_days_before_diagnosis -%}

with

assessments as (

    select * from {{ ref('int_fitness') }}

),

counts as (

    select * from {{ ref('int_case_counts') }}

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

consolidations as (

    select * from {{ ref('stg_course') }}
    where phase = 'consolidation'

),

first_consolidations as (

    select
        center_id,
        case_id,
        min(start_day) as first_consolidation_day
    from consolidations
    group by center_id, case_id

),

placed as (

    select
        assessments.*,
        counts.first_course_day,
        assessments.assessment_day <= counts.first_course_day as is_before_treatment,
        -- Without a course every assessment still comes before treatment.
        coalesce(assessments.assessment_day <= counts.first_course_day, counts.case_id is null)
            and assessments.assessment_day >= -{{ days_before }} as is_in_window,
        case
            when outcomes.remission_day is not null
                and first_consolidations.first_consolidation_day is not null
                then coalesce(assessments.class_missing, '') <> 'not done'
                    and assessments.assessment_day between outcomes.remission_day
                    and first_consolidations.first_consolidation_day
        end as is_in_remission
    from assessments
    left join counts
        on counts.center_id = assessments.center_id
        and counts.case_id = assessments.case_id
    left join outcomes
        on outcomes.center_id = assessments.center_id
        and outcomes.case_id = assessments.case_id
    left join first_consolidations
        on first_consolidations.center_id = assessments.center_id
        and first_consolidations.case_id = assessments.case_id

),

-- The last one before treatment, with a class if there is one; without a course the first.
ranked as (

    select
        *,
        row_number() over (
            partition by center_id, case_id
            order by
                case when fitness_class is null then 1 else 0 end,
                case when first_course_day is null then assessment_day else -assessment_day end
        ) as baseline_rank
    from placed
    where is_before_treatment or (is_before_treatment is null and is_in_window)

),

in_remission as (

    select
        center_id,
        case_id,
        fitness_class,
        row_number() over (partition by center_id, case_id order by assessment_day desc) as how_long_ago
    from placed
    where is_in_remission and fitness_class is not null

),

summed as (

    select
        center_id,
        case_id,
        {{ any_row('is_in_window and fitness_class is not null') }} as has_class,
        {{ any_row('fitness_class is not null') }} as has_any_class,
        {{ any_row('fitness_class is not null and is_before_treatment is not false') }} as may_be_in_time,
        {{ any_row("class_missing = 'not done'") }} as class_not_done,
        {{ any_row('is_before_treatment is not false') }} as has_assessment_before,
        {{ any_row('is_before_treatment is not false and has_organ_function') }} as has_organ_function,
        {{ any_row('is_in_remission') }} as has_reassessment,
        {{ any_row('is_in_remission is null') }} as may_be_reassessment
    from placed
    group by center_id, case_id

),

final as (

    select
        summed.center_id,
        summed.case_id,
        ranked.fitness_class,
        case
            when summed.has_class = 1 then true
            when summed.has_any_class = 1 and summed.may_be_in_time = 0 then false
            when summed.has_any_class = 0 and summed.class_not_done = 1 then false
        end as fitness_class_before_treatment,
        case
            when summed.has_class = 0 then cast(null as boolean)
            when ranked.instrument is not null then true
            when ranked.instrument_missing in ('not done', 'not applicable') then false
        end as fitness_instrument_named,
        ranked.ecog,
        case when summed.has_assessment_before = 1 then summed.has_organ_function = 1 end
            as organ_function_recorded,
        ranked.fitness_ferrara,
        ranked.fitness_ferrara_without_age,
        ranked.fitness_class = ranked.fitness_ferrara_without_age as fitness_agrees,
        case
            when summed.has_reassessment = 1 then true
            when summed.may_be_reassessment = 0 then false
        end as fitness_reassessed,
        case when ranked.fitness_class = 'unfit' then in_remission.fitness_class = 'fit' end as became_fit
    from summed
    left join ranked
        on ranked.center_id = summed.center_id
        and ranked.case_id = summed.case_id
        and ranked.baseline_rank = 1
    left join in_remission
        on in_remission.center_id = summed.center_id
        and in_remission.case_id = summed.case_id
        and in_remission.how_long_ago = 1

)

select * from final
