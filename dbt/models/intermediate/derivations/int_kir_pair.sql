with

donors as (

    select * from {{ ref('stg_donor') }}

),

ligands as (

    select * from {{ ref('int_kir_ligand') }}

),

genotypes as (

    select * from {{ ref('int_kir_genotype') }}

),

joined as (

    select
        donors.center_id,
        donors.case_id,
        donors.donor_id,
        {%- for ligand in ['c1', 'c2', 'bw4'] %}
        recipient.has_{{ ligand }} as recipient_{{ ligand }},
        donor.has_{{ ligand }} as donor_{{ ligand }},
        {%- endfor %}
        genotypes.kir_2dl2 or genotypes.kir_2dl3 as receptor_c1,
        genotypes.kir_2dl1 as receptor_c2,
        genotypes.kir_3dl1 as receptor_bw4
    from donors
    left join ligands as recipient
        on recipient.center_id = donors.center_id
        and recipient.case_id = donors.case_id
        and recipient.subject_id = 'patient'
    left join ligands as donor
        on donor.center_id = donors.center_id
        and donor.case_id = donors.case_id
        and donor.subject_id = donors.donor_id
    left join genotypes
        on genotypes.center_id = donors.center_id
        and genotypes.case_id = donors.case_id
        and genotypes.donor_id = donors.donor_id

),

final as (

    select
        *,
        not recipient_c1 or not recipient_c2 or not recipient_bw4 as missing_ligand,
        (donor_c1 and not recipient_c1)
            or (donor_c2 and not recipient_c2)
            or (donor_bw4 and not recipient_bw4) as ligand_ligand_mismatch,
        (receptor_c1 and not recipient_c1)
            or (receptor_c2 and not recipient_c2)
            or (receptor_bw4 and not recipient_bw4) as receptor_ligand_mismatch,
        (receptor_c1 and donor_c1 and not recipient_c1)
            or (receptor_c2 and donor_c2 and not recipient_c2)
            or (receptor_bw4 and donor_bw4 and not recipient_bw4) as educated_mismatch
    from joined

)

select * from final
