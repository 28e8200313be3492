-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'hla') }}

),

final as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        allele_1,
        allele_2,
        homozygosity_confirmed,
        resolution,
        method,
        nomenclature_release,
        missing,
        submission_id
    from source

)

select * from final
