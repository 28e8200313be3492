{%- set ligands = [
    ('has_c1', 'ligand C1'), ('has_c2', 'ligand C2'), ('has_bw4', 'ligand Bw4'),
    ('has_bw4_80i', 'ligand Bw4-80I'), ('has_bw4_80t', 'ligand Bw4-80T'), ('has_a3_a11', 'ligand A3 or A11'),
] -%}
{%- set editions = [
    ('eln_2017', 'ELN 2017'), ('eln_2022', 'ELN 2022'),
    ('eln_2024_less_intensive', 'ELN 2024 less-intensive'),
] -%}

-- Every derived value beside what the center wrote and what decided it. Definitions, sources and marks of
-- certainty: docs/derivations.md.
with

diagnoses as (

    select * from {{ ref('stg_diagnosis') }}

),

groups as (

    select * from {{ ref('int_eln') }}

),

lesions as (

    select
        center_id,
        case_id,
        {{ joined_texts("case when is_present then lesion end") }} as present,
        {{ joined_texts("case when is_present is null then lesion end") }} as open
    from {{ ref('int_lesion') }}
    group by center_id, case_id

),

risks as (

    select
        groups.*,
        diagnoses.risk_system,
        diagnoses.risk_group,
        coalesce(lesions.present, 'no lesion found')
            || coalesce('; open: ' || lesions.open, '') as because
    from groups
    left join diagnoses
        on diagnoses.center_id = groups.center_id
        and diagnoses.case_id = groups.case_id
    left join lesions
        on lesions.center_id = groups.center_id
        and lesions.case_id = groups.case_id

),

responses as (

    select * from {{ ref('int_response_derived') }}

),

grades as (

    select * from {{ ref('int_gvhd_grade') }}

),

indices as (

    select
        *,
        case
            when score is not null then coalesce(items, 'no item')
            else coalesce(items || '; ', '') || 'items missing, ' || {{ interval_text('score_lo', 'score_hi') }}
                || ' points'
        end as because
    from {{ ref('int_hct_ci') }}

),

fitness as (

    select * from {{ ref('int_fitness') }}

),

recoveries as (

    select
        recovered.*,
        -- A platelet count is free of transfusion only where all transfusions are listed.
        case
            when recovered.lineage = 'platelets' and recovered.outcome in ('recovered', 'never below')
                and not coalesce(courses.transfusion_list_complete, false) then cast(null as varchar)
            when recovered.outcome = 'recovered'
                then 'day ' || cast(recovered.days_to_recovery as varchar)
            else recovered.outcome
        end as value,
        'day 0 is ' || cast(recovered.day_0 as varchar)
            || coalesce('; run from ' || cast(recovered.recovery_day as varchar), '')
            || '; counts to ' || cast(recovered.last_count_day as varchar)
            || case
                when recovered.lineage = 'platelets'
                    and not coalesce(courses.transfusion_list_complete, false)
                    then '; transfusions not known to be complete'
                else ''
            end as because,
        'CIBMTR, at least ' || case
            when recovered.threshold_e9_per_l < 1 then cast(recovered.threshold_e9_per_l as varchar)
            else cast(cast(recovered.threshold_e9_per_l as bigint) as varchar)
        end || ', from ' || recovered.clock as definition
    from {{ ref('int_count_recovery') }} as recovered
    left join {{ ref('stg_course') }} as courses
        on courses.center_id = recovered.center_id
        and courses.case_id = recovered.case_id
        and courses.course_no = recovered.course_no

),

mismatches as (

    select * from {{ ref('int_hla_bounds') }}

),

ligands as (

    select * from {{ ref('int_kir_ligand') }}

),

genotypes as (

    select
        *,
        '2DL3 ' || {{ yes_no_text('kir_2dl3') }} || ', 2DL2 ' || {{ yes_no_text('kir_2dl2') }}
            || ', 2DS2 ' || {{ yes_no_text('kir_2ds2') }} as centromeric,
        '3DL1 ' || {{ yes_no_text('kir_3dl1') }} || ', 2DS4 ' || {{ yes_no_text('kir_2ds4') }}
            || ', 3DS1 ' || {{ yes_no_text('kir_3ds1') }} || ', 2DS1 ' || {{ yes_no_text('kir_2ds1') }}
            as telomeric,
        '2DL5 ' || {{ yes_no_text('kir_2dl5') }} || ', 2DS1 ' || {{ yes_no_text('kir_2ds1') }}
            || ', 2DS2 ' || {{ yes_no_text('kir_2ds2') }} || ', 2DS3 ' || {{ yes_no_text('kir_2ds3') }}
            || ', 2DS5 ' || {{ yes_no_text('kir_2ds5') }} || ', 3DS1 ' || {{ yes_no_text('kir_3ds1') }}
            as b_genes
    from {{ ref('int_kir_genotype') }}

),

kir_pairs as (

    select
        *,
        'patient C1 ' || {{ yes_no_text('recipient_c1') }} || ', C2 ' || {{ yes_no_text('recipient_c2') }}
            || ', Bw4 ' || {{ yes_no_text('recipient_bw4') }} as recipient_ligands,
        '; donor C1 ' || {{ yes_no_text('donor_c1') }} || ', C2 ' || {{ yes_no_text('donor_c2') }}
            || ', Bw4 ' || {{ yes_no_text('donor_bw4') }} as donor_ligands,
        '; receptors for C1 ' || {{ yes_no_text('receptor_c1') }} || ', C2 ' || {{ yes_no_text('receptor_c2') }}
            || ', Bw4 ' || {{ yes_no_text('receptor_bw4') }} as donor_receptors
    from {{ ref('int_kir_pair') }}

),

unioned as (

    {%- for column, edition in editions %}
    {{ 'union all' if not loop.first }}
    {{ derivation_rows('risks', 'genetic risk', edition, column, 'because', 'C',
        center_value="case when risk_system = '" ~ edition ~ "' then risk_group end") | indent(4) }}
    {%- endfor %}
    union all
    {{ derivation_rows('responses', 'response', 'ELN 2022', 'response', 'because', 'C',
        subject="'day ' || cast(assessment_day as varchar)", center_value='center_response') | indent(4) }}
    union all
    {{ derivation_rows('grades', 'acute GVHD grade', 'MAGIC 2016', 'magic_grade', 'stages', 'G',
        subject="'onset day ' || cast(onset_day as varchar)", center_value='center_grade',
        where="kind = 'acute GVHD'") | indent(4) }}
    union all
    {{ derivation_rows('grades', 'acute GVHD grade', 'modified Glucksberg', 'glucksberg_grade', 'stages', 'C',
        subject="'onset day ' || cast(onset_day as varchar)", center_value='center_grade',
        where="kind = 'acute GVHD'") | indent(4) }}
    union all
    {{ derivation_rows('grades', 'chronic GVHD severity', 'NIH 2014', 'nih_severity', 'stages', 'G',
        subject="'onset day ' || cast(onset_day as varchar)", center_value='center_severity',
        where="kind = 'chronic GVHD'") | indent(4) }}
    union all
    {{ derivation_rows('indices', 'HCT-CI score', 'Sorror 2005', 'score', 'because', 'C',
        subject="'day ' || cast(assessment_day as varchar)", center_value='center_score') | indent(4) }}
    union all
    {{ derivation_rows('indices', 'HCT-CI group', 'Sorror 2005', 'score_group', 'because', 'C',
        subject="'day ' || cast(assessment_day as varchar)") | indent(4) }}
    union all
    {{ derivation_rows('fitness', 'fitness class', 'Ferrara 2013', 'fitness_ferrara',
        "'criteria of the assessment, ECOG ' || " ~ number_text('ecog'), 'C',
        subject="'day ' || cast(assessment_day as varchar)",
        center_value="case when instrument = 'Ferrara 2013' then fitness_class end") | indent(4) }}
    {%- for lineage in ['neutrophils', 'platelets'] %}
    union all
    select
        center_id,
        case_id,
        'course ' || cast(course_no as varchar),
        '{{ lineage[:-1] }} recovery',
        definition,
        value,
        cast(null as varchar),
        false,
        because,
        'C',
        false
    from recoveries
    where lineage = '{{ lineage }}'
    {%- endfor %}
    {%- for size in ['8', '10'] %}
    {%- for direction, words, vector in [
        ('gvh', 'GvH', 'gvh_vector'), ('hvg', 'HvG', 'hvg_vector'),
        ('bidirectional', 'bidirectional', none),
    ] %}
    {%- set column = direction ~ '_mismatches_' ~ size %}
    union all
    {{ derivation_rows('mismatches', 'HLA mismatches ' ~ words, 'of ' ~ size,
        interval_text(column ~ '_lo', column ~ '_hi'),
        "coalesce(" ~ (vector or "'GvH ' || gvh_vector || '; HvG ' || hvg_vector") ~ ", 'not typed on both sides')",
        'C', subject='donor_id') | indent(4) }}
    {%- endfor %}
    {%- endfor %}
    {%- for column, words in ligands %}
    union all
    {{ derivation_rows('ligands', words, 'IPD-IMGT/HLA 3.58.0', fact_text(column), 'typing',
        'C' if column == 'has_a3_a11' else 'V',
        subject='subject_id', exploratory=true) | indent(4) }}
    {%- endfor %}
    {%- for derivation, definition, column, because, certainty in [
        ('KIR genotype', 'IPD-KIR group B', 'kir_genotype', 'b_genes', 'C'),
        ('KIR centromeric motif', 'Cooley 2010', 'centromeric_motif', 'centromeric', 'G'),
        ('KIR telomeric motif', 'Cooley 2010', 'telomeric_motif', 'telomeric', 'G'),
        ('KIR B content', 'Cooley 2010', 'b_content_score', "centromeric || '; ' || telomeric", 'G'),
        ('KIR B content group', 'Cooley 2010', 'b_content_group', "centromeric || '; ' || telomeric", 'G'),
    ] %}
    union all
    {{ derivation_rows('genotypes', derivation, definition, column, because, certainty,
        subject='donor_id', exploratory=true) | indent(4) }}
    {%- endfor %}
    {%- for derivation, column, because, certainty in [
        ('KIR missing ligand', 'missing_ligand', 'recipient_ligands', 'G'),
        ('KIR ligand-ligand model', 'ligand_ligand_mismatch', 'recipient_ligands || donor_ligands', 'C'),
        ('KIR receptor-ligand model', 'receptor_ligand_mismatch', 'recipient_ligands || donor_receptors', 'C'),
        ('KIR educational model', 'educated_mismatch',
            'recipient_ligands || donor_ligands || donor_receptors', 'C'),
    ] %}
    union all
    {{ derivation_rows('kir_pairs', derivation, 'PMC8886110 table 5' if certainty == 'C' else 'C1, C2, Bw4',
        fact_text(column), because, certainty, subject='donor_id', exploratory=true) | indent(4) }}
    {%- endfor %}

),

final as (

    select
        *,
        value = center_value as agrees
    from unioned

)

select * from final
