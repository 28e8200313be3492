-- Endpoints that death ends: overall, leukaemia-free and event-free survival, relapse, NRM, early death.
with

timelines as (

    select * from {{ ref('int_timeline') }}

),

-- Each patient once for every moment from which time may be counted.
starts as (

    {%- for origin, day in [
        ('diagnosis', 'cast(0 as bigint)'), ('first_course', 'first_course_day'),
        ('first_infusion', 'first_infusion_day'), ('remission', 'remission_day'), ('allo_transplant', 'allo_day'),
    ] %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select *, '{{ origin }}' as origin, {{ day }} as origin_day
    from timelines
    where {{ day }} is not null
    {%- endfor %}

),

deaths as (

    select
        center_id,
        case_id,
        'os' as endpoint,
        origin,
        last_contact_day - origin_day as time_days,
        case when is_dead then 1 else 0 end as status
    from starts
    where is_dead is not null
    {%- for days in early_death_windows() %}
    union all
    select
        center_id,
        case_id,
        'early_death_{{ days }}' as endpoint,
        origin,
        least(last_contact_day - origin_day, {{ days }}) as time_days,
        case when is_dead and last_contact_day - origin_day <= {{ days }} then 1 else 0 end as status
    from starts
    where origin = 'first_course'
        and is_dead is not null
    {%- endfor %}

),

-- A relapse whose day is unknown, or before the origin, says nothing about time from the origin. Whoever
-- is known to be transplanted with active leukaemia has none of its absence to lose.
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
        and (
            origin = 'remission'
            or (coalesce(in_remission, true) and coalesce(remission_day <= allo_day, true))
        )

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

-- Remission by the landmark, or failure, dated day 0; alive without an assessment, neither is known. A
-- relapse tells of a remission before it.
landmarks as (

    select
        *,
        origin_day + {{ efs_landmark_days() }} as landmark_day
    from starts
    where origin = 'first_course'
        and is_dead is not null

),

inductions as (

    select
        *,
        case
            when least(remission_day, relapse_day) <= landmark_day then true
            when remission_day is not null then false
            when has_relapsed then cast(null as boolean)
            when is_ever_assessed and (is_dead or last_contact_day >= landmark_day) then false
            when is_dead and last_contact_day <= landmark_day then false
        end as is_remission_by_landmark
    from landmarks

),

events as (

    select
        center_id,
        case_id,
        'efs' as endpoint,
        origin,
        case
            when is_remission_by_landmark is false then cast(0 as bigint)
            when is_remission_by_landmark and has_relapsed then relapse_day - origin_day
            when is_remission_by_landmark then last_contact_day - origin_day
            else cast(0 as bigint)
        end as time_days,
        case
            when is_remission_by_landmark is false then 1
            when is_remission_by_landmark then case when has_relapsed or is_dead then 1 else 0 end
            else 0
        end as status
    from inductions
    where case
        when is_remission_by_landmark then has_relapsed is not null
        when is_remission_by_landmark is null then not coalesce(has_relapsed, false)
        else true
    end

),

unioned as (

    select * from deaths
    union all
    select * from relapses
    union all
    select * from events

),

-- What the transplant ends, for those of whom it is known whether there was one, and when. A death
-- on its day is an event.
until_transplant as (

    select
        unioned.center_id,
        unioned.case_id,
        unioned.endpoint || '_allo_censored' as endpoint,
        unioned.origin,
        least(unioned.time_days, coalesce(starts.allo_day - starts.origin_day, unioned.time_days))
            as time_days,
        case
            when starts.allo_day - starts.origin_day < unioned.time_days then 0
            else unioned.status
        end as status
    from unioned
    inner join starts
        on starts.center_id = unioned.center_id
        and starts.case_id = unioned.case_id
        and starts.origin = unioned.origin
    where unioned.endpoint in ('os', 'lfs')
        and unioned.origin <> 'allo_transplant'
        and (starts.allo_done is false or starts.allo_day is not null)

),

final as (

    select * from unioned
    union all
    select * from until_transplant

)

select * from final
