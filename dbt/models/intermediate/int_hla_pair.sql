with

loci as (

    select * from {{ ref('int_hla_pair_locus') }}

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        cast(sum(case when is_compared then 1 else 0 end) as bigint) as loci_compared,
        cast(sum(gvh_mismatches) as bigint) as gvh_mismatches,
        cast(sum(hvg_mismatches) as bigint) as hvg_mismatches,
        cast(sum(greatest(gvh_mismatches, hvg_mismatches)) as bigint) as bidirectional_mismatches,
        cast(sum(case when shares_allele then 1 else 0 end) as bigint) as loci_sharing_allele,
        case
            when {{ any_row('is_mismatched') }} = 1 then true
            when sum(case when is_compared then 1 else 0 end) = 5 then false
        end as hla_mismatched
    from loci
    group by center_id, case_id, donor_id

)

select * from final
