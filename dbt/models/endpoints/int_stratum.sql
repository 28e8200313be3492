with

patients as (

    select * from {{ ref('int_patient') }}

),

unioned as (

    select center_id, case_id, 'all' as stratum_kind, 'all' as stratum from patients
    {%- for kind in ['age_group', 'risk_two_group', 'diagnosis'] %}
    union all
    select center_id, case_id, '{{ kind }}' as stratum_kind, {{ kind }} as stratum from patients
    {%- endfor %}

),

final as (

    select * from unioned
    where stratum is not null

)

select * from final
