with

hla as (

    select * from {{ ref('stg_hla') }}
    where locus in {{ core_loci() }}

),

alleles as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        homozygosity_confirmed,
        allele_1 is not null and allele_2 is not null as has_two,
        -- An allele that is not expressed presents nothing: it is dropped.
        case when not {{ hla_is_null_allele('allele_1') }} then allele_1 end as expressed_1,
        case when not {{ hla_is_null_allele('allele_2') }} then allele_2 end as expressed_2
    from hla

),

paired as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        homozygosity_confirmed,
        has_two and (expressed_1 is null) <> (expressed_2 is null) as has_one_expressed,
        -- One allele left, or only one reported, counts as two of the same.
        coalesce(expressed_1, expressed_2) as allele_1,
        coalesce(expressed_2, expressed_1) as allele_2
    from alleles

),

named as (

    select
        *,
        {{ hla_protein('allele_1') }} as protein_1,
        {{ hla_protein('allele_2') }} as protein_2,
        {{ hla_allele_group('allele_1') }} as allele_group_1,
        {{ hla_allele_group('allele_2') }} as allele_group_2
    from paired

),

final as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        protein_1,
        protein_2,
        allele_group_1,
        allele_group_2,
        -- One allele, or the same twice, may hide a second that the test missed.
        case
            when protein_1 <> protein_2 or allele_group_1 <> allele_group_2 then false
            when has_one_expressed or homozygosity_confirmed then true
        end as is_homozygous
    from named

)

select * from final
