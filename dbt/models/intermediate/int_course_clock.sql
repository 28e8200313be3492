with

last_doses as (

    select * from {{ ref('int_drug_last_dose') }}

),

final as (

    select
        center_id,
        case_id,
        course_no,
        max(case when is_surely_cytotoxic then end_minute_lo end) as cytotoxic_end_minute_lo,
        {{ max_if_all_known('end_minute_hi') }} as cytotoxic_end_minute_hi,
        max(case when is_anchor then end_minute_lo end) as anchor_end_minute_lo,
        case
            when sum(case when is_anchor and end_minute_hi is null then 1 else 0 end) = 0
                then max(case when is_anchor then end_minute_hi end)
        end as anchor_end_minute_hi
    from last_doses
    group by center_id, case_id, course_no

)

select * from final
