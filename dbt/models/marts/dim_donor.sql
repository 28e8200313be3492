with

donors as (

    select * from {{ ref('int_donor') }}

),

final as (

    select * from donors

)

select * from final
