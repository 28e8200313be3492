{%- set threshold = var('disclosure').threshold -%}

with

responses as (

    select
        *,
        n_started - n_evaluable as not_evaluable,
        n_evaluable - n_cr_crh_cri as no_remission_evaluable,
        n_started - n_cr_crh_cri as no_remission,
        n_started - n_cr as no_cr,
        n_cr_crh_cri - n_cr as crh_or_cri
    from {{ ref('mart_response') }}

),

-- What is left over can be had by subtraction: where it is small, even nobody, the part is hidden as well. That
-- nobody had CRh or CRi is told of large groups, as of any figure.
rounded as (

    select
        stratum_kind,
        stratum,
        {{ public_count('n_started') }} as n_started,
        case
            when least(not_evaluable, no_remission_evaluable) > {{ threshold }}
                then {{ public_count('n_evaluable') }}
        end as n_evaluable,
        case
            when no_cr > {{ threshold }} and {{ public_part('crh_or_cri', 'n_cr_crh_cri') }} is not null
                then {{ public_part('n_cr', 'n_started') }}
        end as n_cr,
        case
            when no_remission > {{ threshold }} then {{ public_part('n_cr_crh_cri', 'n_started') }}
        end as n_cr_crh_cri
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
