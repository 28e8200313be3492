-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    disease,
    disease_status,
    onset_type,
    antecedent_mds,
    prior_antileukaemic_lines,
    who_subtype,
    fab_type,
    risk_system,
    risk_group,
    wbc_e9_per_l,
    haemoglobin_g_per_l,
    platelets_e9_per_l,
    blood_blasts_pct,
    marrow_blasts_pct,
    marrow_aspirate_day,
    immunophenotype_day,
    leukaemia_phenotype,
    karyotype_iscn,
    metaphases,
    mutation_panel,
    genetics_day,
    missing,
    submission_id
from {{ source('raw', 'diagnosis') }}
