with

infusions as (

    select * from {{ ref('stg_infusion') }}

),

clocks as (

    select * from {{ ref('int_course_clock') }}

),

timed as (

    select
        infusions.center_id,
        infusions.case_id,
        infusions.infusion_no,
        {{ minute_lo('infusion_day', 'infusion_start_time') }} as infusion_minute_lo,
        {{ minute_hi('infusion_day', 'infusion_start_time') }} as infusion_minute_hi,
        clocks.cytotoxic_end_minute_lo,
        clocks.cytotoxic_end_minute_hi,
        clocks.anchor_end_minute_lo,
        clocks.anchor_end_minute_hi
    from infusions
    left join clocks
        on clocks.center_id = infusions.center_id
        and clocks.case_id = infusions.case_id
        and clocks.course_no = infusions.course_no

),

final as (

    select
        center_id,
        case_id,
        infusion_no,
        infusion_minute_lo,
        infusion_minute_hi,
        (infusion_minute_lo - cytotoxic_end_minute_hi) / 60.0 as hours_since_cytotoxic_lo,
        (infusion_minute_hi - cytotoxic_end_minute_lo) / 60.0 as hours_since_cytotoxic_hi,
        (infusion_minute_lo - anchor_end_minute_hi) / 60.0 as hours_since_anchor_lo,
        (infusion_minute_hi - anchor_end_minute_lo) / 60.0 as hours_since_anchor_hi
    from timed

)

select * from final
