with

donors as (

    select * from {{ ref('int_donor') }}

),

immunogenetics as (

    select * from {{ ref('int_donor_immunogenetics') }}

),

final as (

    select
        donors.*,
        immunogenetics.* exclude (center_id, case_id, donor_id)
    from donors
    left join immunogenetics
        on immunogenetics.center_id = donors.center_id
        and immunogenetics.case_id = donors.case_id
        and immunogenetics.donor_id = donors.donor_id

)

select * from final
