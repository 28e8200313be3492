with

courses as (

    select * from {{ ref('int_course') }}

),

final as (

    select * from courses

)

select * from final
