{%- set threshold = var('parameters') -%}

with

courses as (

    select * from {{ ref('int_course') }}

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

blood_counts as (

    select * from {{ ref('stg_blood_count') }}

),

transfusions as (

    select * from {{ ref('stg_transfusion') }}
    where product = 'platelets'

),

numbered as (

    select
        center_id,
        case_id,
        cytotoxic_end_minute_lo,
        cytotoxic_end_minute_hi,
        row_number() over (partition by center_id, case_id order by course_no) as position,
        lead(start_day) over (partition by center_id, case_id order by course_no) as next_start_day
    from courses

),

-- Day 0 of recovery is the day the last cytotoxic dose of course 1 ended.
origins as (

    select
        numbered.center_id,
        numbered.case_id,
        cast(floor(numbered.cytotoxic_end_minute_hi / 1440.0) as bigint) as last_dose_day,
        numbered.next_start_day,
        case when outcomes.is_dead then outcomes.last_contact_day end as death_day
    from numbered
    inner join outcomes
        on outcomes.center_id = numbered.center_id
        and outcomes.case_id = numbered.case_id
    where numbered.position = 1
        -- Both ends of the interval on one day, or the day is not known.
        and floor(numbered.cytotoxic_end_minute_lo / 1440.0)
            = floor(numbered.cytotoxic_end_minute_hi / 1440.0)

),

observed as (

    select
        center_id,
        case_id,
        last_dose_day,
        least(coalesce(next_start_day, death_day), coalesce(death_day, next_start_day))
            as competing_day
    from origins

),

supported as (

    select distinct
        blood_counts.center_id,
        blood_counts.case_id,
        blood_counts.sample_day
    from blood_counts
    inner join transfusions
        on transfusions.center_id = blood_counts.center_id
        and transfusions.case_id = blood_counts.case_id
        and transfusions.transfusion_day between
            blood_counts.sample_day - {{ threshold.platelet_transfusion_free_days }}
            and blood_counts.sample_day

),

long_counts as (

    select
        blood_counts.center_id,
        blood_counts.case_id,
        blood_counts.sample_day,
        'neutrophil_recovery' as endpoint,
        blood_counts.anc_e9_per_l >= {{ threshold.neutrophil_recovery_e9_per_l }} as is_enough
    from blood_counts
    where blood_counts.anc_e9_per_l is not null
    union all
    select
        blood_counts.center_id,
        blood_counts.case_id,
        blood_counts.sample_day,
        'platelet_recovery' as endpoint,
        blood_counts.platelets_e9_per_l >= {{ threshold.platelet_recovery_e9_per_l }}
            and supported.sample_day is null as is_enough
    from blood_counts
    left join supported
        on supported.center_id = blood_counts.center_id
        and supported.case_id = blood_counts.case_id
        and supported.sample_day = blood_counts.sample_day
    where blood_counts.platelets_e9_per_l is not null

),

after_dose as (

    select
        long_counts.*,
        observed.last_dose_day,
        observed.competing_day
    from long_counts
    inner join observed
        on observed.center_id = long_counts.center_id
        and observed.case_id = long_counts.case_id
        and long_counts.sample_day > observed.last_dose_day
        and (observed.competing_day is null or long_counts.sample_day <= observed.competing_day)

),

runs as (

    select
        *,
        is_enough
            and lead(is_enough, 1) over (
                partition by center_id, case_id, endpoint order by sample_day
            )
            and lead(is_enough, 2) over (
                partition by center_id, case_id, endpoint order by sample_day
            ) as starts_run
    from after_dose

),

final as (

    select
        center_id,
        case_id,
        endpoint,
        last_dose_day,
        min(case when starts_run then sample_day end) as recovery_day,
        max(sample_day) as last_count_day,
        competing_day
    from runs
    group by center_id, case_id, endpoint, last_dose_day, competing_day

)

select * from final
