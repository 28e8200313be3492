with

assessments as (

    select * from {{ ref('stg_response') }}

),

diagnoses as (

    select center_id, case_id, marrow_blasts_pct as baseline_blasts_pct from {{ ref('stg_diagnosis') }}

),

measured as (

    select
        assessments.*,
        diagnoses.baseline_blasts_pct,
        -- Leukaemia outside the marrow needs no marrow to be seen.
        coalesce(not marrow_done or not marrow_adequate, false) and not coalesce(extramedullary_disease, false)
            as is_not_evaluable,
        marrow_blasts_pct < 5 and blood_blasts_pct = 0 and not extramedullary_disease as is_clear,
        anc_e9_per_l >= 1.0 and platelets_e9_per_l >= 100 as has_full_counts,
        anc_e9_per_l >= 0.5 and platelets_e9_per_l >= 50 as has_partial_counts,
        -- Blasts in blood alone are a relapse only when a second sample shows them, which is not asked.
        marrow_blasts_pct >= 5 or extramedullary_disease as has_relapse_sign
    from assessments
    left join diagnoses
        on diagnoses.center_id = assessments.center_id
        and diagnoses.case_id = assessments.case_id

),

-- With CRh in use, CRi has one count short and not both half recovered.
remissions as (

    select
        *,
        case
            when is_not_evaluable then 'not evaluable'
            when not is_clear or is_clear is null then cast(null as varchar)
            when has_full_counts then 'CR'
            when has_full_counts is null then cast(null as varchar)
            when has_partial_counts then 'CRh'
            when has_partial_counts is null then cast(null as varchar)
            when anc_e9_per_l >= 1.0 or platelets_e9_per_l >= 100 then 'CRi'
            when not (anc_e9_per_l >= 1.0 or platelets_e9_per_l >= 100) and marrow_adequate then 'MLFS'
        end as remission
    from measured

),

-- What came before, as derived or, where that is open, as the center judged it: the last day of remission,
-- of disease, and of what may have been either.
histories as (

    select
        *,
        max(
            case
                when coalesce(remission, case when is_clear is null then response end) in {{ remissions() }}
                    then assessment_day
            end
        ) over earlier as last_remission_day,
        max(
            case when has_relapse_sign and not is_not_evaluable then assessment_day end
        ) over earlier as last_disease_day,
        max(
            case
                when is_not_evaluable or (is_clear is null and response is null)
                    or (is_clear and remission is null) then assessment_day
            end
        ) over earlier as last_open_day
    from remissions
    window earlier as (
        partition by center_id, case_id order by assessment_day
        rows between unbounded preceding and 1 preceding
    )

),

-- After a relapse the next remission is awaited anew, and PR has the blasts of the relapse to be held against,
-- which the form does not name.
diseased as (

    select
        *,
        case
            when last_remission_day > coalesce(last_disease_day, last_remission_day - 1) then true
            when last_open_day > coalesce(last_disease_day, last_open_day - 1) then cast(null as boolean)
            else false
        end as is_after_remission,
        blood_blasts_pct = 0 and not extramedullary_disease and has_full_counts
            and marrow_blasts_pct between 5 and 25
            and marrow_blasts_pct <= case when last_remission_day is null then 0.5 * baseline_blasts_pct end
            as is_partial
    from histories

),

final as (

    select
        center_id,
        case_id,
        assessment_day,
        case
            when is_not_evaluable or is_clear then remission
            when is_clear is null or is_after_remission is null then cast(null as varchar)
            when is_after_remission then case when has_relapse_sign then 'relapse' end
            when is_partial then 'PR'
            when not is_partial then 'no response'
        end as response,
        response as center_response,
        case
            when is_not_evaluable and not marrow_done then 'marrow not examined'
            when is_not_evaluable then 'marrow not adequate'
            else 'marrow blasts ' || {{ number_text('marrow_blasts_pct') }}
                || ' %, blood blasts ' || {{ number_text('blood_blasts_pct') }}
                || ' %, extramedullary ' || {{ yes_no_text('extramedullary_disease') }}
                || ', ANC ' || {{ number_text('anc_e9_per_l') }}
                || ', platelets ' || {{ number_text('platelets_e9_per_l') }}
                || case when is_after_remission then ', after remission' else '' end
        end as because
    from diseased

)

select * from final
