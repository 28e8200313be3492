with

infusions as (

    select * from {{ ref('int_infusion') }}

),

final as (

    select * from infusions

)

select * from final
