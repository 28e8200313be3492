with

typings as (

    select * from {{ ref('stg_hla') }}
    where locus in {{ core_loci() }}

),

counted as (

    select
        center_id,
        case_id,
        subject_id,
        cast(count(coalesce(allele_1, allele_2)) as bigint) as loci_typed,
        cast(sum(
            case when resolution = 'high' and coalesce(allele_1, allele_2) is not null then 1 else 0 end
        ) as bigint) as loci_high
    from typings
    group by center_id, case_id, subject_id

),

final as (

    select
        *,
        case
            when loci_high >= {{ var('parameters').hla_core_loci }} then true
            when loci_typed > loci_high then false
        end as hla_typed_high
    from counted

)

select * from final
