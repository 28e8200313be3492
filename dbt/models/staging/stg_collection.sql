-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    collection_id,
    donor_id,
    product_type,
    mobilisation_agent,
    mobilisation_start_day,
    gcsf_ug_per_kg_per_day,
    gcsf_days,
    collection_day,
    collection_days,
    device,
    count_method,
    mnc_e8,
    cd34_e8,
    cd3_e8,
    cd4_e8,
    cd8_e8,
    nk_e8,
    nkt_e8,
    gdt_e8,
    missing,
    submission_id
from {{ source('raw', 'collection') }}
