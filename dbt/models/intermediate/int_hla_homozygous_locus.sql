with

loci as (

    select * from {{ ref('int_hla_locus') }}

),

donors as (

    select * from {{ ref('stg_donor') }}

),

pairs as (

    select
        donors.center_id,
        donors.case_id,
        donors.donor_id,
        donor.locus,
        donor.is_homozygous,
        recipient.is_homozygous as recipient_is_homozygous,
        donor.protein_1 as d1,
        donor.protein_2 as d2,
        recipient.protein_1 as r1,
        recipient.protein_2 as r2,
        donor.allele_group_1 as dg1,
        donor.allele_group_2 as dg2,
        recipient.allele_group_1 as rg1,
        recipient.allele_group_2 as rg2
    from donors
    inner join loci as donor
        on donor.center_id = donors.center_id
        and donor.case_id = donors.case_id
        and donor.subject_id = donors.donor_id
    left join loci as recipient
        on recipient.center_id = donors.center_id
        and recipient.case_id = donors.case_id
        and recipient.locus = donor.locus
        and recipient.subject_id = 'patient'

),

compared as (

    select
        *,
        case
            when d1 in (r1, r2) or d2 in (r1, r2) then true
            -- A patient's second allele that the test may have missed could be the donor's.
            when recipient_is_homozygous is not null and (
                d1 not in (r1, r2) or d2 not in (r1, r2)
                or dg1 not in (rg1, rg2) or dg2 not in (rg1, rg2)
            ) then false
        end as is_shared
    from pairs

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        locus,
        is_homozygous and is_shared as is_homozygous_shared,
        is_homozygous and is_shared and not recipient_is_homozygous as is_homozygous_one_way
    from compared

)

select * from final
