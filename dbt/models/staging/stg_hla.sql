-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

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
from {{ source('raw', 'hla') }}
