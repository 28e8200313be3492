-- Generated from registry.forms; rebuild with: python -m registry.warehouse.staging

select
    center_id,
    case_id,
    kind,
    needs_immunosuppression,
    on_medication,
    medication_continued,
    missing,
    submission_id
from {{ source('raw', 'comorbidity') }}
