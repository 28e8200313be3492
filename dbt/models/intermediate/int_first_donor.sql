with

infusions as (

    select
        *,
        row_number() over (partition by center_id, case_id order by infusion_day nulls last, infusion_no) as position
    from {{ ref('stg_infusion') }}

),

donors as (

    select * from {{ ref('int_donor') }}

),

final as (

    select
        infusions.center_id,
        infusions.case_id,
        infusions.donor_id as first_donor_id,
        donors.donor_category as first_donor_category,
        donors.relation as first_donor_relation
    from infusions
    left join donors
        on donors.center_id = infusions.center_id
        and donors.case_id = infusions.case_id
        and donors.donor_id = infusions.donor_id
    where infusions.position = 1

)

select * from final
