-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    sample_day,
    t_cells_e6_per_l,
    cd4_cells_e6_per_l,
    cd8_cells_e6_per_l,
    b_cells_e6_per_l,
    nk_cells_e6_per_l,
    il2_pg_per_ml,
    il6_pg_per_ml,
    il8_pg_per_ml,
    il10_pg_per_ml,
    il12_pg_per_ml,
    ifn_alpha_pg_per_ml,
    ifn_gamma_pg_per_ml,
    cytokine_raised,
    pentamer_done,
    pentamer_antigen,
    pentamer_hla_restriction,
    pentamer_pct_of_cd8,
    missing,
    submission_id
from {{ source('raw', 'immune') }}
