with

patients as (

    select * from {{ ref('int_patient') }}

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

-- Each patient once for every moment from which time may be counted.
starts as (

    select *, 'diagnosis' as origin, cast(0 as bigint) as origin_day
    from patients
    union all
    select *, 'first_course' as origin, first_course_day as origin_day
    from patients
    where first_course_day is not null
    union all
    select *, 'remission' as origin, remission_day as origin_day
    from patients
    where remission_day is not null
    union all
    select *, 'allo_transplant' as origin, allo_day as origin_day
    from patients
    where allo_day is not null

),

survivals as (

    select
        center_id,
        case_id,
        'os' as endpoint,
        origin,
        last_contact_day - origin_day as time_days,
        case when is_dead then 1 else 0 end as status
    from starts
    where origin in ('diagnosis', 'first_course', 'allo_transplant')
        and is_dead is not null

),

-- A relapse whose day is unknown, or before the origin, says nothing about time from the origin.
remissions as (

    select
        center_id,
        case_id,
        origin,
        case when has_relapsed then relapse_day else last_contact_day end - origin_day as time_days,
        has_relapsed,
        is_dead
    from starts
    where origin in ('remission', 'allo_transplant')
        and has_relapsed is not null
        and (has_relapsed or is_dead is not null)

),

relapses as (

    select
        center_id,
        case_id,
        'lfs' as endpoint,
        origin,
        time_days,
        case when has_relapsed or is_dead then 1 else 0 end as status
    from remissions
    union all
    select
        center_id,
        case_id,
        'relapse' as endpoint,
        origin,
        time_days,
        case when has_relapsed then 1 when is_dead then 2 else 0 end as status
    from remissions
    union all
    select
        center_id,
        case_id,
        'nrm' as endpoint,
        origin,
        time_days,
        case when has_relapsed then 2 when is_dead then 1 else 0 end as status
    from remissions

),

counted_recoveries as (

    select
        center_id,
        case_id,
        endpoint,
        'last_dose' as origin,
        coalesce(recovery_day, competing_day, last_count_day) - last_dose_day as time_days,
        case when recovery_day is not null then 1 when competing_day is not null then 2 else 0 end
            as status
    from recoveries

),

-- Dated by the center. No day counts as not recovered only where the center says so.
dated_recoveries as (

    select
        center_id,
        case_id,
        'neutrophil_recovery' as endpoint,
        neutrophil_recovery_day as recovery_day
    from transplants
    where neutrophil_recovery_day is not null or neutrophil_missing = 'not applicable'
    union all
    select
        center_id,
        case_id,
        'platelet_recovery' as endpoint,
        platelet_recovery_day as recovery_day
    from transplants
    where platelet_recovery_day is not null or platelet_missing = 'not applicable'

),

transplant_recoveries as (

    select
        patients.center_id,
        patients.case_id,
        dated_recoveries.endpoint,
        'allo_transplant' as origin,
        coalesce(dated_recoveries.recovery_day, patients.last_contact_day) - patients.allo_day
            as time_days,
        case
            when dated_recoveries.recovery_day is not null then 1
            when patients.is_dead then 2
            when patients.is_dead is false then 0
        end as status
    from dated_recoveries
    inner join patients
        on patients.center_id = dated_recoveries.center_id
        and patients.case_id = dated_recoveries.case_id

),

unioned as (

    select * from survivals
    union all
    select * from relapses
    union all
    select * from counted_recoveries
    union all
    select * from transplant_recoveries

),

final as (

    select
        center_id,
        case_id,
        endpoint,
        origin,
        cast(time_days as bigint) as time_days,
        cast(status as integer) as status
    from unioned
    where time_days >= 0 and status is not null

)

select * from final
