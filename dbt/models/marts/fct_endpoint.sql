with

endpoints as (

    select * from {{ ref('int_endpoint') }}

),

final as (

    select * from endpoints

)

select * from final
