{%- set mismatches = [] -%}
{%- for size in ['8', '10'] -%}
    {%- for direction in ['gvh', 'hvg'] -%}
        {%- for bound in ['lo', 'hi'] -%}
            {%- do mismatches.append(direction ~ '_mismatches_' ~ size ~ '_' ~ bound) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}

with

bounds as (

    select * from {{ ref('int_hla_bounds') }}

),

genotypes as (

    select * from {{ ref('int_kir_genotype') }}

),

pairs as (

    select * from {{ ref('int_kir_pair') }}

),

final as (

    select
        bounds.center_id,
        bounds.case_id,
        bounds.donor_id,
        {%- for column in mismatches %}
        bounds.{{ column }},
        {%- endfor %}
        genotypes.kir_genotype,
        genotypes.centromeric_motif as kir_centromeric_motif,
        genotypes.telomeric_motif as kir_telomeric_motif,
        genotypes.b_content_score as kir_b_content_score,
        genotypes.b_content_group as kir_b_content_group,
        pairs.missing_ligand as kir_missing_ligand,
        pairs.ligand_ligand_mismatch as kir_ligand_ligand_mismatch,
        pairs.receptor_ligand_mismatch as kir_receptor_ligand_mismatch,
        pairs.educated_mismatch as kir_educated_mismatch
    from bounds
    left join genotypes
        on genotypes.center_id = bounds.center_id
        and genotypes.case_id = bounds.case_id
        and genotypes.donor_id = bounds.donor_id
    left join pairs
        on pairs.center_id = bounds.center_id
        and pairs.case_id = bounds.case_id
        and pairs.donor_id = bounds.donor_id

)

select * from final
