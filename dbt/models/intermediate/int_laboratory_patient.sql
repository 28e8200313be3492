{%- set window = var('parameters').diagnosis_window_days -%}
{%- set near = var('parameters').response_marrow_days -%}
{%- set before_decision = var('parameters').mrd_before_decision_days -%}

with

patients as (

    select * from {{ ref('stg_patient') }}

),

diagnoses as (

    select * from {{ ref('stg_diagnosis') }}

),

responses as (

    select
        *,
        case
            when marrow_done or marrow_blasts_pct is not null then true
            when {{ missing_code('marrow_done') }} = 'not done' then false
            else marrow_done
        end as has_marrow
    from {{ ref('stg_response') }}

),

residual_tests as (

    select * from {{ ref('stg_mrd') }}

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

plans as (

    select * from {{ ref('int_plan_patient') }}

),

-- A marrow a few days from the assessment is its marrow.
marrows as (

    select
        center_id,
        case_id,
        has_marrow,
        max(case when has_marrow then 1 else 0 end) over (
            partition by center_id, case_id
            order by assessment_day
            range between {{ near }} preceding and {{ near }} following
        ) as has_marrow_nearby
    from responses
    -- A relapse may be told from blood, and what is not evaluable says nothing.
    where coalesce(response not in ('relapse', 'not evaluable'), true)

),

assessed as (

    select
        center_id,
        case_id,
        case
            when {{ any_row('not has_marrow and has_marrow_nearby = 0') }} = 1 then false
            when {{ any_row('has_marrow is null and has_marrow_nearby = 0') }} = 0 then true
        end as marrow_at_responses
    from marrows
    group by center_id, case_id

),

residual as (

    select
        residual_tests.center_id,
        residual_tests.case_id,
        {{ any_row('test_day >= remission_day') }} as in_remission,
        {{ any_row(
            'test_day between decision_after_consolidation_day - ' ~ before_decision
            ~ ' and decision_after_consolidation_day'
        ) }} as before_decision
    from residual_tests
    left join outcomes
        on outcomes.center_id = residual_tests.center_id
        and outcomes.case_id = residual_tests.case_id
    left join plans
        on plans.center_id = residual_tests.center_id
        and plans.case_id = residual_tests.case_id
    group by residual_tests.center_id, residual_tests.case_id

),

final as (

    select
        patients.center_id,
        patients.case_id,
        {%- for fact, column in [
            ('marrow_at_diagnosis', 'marrow_aspirate_day'), ('immunophenotyped', 'immunophenotype_day')
        ] %}
        case
            when {{ column }} is not null then {{ column }} between -{{ window }} and {{ window }}
            when {{ missing_code(column, 'diagnoses.missing') }} = 'not done' then false
        end as {{ fact }},
        {%- endfor %}
        assessed.marrow_at_responses,
        case when outcomes.remission_day is not null then residual.in_remission = 1 end
            as mrd_tested_in_remission,
        case when plans.decision_after_consolidation_day is not null then residual.before_decision = 1 end
            as mrd_before_decision
    from patients
    left join diagnoses
        on diagnoses.center_id = patients.center_id
        and diagnoses.case_id = patients.case_id
    left join assessed
        on assessed.center_id = patients.center_id
        and assessed.case_id = patients.case_id
    left join residual
        on residual.center_id = patients.center_id
        and residual.case_id = patients.case_id
    left join outcomes
        on outcomes.center_id = patients.center_id
        and outcomes.case_id = patients.case_id
    left join plans
        on plans.center_id = patients.center_id
        and plans.case_id = patients.case_id

)

select * from final
