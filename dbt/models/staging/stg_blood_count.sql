-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    sample_day,
    anc_e9_per_l,
    platelets_e9_per_l,
    haemoglobin_g_per_l,
    wbc_e9_per_l,
    alt_u_per_l,
    ast_u_per_l,
    ldh_u_per_l,
    bilirubin_mg_per_dl,
    temperature_max_c,
    cmv_tested,
    cmv_dna_copies_per_ml,
    missing,
    submission_id
from {{ source('raw', 'blood_count') }}
