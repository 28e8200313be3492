-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'complication') }}

),

final as (

    select
        center_id,
        case_id,
        kind,
        onset_day,
        end_day,
        ctcae_grade,
        agvhd_grade,
        agvhd_skin_stage,
        agvhd_liver_stage,
        agvhd_lower_gi_stage,
        agvhd_upper_gi_stage,
        cgvhd_severity,
        cgvhd_max_organ_stage,
        cgvhd_organs,
        cgvhd_lung_stage,
        crs_grade,
        cmv_event,
        organism,
        gvhd_considered,
        suspicion_day,
        workup_day,
        biopsy_day,
        confirmation_day,
        treatment_day,
        gvhd_treatment,
        missing,
        submission_id
    from source

)

select * from final
