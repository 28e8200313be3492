{#- KIR ligands by allele. The first field gives the default, single alleles are exceptions, read off
    the IPD-IMGT/HLA 3.58.0 proteins (residues 76 to 83) among common and well-documented alleles. Where
    typing stops at the first field, a group with an exception stays open (C*16 always). -#}
{%- macro kir_ligand_alleles() -%}
{{ return({
    'C1': {
        'groups': ['C*01', 'C*03', 'C*07', 'C*08', 'C*12', 'C*14'],
        'alleles': ['C*15:07', 'C*16:01', 'C*16:04'],
    },
    'C2': {
        'groups': ['C*02', 'C*04', 'C*05', 'C*06', 'C*15', 'C*17', 'C*18'],
        'alleles': ['C*03:07', 'C*03:10', 'C*07:07', 'C*08:10', 'C*12:04', 'C*12:05', 'C*12:09', 'C*16:02'],
    },
    'Bw4-80I': {
        'groups': ['A*23', 'A*24', 'A*25', 'A*32',
            'B*38', 'B*49', 'B*51', 'B*52', 'B*53', 'B*57', 'B*58', 'B*59'],
        'alleles': ['A*02:87', 'A*31:08',
            'B*07:36', 'B*08:03', 'B*15:13', 'B*15:16', 'B*15:17', 'B*15:23', 'B*15:24', 'B*27:02',
            'B*40:13', 'B*40:19', 'B*44:06', 'B*44:18', 'B*44:25', 'B*44:50'],
    },
    'Bw4-80T': {
        'groups': ['B*13', 'B*27', 'B*37', 'B*44'],
        'alleles': ['B*08:02', 'B*38:02', 'B*47:01'],
    },
    'none': {
        'groups': [],
        'alleles': ['A*24:04', 'B*27:08', 'B*27:12', 'B*44:09', 'B*47:02'],
    },
}) }}
{%- endmacro -%}

{#- HLA-B with the C1 epitope: a ligand [G], and by sequence only, where function is not established. -#}
{%- macro hla_b_with_c1() -%}
('B*46:01', 'B*73:01')
{%- endmacro -%}

{%- macro hla_b_perhaps_with_c1() -%}
('B*07:13', 'B*07:15', 'B*18:06', 'B*67:02')
{%- endmacro -%}

{#- C1 or C2 of an HLA-C allele; Bw4-80I, Bw4-80T or none of an HLA-A or HLA-B allele. 'Bw4' where the
    first field alone leaves only residue 80 open; null where it cannot be said. -#}
{%- macro kir_ligand(protein, allele_group, ligands, otherwise) -%}
{%- set known = kir_ligand_alleles() -%}
case
    {%- for ligand in ligands if known[ligand].alleles %}
    when {{ protein }} in ('{{ known[ligand].alleles | join("', '") }}') then '{{ ligand }}'
    {%- endfor %}
    {%- set open = [] -%}
    {%- for ligand in ligands -%}
    {%- for allele in known[ligand].alleles -%}{%- do open.append(allele.split(':')[0]) -%}{%- endfor -%}
    {%- endfor %}
    {%- if 'Bw4-80I' in ligands %}
    when {{ protein }} is null and {{ allele_group }} = 'B*38' then 'Bw4'
    {%- endif %}
    when {{ protein }} is null and {{ allele_group }} in ('{{ open | unique | join("', '") }}') then cast(null as varchar)
    {%- for ligand in ligands if known[ligand].groups %}
    when {{ allele_group }} in ('{{ known[ligand].groups | join("', '") }}') then '{{ ligand }}'
    {%- endfor %}
    {%- if otherwise %}
    when {{ allele_group }} is not null then '{{ otherwise }}'
    {%- endif %}
end
{%- endmacro -%}

{#- A ligand of a person: true once an allele surely has it, false only if every allele of the loci that
    could is known not to. -#}
{%- macro person_has_ligand(flag, loci) -%}
case
    when max(case when {{ flag }} then 1 else 0 end) = 1 then true
    when sum(case when locus in ('{{ loci | join("', '") }}') and not {{ flag }} then 1 else 0 end) = {{ 2 * (loci | length) }}
        then false
end
{%- endmacro -%}

{#- A gene of a genotype, from rows of one gene each. -#}
{%- macro kir_gene(gene) -%}
case
    when max(case when gene = '{{ gene }}' and present then 1 else 0 end) = 1 then true
    when max(case when gene = '{{ gene }}' and not present then 1 else 0 end) = 1 then false
end
{%- endmacro -%}

{#- How many of two halves (centromeric, telomeric) are of kind B: A/A 0, A/B 1, B/B 2 (Cooley 2010). -#}
{%- macro kir_b_motifs(kind_a, kind_b) -%}
case
    when {{ kind_a }} and not ({{ kind_b }}) then 0
    when {{ kind_a }} and {{ kind_b }} then 1
    when not ({{ kind_a }}) and {{ kind_b }} then 2
end
{%- endmacro -%}

{%- macro kir_motif(half, n) -%}
case {{ n }} when 0 then '{{ half }}-A/A' when 1 then '{{ half }}-A/B' when 2 then '{{ half }}-B/B' end
{%- endmacro -%}
