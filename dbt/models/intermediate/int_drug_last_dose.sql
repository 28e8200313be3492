with

drugs as (

    select * from {{ ref('stg_drug') }}

),

final as (

    select
        center_id,
        case_id,
        course_no,
        drug,
        drug in {{ anchor_drugs() }} as is_anchor,
        -- A drug without a name may be a targeted one, which does not move the clock.
        drug <> 'other' as is_surely_cytotoxic,
        -- A last day that is not known is not before the first; how late it is nobody knows.
        case
            when last_day is null then first_day * 1440
            else {{ minute_lo('last_day', 'last_dose_end_time') }}
        end as end_minute_lo,
        {{ minute_hi('last_day', 'last_dose_end_time') }} as end_minute_hi
    from drugs
    where drug in {{ cytotoxic_drugs() }}
        -- Given into the spinal fluid or on the skin, a drug does not start the clock.
        and coalesce(route, 'IV') not in ('intrathecal', 'topical')

)

select * from final
