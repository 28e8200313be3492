{%- set genetics = var('genetics') -%}

with

patients as (

    select * from {{ ref('stg_patient') }}

),

diagnoses as (

    select * from {{ ref('stg_diagnosis') }}

),

karyotypes as (

    select center_id, case_id, karyotype_done, hyperdiploid_karyotype from {{ ref('int_karyotype') }}

),

lesions as (

    select * from {{ ref('int_lesion') }}

),

found as (

    select
        center_id,
        case_id,
        {%- for edition in ['eln_2017', 'eln_2022'] %}
        {{ any_lesion(genetics[edition].favorable_fusions) }} as {{ edition }}_favorable_fusion,
        {{ any_lesion(genetics[edition].adverse_fusions | reject('equalto', 'KMT2A') | list) }}
            as {{ edition }}_adverse_fusion,
        {{ any_lesion(genetics[edition].adverse_cytogenetics | reject('equalto', 'complex karyotype') | list) }}
            as {{ edition }}_adverse_cytogenetics,
        {{ any_lesion(genetics[edition].adverse_genes | reject('equalto', 'TP53') | list) }}
            as {{ edition }}_secondary_gene,
        {%- endfor %}
        {{ any_lesion(['complex karyotype']) }} as complex_karyotype,
        {{ any_lesion(['KMT2A']) }} as kmt2a,
        {{ any_lesion(['KMT2A::MLLT3']) }} as mllt3,
        {{ any_lesion(['NPM1']) }} as npm1,
        {{ any_lesion(['FLT3-ITD']) }} as itd,
        {{ any_lesion(['FLT3-ITD high']) }} as itd_high,
        {{ any_lesion(['CEBPA biallelic']) }} as cebpa_biallelic,
        {{ any_lesion(['CEBPA in-frame bZIP']) }} as cebpa_bzip,
        {{ any_lesion(['TP53']) }} as tp53,
        {{ any_lesion(['TP53 from 10 %']) }} as tp53_from_10,
        {{ any_lesion(['IDH1']) }} as idh1,
        {{ any_lesion(['DDX41']) }} as ddx41,
        {{ any_lesion(['NRAS']) }} as nras,
        {{ any_lesion(['KRAS']) }} as kras
    from lesions
    group by center_id, case_id

),

-- A case without a test has a row too: then every group is possible.
inputs as (

    select
        patients.center_id,
        patients.case_id,
        diagnoses.disease,
        {%- for edition in ['eln_2017', 'eln_2022'] %}
        {{ edition }}_favorable_fusion,
        {{ edition }}_adverse_fusion,
        {{ edition }}_adverse_cytogenetics,
        {{ edition }}_secondary_gene,
        {%- endfor %}
        eln_2017_adverse_cytogenetics or found.complex_karyotype as adverse_karyotype_2017,
        eln_2022_adverse_cytogenetics
            or (
                found.complex_karyotype
                -- Where the center calls it complex and gives no formula, its word stands.
                and not case when karyotypes.karyotype_done then karyotypes.hyperdiploid_karyotype else false end
            )
            as adverse_karyotype_2022,
        case when mllt3 then true else kmt2a end as kmt2a_rearranged,
        mllt3,
        npm1,
        itd,
        itd_high,
        cebpa_biallelic,
        cebpa_bzip,
        tp53,
        tp53_from_10,
        idh1 or ddx41 as idh1_or_ddx41,
        itd or nras or kras as signalling
    from patients
    left join diagnoses
        on diagnoses.center_id = patients.center_id
        and diagnoses.case_id = patients.case_id
    left join karyotypes
        on karyotypes.center_id = patients.center_id
        and karyotypes.case_id = patients.case_id
    left join found
        on found.center_id = patients.center_id
        and found.case_id = patients.case_id
    where diagnoses.disease = 'AML' or diagnoses.disease is null

),

-- One question after the other; each is asked once on every way down, so that what is possible
-- is exactly what some results of the missing tests would give.
passed as (

    select
        *,
        {%- for year, edition in [('2017', 'eln_2017'), ('2022', 'eln_2022')] %}
        {%- set cebpa = 'cebpa_biallelic' if year == '2017' else 'cebpa_bzip' %}
        {%- set p53 = 'tp53' if year == '2017' else 'tp53_from_10' %}
        {{ may_not_be(edition ~ '_favorable_fusion') }} and {{ may_be(edition ~ '_adverse_fusion') }}
            as {{ edition }}_fusion,
        {{ may_not_be(edition ~ '_favorable_fusion') }} and {{ may_not_be(edition ~ '_adverse_fusion') }}
            and {{ may_be('kmt2a_rearranged') }} as {{ edition }}_kmt2a,
        {{ may_not_be(edition ~ '_favorable_fusion') }} and {{ may_not_be(edition ~ '_adverse_fusion') }}
            and {{ may_not_be('kmt2a_rearranged') }} as {{ edition }}_no_fusion,
        {{ may_not_be(p53) }} and {{ may_be(cebpa) }} as {{ edition }}_cebpa,
        {{ may_not_be(p53) }} and {{ may_not_be(cebpa) }} as {{ edition }}_neither{{ ',' if not loop.last }}
        {%- endfor %}
    from inputs

),

possible as (

    select
        center_id,
        case_id,
        -- 2017: NPM1 without much FLT3-ITD is favorable whatever the chromosomes.
        {{ may_be('eln_2017_favorable_fusion') }}
            or (eln_2017_no_fusion and (
                eln_2017_cebpa
                or (eln_2017_neither and {{ may_be('npm1') }} and {{ may_not_be('itd_high') }})
            )) as eln_2017_favorable,
        (eln_2017_kmt2a and {{ may_be('mllt3') }} and {{ may_not_be('eln_2017_adverse_cytogenetics') }})
            or (eln_2017_no_fusion and eln_2017_neither
                and {{ may_not_be('adverse_karyotype_2017') }} and {{ may_not_be('eln_2017_secondary_gene') }}
                and (
                    ({{ may_be('npm1') }} and {{ may_be('itd_high') }})
                    or ({{ may_not_be('npm1') }} and {{ may_not_be('itd_high') }})
                )) as eln_2017_intermediate,
        eln_2017_fusion
            or (eln_2017_kmt2a
                and ({{ may_not_be('mllt3') }} or {{ may_be('eln_2017_adverse_cytogenetics') }}))
            or (eln_2017_no_fusion and (
                {{ may_be('tp53') }}
                or (eln_2017_neither and (
                    ({{ may_not_be('npm1') }} and {{ may_be('itd_high') }})
                    or (({{ may_not_be('npm1') }} or {{ may_be('itd_high') }}) and (
                        {{ may_be('adverse_karyotype_2017') }} or {{ may_be('eln_2017_secondary_gene') }}
                    ))
                ))
            )) as eln_2017_adverse,
        {{ may_be('eln_2022_favorable_fusion') }}
            or (eln_2022_no_fusion and (
                eln_2022_cebpa
                or (eln_2022_neither and {{ may_not_be('adverse_karyotype_2022') }}
                    and {{ may_be('npm1') }} and {{ may_not_be('itd') }})
            )) as eln_2022_favorable,
        (eln_2022_kmt2a and {{ may_be('mllt3') }} and {{ may_not_be('eln_2022_adverse_cytogenetics') }})
            or (eln_2022_no_fusion and eln_2022_neither
                and {{ may_not_be('adverse_karyotype_2022') }} and {{ may_not_be('eln_2022_secondary_gene') }}
                and ({{ may_not_be('npm1') }} or {{ may_be('itd') }})) as eln_2022_intermediate,
        eln_2022_fusion
            or (eln_2022_kmt2a
                and ({{ may_not_be('mllt3') }} or {{ may_be('eln_2022_adverse_cytogenetics') }}))
            or (eln_2022_no_fusion and (
                {{ may_be('tp53_from_10') }}
                or (eln_2022_neither and (
                    {{ may_be('adverse_karyotype_2022') }}
                    or ({{ may_be('eln_2022_secondary_gene') }}
                        and ({{ may_not_be('npm1') }} or {{ may_be('itd') }}))
                ))
            )) as eln_2022_adverse,
        {{ may_not_be('tp53') }} and ({{ may_be('idh1_or_ddx41') }} or {{ may_not_be('signalling') }})
            as eln_2024_less_intensive_favorable,
        {{ may_not_be('tp53') }} and {{ may_not_be('idh1_or_ddx41') }} and {{ may_be('signalling') }}
            as eln_2024_less_intensive_intermediate,
        {{ may_be('tp53') }} as eln_2024_less_intensive_adverse
    from passed

),

final as (

    select
        center_id,
        case_id,
        {{ only_group('eln_2017') }} as eln_2017,
        {{ only_group('eln_2022') }} as eln_2022,
        {{ only_group('eln_2024_less_intensive') }} as eln_2024_less_intensive,
        cast(
            case when eln_2022_favorable then 1 else 0 end
            + case when eln_2022_intermediate then 1 else 0 end
            + case when eln_2022_adverse then 1 else 0 end
        as bigint) as eln_2022_possible_groups
    from possible

)

select * from final
