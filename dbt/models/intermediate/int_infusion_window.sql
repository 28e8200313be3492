{#- Days after the cells in which the paper looks for acute GVHD (2.3-07). -#}
{%- set first_day, last_day = 5, 30 -%}

with

infusions as (

    select * from {{ ref('stg_infusion') }}
    where infusion_day is not null

),

followups as (

    select * from {{ ref('stg_followup') }}

),

ordered as (

    select
        center_id,
        case_id,
        infusion_no,
        donor_id,
        infusion_day,
        lead(infusion_day) over (
            partition by center_id, case_id order by infusion_day, infusion_no
        ) as next_infusion_day
    from infusions

),

windows as (

    select
        *,
        infusion_day + {{ first_day }} as first_sign_day,
        least(infusion_day + {{ last_day }}, coalesce(next_infusion_day, infusion_day + {{ last_day }}))
            as last_sign_day,
        infusion_day + {{ last_day }} as last_assessment_day
    from ordered

),

final as (

    select
        windows.*,
        case
            when windows.next_infusion_day < windows.first_sign_day then false
            when followups.status = 'dead' and followups.last_contact_day < windows.first_sign_day
                then false
            when followups.last_contact_day >= windows.last_sign_day then true
        end as is_observed,
        -- After death no sign can have been missed.
        followups.last_contact_day >= windows.first_sign_day
            and (followups.status = 'dead' or followups.last_contact_day >= windows.last_sign_day)
            as is_watched,
        case
            when followups.last_contact_day
                >= windows.infusion_day + {{ var('parameters').chimerism_days_after_infusion }} then true
        end as is_followed_for_chimerism
    from windows
    left join followups
        on followups.center_id = windows.center_id
        and followups.case_id = windows.case_id

)

select * from final
