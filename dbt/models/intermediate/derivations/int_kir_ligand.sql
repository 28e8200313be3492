{%- set flags = {
    'has_c1': ['B', 'C'], 'has_c2': ['C'], 'has_bw4': ['A', 'B'],
    'has_bw4_80i': ['A', 'B'], 'has_bw4_80t': ['A', 'B'], 'has_a3_a11': ['A'],
} -%}

with

typings as (

    select * from {{ ref('int_hla_options') }}
    where locus in ('A', 'B', 'C')

),

alleles as (

    select center_id, case_id, subject_id, locus, 1 as copy, options_1 as options, allele_group_1 as open_group
    from typings
    union all
    select center_id, case_id, subject_id, locus, 2, options_2, allele_group_2
    from typings

),

proteins as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        copy,
        open_group,
        {{ parts_of("coalesce(options, '')", '/', 'part') }}
    from alleles

),

named as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        copy,
        nullif(part, '') as protein,
        case when part = '' then open_group else {{ hla_allele_group('part') }} end as allele_group
    from proteins

),

judged as (

    select
        *,
        case when locus = 'C' then {{ kir_ligand('protein', 'allele_group', ['C1', 'C2'], none) }} end
            as c_ligand,
        case
            when locus in ('A', 'B')
                then {{ kir_ligand('protein', 'allele_group', ['Bw4-80I', 'Bw4-80T', 'none'], 'none') }}
        end as bw4
    from named

),

flagged as (

    select
        *,
        case
            when locus = 'C' then c_ligand = 'C1'
            when locus <> 'B' then false
            when protein in {{ hla_b_with_c1() }} then true
            when protein in {{ hla_b_perhaps_with_c1() }} then cast(null as boolean)
            -- First field only: a group that holds one of these stays open.
            when protein is null and coalesce(allele_group in ('B*46', 'B*73', 'B*07', 'B*18', 'B*67'), true)
                then cast(null as boolean)
            else false
        end as has_c1,
        case when locus = 'C' then c_ligand = 'C2' else false end as has_c2,
        case when locus in ('A', 'B') then bw4 <> 'none' else false end as has_bw4,
        case when locus in ('A', 'B') and bw4 <> 'Bw4' then bw4 = 'Bw4-80I' when locus = 'C' then false end
            as has_bw4_80i,
        case when locus in ('A', 'B') and bw4 <> 'Bw4' then bw4 = 'Bw4-80T' when locus = 'C' then false end
            as has_bw4_80t,
        case when locus = 'A' then allele_group in ('A*03', 'A*11') else false end as has_a3_a11
    from judged

),

-- All that an allele may be must agree.
agreed as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        copy
        {%- for flag in flags %},
        case
            when {{ any_row('not ' ~ flag) }} = 0 and count(*) = count({{ flag }}) then true
            when {{ any_row(flag) }} = 0 and count(*) = count({{ flag }}) then false
        end as {{ flag }}
        {%- endfor %}
    from flagged
    group by center_id, case_id, subject_id, locus, copy

),

typed as (

    select
        center_id,
        case_id,
        subject_id,
        {{ joined_texts("coalesce(protein, allele_group || ':XX', locus || ' open')") }} as typing
    from named
    group by center_id, case_id, subject_id

),

persons as (

    select
        center_id,
        case_id,
        subject_id
        {%- for flag, loci in flags.items() %},
        {{ person_has_ligand(flag, loci) }} as {{ flag }}
        {%- endfor %}
    from agreed
    group by center_id, case_id, subject_id

),

final as (

    select
        persons.*,
        typed.typing
    from persons
    inner join typed
        on typed.center_id = persons.center_id
        and typed.case_id = persons.case_id
        and typed.subject_id = persons.subject_id

)

select * from final
