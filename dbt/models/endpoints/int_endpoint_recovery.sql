-- Neutrophils and platelets, competing with death and with the next course.
with

timelines as (

    select * from {{ ref('int_timeline') }}

),

recoveries as (

    select * from {{ ref('int_recovery') }}

),

transplants as (

    select
        *,
        {{ missing_code('neutrophil_recovery_day') }} as neutrophil_missing,
        {{ missing_code('platelet_recovery_day') }} as platelet_missing
    from {{ ref('stg_allo') }}

),

-- What ended the chance of recovery counts only if counts were followed up to it: long after the last one,
-- nobody knows whether it came before.
followed as (

    select
        * replace (
            case when competing_day <= last_count_day + {{ recovery_followed_days() }} then competing_day end
                as competing_day
        )
    from recoveries

),

counted as (

    select
        center_id,
        case_id,
        endpoint,
        'last_dose' as origin,
        coalesce(recovery_day, competing_day, last_count_day) - last_dose_day as time_days,
        case when recovery_day is not null then 1 when competing_day is not null then 2 else 0 end
            as status
    from followed

),

-- Dated by the center. No day counts as not recovered only where the center says so.
dated as (

    {%- for kind in ['neutrophil', 'platelet'] %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        center_id,
        case_id,
        '{{ kind }}_recovery' as endpoint,
        {{ kind }}_recovery_day as recovery_day
    from transplants
    where {{ kind }}_recovery_day is not null or {{ kind }}_missing = 'not applicable'
    {%- endfor %}

),

transplanted as (

    select
        timelines.center_id,
        timelines.case_id,
        dated.endpoint,
        'allo_transplant' as origin,
        coalesce(dated.recovery_day, timelines.last_contact_day) - timelines.allo_day as time_days,
        case
            when dated.recovery_day is not null then 1
            when timelines.is_dead then 2
            when timelines.is_dead is false then 0
        end as status
    from dated
    inner join timelines
        on timelines.center_id = dated.center_id
        and timelines.case_id = dated.case_id

),

final as (

    select * from counted
    union all
    select * from transplanted

)

select * from final
