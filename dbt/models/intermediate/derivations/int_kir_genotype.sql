{%- set genes = [
    '2DL1', '2DL2', '2DL3', '2DL4', '2DL5', '2DP1', '2DS1', '2DS2', '2DS3', '2DS4', '2DS5', '3DL1', '3DL2',
    '3DL3', '3DP1', '3DS1',
] -%}

with

kir as (

    select * from {{ ref('stg_kir') }}

),

genes as (

    select
        center_id,
        case_id,
        donor_id
        {%- for gene in genes %},
        {{ kir_gene(gene) }} as kir_{{ gene | lower }}
        {%- endfor %}
    from kir
    group by center_id, case_id, donor_id

),

halves as (

    select
        *,
        {{ kir_b_motifs('kir_2dl3', '(kir_2dl2 or kir_2ds2)') }} as centromeric_b,
        {{ kir_b_motifs('(kir_3dl1 and kir_2ds4)', '(kir_3ds1 or kir_2ds1)') }} as telomeric_b
    from genes

),

final as (

    select
        center_id,
        case_id,
        donor_id
        {%- for gene in genes %},
        kir_{{ gene | lower }}
        {%- endfor %},
        case
            when kir_2dl5 or kir_2ds1 or kir_2ds2 or kir_2ds3 or kir_2ds5 or kir_3ds1 then 'Bx'
            when not (kir_2dl5 or kir_2ds1 or kir_2ds2 or kir_2ds3 or kir_2ds5 or kir_3ds1) then 'AA'
        end as kir_genotype,
        {{ kir_motif('Cen', 'centromeric_b') }} as centromeric_motif,
        {{ kir_motif('Tel', 'telomeric_b') }} as telomeric_motif,
        cast(centromeric_b + telomeric_b as bigint) as b_content_score,
        case
            when centromeric_b + telomeric_b <= 1 then 'neutral'
            when centromeric_b = 2 then 'best'
            when centromeric_b + telomeric_b >= 2 then 'better'
        end as b_content_group,
        -- What a genotype must show; null while a gene of it was not tested.
        kir_3dl3 and kir_3dp1 and kir_2dl4 and kir_3dl2
            and (not kir_2dl1 or kir_2dp1) and (kir_2dl2 or kir_2dl3) and (kir_3dl1 or kir_3ds1)
            as is_plausible
    from halves

)

select * from final
