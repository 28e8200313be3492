with

loci as (

    select * from {{ ref('int_hla_pair_locus') }}

),

summed as (

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
        end as hla_mismatched,
        {%- for direction in ['gvh', 'hvg'] %}
        case
            when {{ any_row('is_' ~ direction ~ '_mismatched') }} = 1 then true
            when sum(case when not is_{{ direction }}_mismatched then 1 else 0 end) = 5 then false
        end as is_{{ direction }}_mismatched{{ ',' if not loop.last }}
        {%- endfor %}
    from loci
    group by center_id, case_id, donor_id

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        loci_compared,
        gvh_mismatches,
        hvg_mismatches,
        bidirectional_mismatches,
        case when loci_compared = 5 then 10 - bidirectional_mismatches end as matched_alleles,
        loci_sharing_allele,
        hla_mismatched,
        is_gvh_mismatched and not is_hvg_mismatched as one_way_match
    from summed

)

select * from final
