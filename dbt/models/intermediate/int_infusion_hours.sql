with

infusions as (

    select * from {{ ref('stg_infusion') }}

),

last_doses as (

    select * from {{ ref('int_drug_last_dose') }}

),

timed as (

    select
        center_id,
        case_id,
        infusion_no,
        course_no,
        infusion_day,
        {{ minute_lo('infusion_day', 'infusion_start_time') }} as infusion_minute_lo,
        {{ minute_hi('infusion_day', 'infusion_start_time') }} as infusion_minute_hi
    from infusions

),

doses as (

    select
        timed.*,
        last_doses.is_anchor,
        last_doses.end_minute_lo,
        last_doses.end_minute_hi,
        -- A dose of the day of infusion itself may have come after it.
        last_doses.first_day < timed.infusion_day
            or coalesce(last_doses.end_minute_hi <= timed.infusion_minute_lo, false)
            as surely_before
    from timed
    inner join last_doses
        on last_doses.center_id = timed.center_id
        and last_doses.case_id = timed.case_id
        and last_doses.course_no = timed.course_no
        and last_doses.first_day <= timed.infusion_day

),

ends as (

    select
        center_id,
        case_id,
        infusion_no,
        max(case when surely_before then end_minute_lo end) as cytotoxic_end_lo,
        {{ max_if_all_known('end_minute_hi') }} as cytotoxic_end_hi,
        max(case when surely_before and is_anchor then end_minute_lo end) as anchor_end_lo,
        case
            when sum(case when is_anchor and end_minute_hi is null then 1 else 0 end) = 0
                then max(case when is_anchor then end_minute_hi end)
        end as anchor_end_hi
    from doses
    group by center_id, case_id, infusion_no

),

final as (

    select
        timed.center_id,
        timed.case_id,
        timed.infusion_no,
        timed.infusion_minute_lo,
        timed.infusion_minute_hi,
        case when ends.cytotoxic_end_lo is not null
            then (timed.infusion_minute_lo - ends.cytotoxic_end_hi) / 60.0
        end as hours_since_cytotoxic_lo,
        (timed.infusion_minute_hi - ends.cytotoxic_end_lo) / 60.0 as hours_since_cytotoxic_hi,
        case when ends.anchor_end_lo is not null
            then (timed.infusion_minute_lo - ends.anchor_end_hi) / 60.0
        end as hours_since_anchor_lo,
        (timed.infusion_minute_hi - ends.anchor_end_lo) / 60.0 as hours_since_anchor_hi
    from timed
    left join ends
        on ends.center_id = timed.center_id
        and ends.case_id = timed.case_id
        and ends.infusion_no = timed.infusion_no

)

select * from final
