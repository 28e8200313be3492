with

responses as (

    select * from {{ ref('int_response_course') }}

),

ranked as (

    select
        center_id,
        case_id,
        assessment_day,
        response,
        response in {{ remissions() }} as is_remission,
        case when phase = 'induction' then {{ response_rank('response') }} end as induction_rank
    from responses

),

final as (

    select
        center_id,
        case_id,
        case min(induction_rank)
            when 1 then 'CR' when 2 then 'CRh' when 3 then 'CRi' when 4 then 'MLFS' when 5 then 'PR'
            when 6 then 'no response' when 7 then 'relapse' when 8 then 'not evaluable'
        end as induction_response,
        case
            when {{ any_row('is_remission') }} = 1 then true
            when {{ any_row("is_remission is null or response = 'not evaluable'") }} = 1
                then cast(null as boolean)
            else false
        end as in_remission,
        min(case when is_remission then assessment_day end) as remission_day,
        {{ any_row("response <> 'not evaluable'") }} = 1 as is_ever_assessed,
        min(case when response = 'relapse' then assessment_day end) as relapse_day
    from ranked
    group by center_id, case_id

)

select * from final
