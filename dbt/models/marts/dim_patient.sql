with

patients as (

    select * from {{ ref('int_patient') }}

),

first_donors as (

    select * from {{ ref('int_first_donor') }}

),

immunogenetics as (

    select * from {{ ref('int_donor_immunogenetics') }}

),

final as (

    select
        patients.*,
        {%- for count in ['gvh_mismatches_8', 'hvg_mismatches_8'] %}
        case when immunogenetics.{{ count }}_lo = immunogenetics.{{ count }}_hi then immunogenetics.{{ count }}_lo end
            as first_donor_{{ count }},
        {%- endfor %}
        {%- for derived in [
            'kir_genotype', 'kir_b_content_group', 'kir_missing_ligand', 'kir_receptor_ligand_mismatch',
        ] %}
        immunogenetics.{{ derived }} as first_donor_{{ derived }}{{ ',' if not loop.last }}
        {%- endfor %}
    from patients
    left join first_donors
        on first_donors.center_id = patients.center_id
        and first_donors.case_id = patients.case_id
    left join immunogenetics
        on immunogenetics.center_id = first_donors.center_id
        and immunogenetics.case_id = first_donors.case_id
        and immunogenetics.donor_id = first_donors.first_donor_id

)

select * from final
