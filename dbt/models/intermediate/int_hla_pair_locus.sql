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
        recipient.locus,
        recipient.protein_1 as r1,
        recipient.protein_2 as r2,
        donor.protein_1 as d1,
        donor.protein_2 as d2,
        recipient.allele_group_1 as rg1,
        recipient.allele_group_2 as rg2,
        donor.allele_group_1 as dg1,
        donor.allele_group_2 as dg2,
        recipient.is_homozygous is not null as recipient_is_sure,
        donor.is_homozygous is not null as donor_is_sure
    from donors
    inner join loci as donor
        on donor.center_id = donors.center_id
        and donor.case_id = donors.case_id
        and donor.subject_id = donors.donor_id
    inner join loci as recipient
        on recipient.center_id = donors.center_id
        and recipient.case_id = donors.case_id
        and recipient.locus = donor.locus
        and recipient.subject_id = 'patient'

),

counted as (

    select
        *,
        r1 is not null and r2 is not null and d1 is not null and d2 is not null as is_compared,
        -- The vectors of the two directions; a homozygous mismatch counts twice.
        case when r1 not in (d1, d2) then 1 else 0 end
            + case when r2 not in (d1, d2) then 1 else 0 end as gvh,
        case when d1 not in (r1, r2) then 1 else 0 end
            + case when d2 not in (r1, r2) then 1 else 0 end as hvg,
        -- Different first fields are a mismatch, whatever the second would have been.
        rg1 not in (dg1, dg2) or rg2 not in (dg1, dg2) as groups_differ_gvh,
        dg1 not in (rg1, rg2) or dg2 not in (rg1, rg2) as groups_differ_hvg
    from pairs

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        locus,
        is_compared,
        case when is_compared then gvh end as gvh_mismatches,
        case when is_compared then hvg end as hvg_mismatches,
        case when is_compared then gvh < 2 end as shares_allele,
        case
            when is_compared then gvh + hvg > 0
            when groups_differ_gvh or groups_differ_hvg then true
        end as is_mismatched,
        -- In one direction a second allele that the test may have missed can undo a mismatch (on the
        -- other side) or a match (on this side).
        case
            when donor_is_sure and (groups_differ_gvh or (is_compared and gvh > 0)) then true
            when recipient_is_sure and is_compared and gvh = 0 then false
        end as is_gvh_mismatched,
        case
            when recipient_is_sure and (groups_differ_hvg or (is_compared and hvg > 0)) then true
            when donor_is_sure and is_compared and hvg = 0 then false
        end as is_hvg_mismatched
    from counted

)

select * from final
