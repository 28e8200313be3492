with

exposures as (

    select * from {{ ref('int_exposure') }}

),

final as (

    select * from exposures

)

select * from final
