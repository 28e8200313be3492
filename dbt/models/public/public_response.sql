with

responses as (

    select * from {{ ref('mart_response') }}

),

rounded as (

    select
        stratum_kind,
        stratum,
        {{ public_count('n_started') }} as n_started,
        {{ public_count('n_evaluable') }} as n_evaluable,
        {{ public_part('n_cr', 'n_started') }} as n_cr,
        {{ public_part('n_cr_crh_cri', 'n_started') }} as n_cr_crh_cri
    from responses

),

final as (

    select
        *,
        {{ public_percent('n_cr', 'n_started') }} as cr_percent,
        {{ public_percent('n_cr_crh_cri', 'n_started') }} as cr_crh_cri_percent
    from rounded

)

select * from final
