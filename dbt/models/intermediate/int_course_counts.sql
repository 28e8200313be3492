{%- set asked = var('parameters') -%}

with

courses as (

    select * from {{ ref('stg_course') }}

),

orders as (

    select * from {{ ref('int_course_order') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

blood_counts as (

    select
        *,
        anc_e9_per_l >= {{ asked.neutrophil_recovery_e9_per_l }}
            and platelets_e9_per_l >= {{ asked.platelet_recovery_e9_per_l }} as has_recovered
    from {{ ref('stg_blood_count') }}

),

windows as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.start_day,
        -- Counts are asked for until the next course, death, or so many days.
        least(
            courses.start_day + {{ asked.blood_count_follow_days }},
            coalesce(orders.next_start_day - 1, courses.start_day + {{ asked.blood_count_follow_days }}),
            coalesce(followups.last_contact_day, courses.start_day + {{ asked.blood_count_follow_days }})
        ) as last_asked_day,
        coalesce(courses.end_day, courses.start_day) as end_day
    from courses
    inner join orders
        on orders.center_id = courses.center_id
        and orders.case_id = courses.case_id
        and orders.course_no = courses.course_no
    left join followups
        on followups.center_id = courses.center_id
        and followups.case_id = courses.case_id

),

nearby as (

    select
        windows.*,
        blood_counts.sample_day,
        blood_counts.anc_e9_per_l,
        blood_counts.platelets_e9_per_l,
        blood_counts.has_recovered
    from windows
    inner join blood_counts
        on blood_counts.center_id = windows.center_id
        and blood_counts.case_id = windows.case_id
        and blood_counts.sample_day between
            windows.start_day - {{ asked.recovery_lookback_days }} and windows.last_asked_day

),

-- Recovery is only counted from the end of the drugs on.
recovered as (

    select
        center_id,
        case_id,
        course_no,
        min(case when sample_day > end_day and has_recovered then sample_day end) as recovery_day
    from nearby
    group by center_id, case_id, course_no

),

last_before as (

    select
        *,
        row_number() over (
            partition by center_id, case_id, course_no order by sample_day desc
        ) as how_long_ago
    from nearby
    where sample_day < start_day
        and anc_e9_per_l is not null
        and platelets_e9_per_l is not null

),

summed as (

    select
        nearby.center_id,
        nearby.case_id,
        nearby.course_no,
        max(case
            when sample_day between start_day - {{ asked.baseline_count_days }}
                and start_day + {{ asked.baseline_count_days }} then 1 else 0
        end) as at_start,
        sum(case
            when sample_day between start_day and coalesce(recovery_day, last_asked_day) then 1 else 0
        end) as n_counts,
        max(coalesce(recovery_day, last_asked_day)) - max(start_day) + 1 as n_days
    from nearby
    inner join recovered
        on recovered.center_id = nearby.center_id
        and recovered.case_id = nearby.case_id
        and recovered.course_no = nearby.course_no
    group by nearby.center_id, nearby.case_id, nearby.course_no

),

final as (

    select
        windows.center_id,
        windows.case_id,
        windows.course_no,
        summed.course_no is not null and summed.n_counts + summed.at_start > 0 as blood_counts_recorded,
        case when summed.n_counts + summed.at_start > 0 then summed.at_start = 1 end
            as blood_counted_at_start,
        case when summed.n_days > 0 then summed.n_counts * 7.0 / summed.n_days end
            as blood_counts_per_week,
        last_before.anc_e9_per_l >= {{ asked.recovered_anc_e9_per_l }}
            and last_before.platelets_e9_per_l >= {{ asked.recovered_platelets_e9_per_l }}
            as counts_recovered,
        last_before.anc_e9_per_l >= {{ asked.half_recovered_anc_e9_per_l }}
            and last_before.platelets_e9_per_l >= {{ asked.half_recovered_platelets_e9_per_l }}
            as counts_half_recovered
    from windows
    left join summed
        on summed.center_id = windows.center_id
        and summed.case_id = windows.case_id
        and summed.course_no = windows.course_no
    left join last_before
        on last_before.center_id = windows.center_id
        and last_before.case_id = windows.case_id
        and last_before.course_no = windows.course_no
        and last_before.how_long_ago = 1

)

select * from final
