with

collections as (

    select * from {{ ref('int_collection') }}

),

final as (

    select * from collections

)

select * from final
