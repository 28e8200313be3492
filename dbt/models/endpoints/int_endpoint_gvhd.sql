-- GVHD from the first infusion, competing with relapse, death and allogeneic transplant. Who was never in remission
-- has no relapse to compete.
with

timelines as (

    select * from {{ ref('int_timeline') }}
    where first_infusion_day is not null
        and is_dead is not null
        and (has_relapsed is not null or in_remission is false)
        and (allo_done is false or allo_day is not null)
        and (not coalesce(has_relapsed, false) or relapse_day is not null)

),

episodes as (

    select * from {{ ref('int_gvhd') }}
    where confirmed

),

-- Relapse and transplant before the first cells compete with nothing.
ends as (

    select
        *,
        case when relapse_day >= first_infusion_day then relapse_day end as relapse_after_day,
        case when allo_day >= first_infusion_day then allo_day end as allo_after_day
    from timelines

),

competing as (

    select
        *,
        least(
            coalesce(relapse_after_day, last_contact_day + 1),
            coalesce(allo_after_day, last_contact_day + 1),
            coalesce(death_day, last_contact_day + 1)
        ) as competing_day
    from ends

),

-- An episode that lacks its grade may be one of those asked for, unless the stages that are known decide.
found as (

    {%- for endpoint, kind, is_one in [
        ('acute_gvhd_2_4', 'acute GVHD', acute_gvhd_reaches(2)),
        ('acute_gvhd_3_4', 'acute GVHD', acute_gvhd_reaches(3)),
        ('chronic_gvhd', 'chronic GVHD', 'true'),
    ] %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        competing.center_id,
        competing.case_id,
        '{{ endpoint }}' as endpoint,
        competing.first_infusion_day,
        competing.competing_day,
        competing.last_contact_day,
        min(case when {{ is_one }} then episodes.onset_day end) as onset_day,
        min(case when ({{ is_one }}) is null then episodes.onset_day end) as maybe_onset_day
    from competing
    left join episodes
        on episodes.center_id = competing.center_id
        and episodes.case_id = competing.case_id
        and episodes.kind = '{{ kind }}'
        and episodes.onset_day between competing.first_infusion_day and competing.competing_day
    group by
        competing.center_id, competing.case_id, competing.first_infusion_day,
        competing.competing_day, competing.last_contact_day
    {%- endfor %}

),

final as (

    select
        center_id,
        case_id,
        endpoint,
        'first_infusion' as origin,
        least(coalesce(onset_day, competing_day), last_contact_day) - first_infusion_day as time_days,
        case
            when onset_day is not null then 1
            when competing_day <= last_contact_day then 2
            else 0
        end as status
    from found
    where coalesce(maybe_onset_day >= onset_day, maybe_onset_day is null)

)

select * from final
