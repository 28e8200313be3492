-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

with

source as (

    select * from {{ source('raw', 'comorbidity') }}

),

final as (

    select
        center_id,
        case_id,
        kind,
        needs_immunosuppression,
        on_medication,
        medication_continued,
        missing,
        submission_id
    from source

)

select * from final
