with

donors as (

    select * from {{ ref('stg_donor') }}

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

antibody_tests as (

    select * from {{ ref('stg_antibody') }}

),

kir_genes as (

    select * from {{ ref('stg_kir') }}

),

typings as (

    select * from {{ ref('stg_hla') }}
    where locus in {{ core_loci() }}

),

pairs as (

    select * from {{ ref('int_hla_pair') }}

),

infused as (

    select
        center_id,
        case_id,
        donor_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day
    from infusions
    where donor_id is not null
    group by center_id, case_id, donor_id

),

unattributed as (

    select distinct center_id, case_id
    from infusions
    where donor_id is null

),

antibody as (

    select
        antibody_tests.center_id,
        antibody_tests.case_id,
        antibody_tests.donor_id,
        min(antibody_tests.test_day) as first_test_day
    from antibody_tests
    where antibody_tests.result is not null
    group by antibody_tests.center_id, antibody_tests.case_id, antibody_tests.donor_id

),

kir as (

    select
        center_id,
        case_id,
        donor_id,
        count(present) as genes_called
    from kir_genes
    group by center_id, case_id, donor_id

),

hla as (

    select
        center_id,
        case_id,
        subject_id,
        count(coalesce(allele_1, allele_2)) as loci_typed,
        sum(case when resolution = 'high' and coalesce(allele_1, allele_2) is not null then 1 else 0 end)
            as loci_high
    from typings
    group by center_id, case_id, subject_id

),

joined as (

    select
        donors.center_id,
        donors.case_id,
        donors.donor_id,
        donors.relation,
        donors.relation in {{ related() }} as is_related,
        donors.kir_typed as kir_typed_reported,
        donors.antibodies_tested,
        case
            when infused.donor_id is not null or donors.role = 'cells infused' then true
            when unattributed.case_id is not null then cast(null as boolean)
            else false
        end as infused,
        infused.first_infusion_day,
        antibody.first_test_day,
        coalesce(hla.loci_typed, 0) as hla_core_loci_typed,
        coalesce(hla.loci_high, 0) as hla_core_loci_high,
        coalesce(kir.genes_called, 0) as kir_genes_called,
        coalesce(pairs.loci_compared, 0) as loci_compared,
        pairs.gvh_mismatches,
        pairs.hvg_mismatches,
        pairs.loci_sharing_allele,
        pairs.hla_mismatched
    from donors
    left join infused
        on infused.center_id = donors.center_id
        and infused.case_id = donors.case_id
        and infused.donor_id = donors.donor_id
    left join unattributed
        on unattributed.center_id = donors.center_id
        and unattributed.case_id = donors.case_id
    left join antibody
        on antibody.center_id = donors.center_id
        and antibody.case_id = donors.case_id
        and antibody.donor_id = donors.donor_id
    left join kir
        on kir.center_id = donors.center_id
        and kir.case_id = donors.case_id
        and kir.donor_id = donors.donor_id
    left join hla
        on hla.center_id = donors.center_id
        and hla.case_id = donors.case_id
        and hla.subject_id = donors.donor_id
    left join pairs
        on pairs.center_id = donors.center_id
        and pairs.case_id = donors.case_id
        and pairs.donor_id = donors.donor_id

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        relation,
        infused,
        first_infusion_day,
        cast(hla_core_loci_typed as bigint) as hla_core_loci_typed,
        cast(hla_core_loci_high as bigint) as hla_core_loci_high,
        case when kir_genes_called > 0 then true else kir_typed_reported end as kir_typed,
        cast(kir_genes_called as bigint) as kir_genes_called,
        case
            when antibodies_tested is false and first_test_day is null then false
            when first_test_day < first_infusion_day then true
            when first_test_day > first_infusion_day then false
            when first_test_day is not null and infused is false then true
        end as antibody_test_before_infusion,
        gvh_mismatches,
        hvg_mismatches,
        cast(loci_compared as bigint) as loci_compared,
        hla_mismatched,
        case
            when loci_compared < 5 then cast(null as varchar)
            when gvh_mismatches = 0 and hvg_mismatches = 0 then 'matched'
            when loci_sharing_allele = 0 then 'fully mismatched'
            when loci_sharing_allele < 5 or is_related is false then 'partially mismatched'
            when is_related then 'haploidentical'
        end as donor_category
    from joined

)

select * from final
