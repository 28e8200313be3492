with

patients as (

    select * from {{ ref('int_patient') }}

),

final as (

    select * from patients

)

select * from final
