"""Values that a center does not have, with the reason written in their place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from registry.forms import MissingCode
from registry.synthetic.chart import NOT_DONE, UNKNOWN, WITHHELD, Rows
from registry.synthetic.draw import Draw

GAPS: Mapping[str, Mapping[str, tuple[MissingCode, float]]] = MappingProxyType(
    {
        "patient": {"height_cm": (UNKNOWN, 0.02)},
        "diagnosis": {
            "wbc_e9_per_l": (UNKNOWN, 0.02),
            "blood_blasts_pct": (NOT_DONE, 0.03),
            "immunophenotype_day": (UNKNOWN, 0.03),
            "leukaemia_phenotype": (UNKNOWN, 0.04),
        },
        "fitness": {"dlco_pct": (NOT_DONE, 0.15), "fev1_pct": (NOT_DONE, 0.12)},
        "genetics": {"vaf_pct": (UNKNOWN, 0.1)},
        "donor": {"cmv_status": (UNKNOWN, 0.05), "age_years": (WITHHELD, 0.01)},
        "blood_count": {"haemoglobin_g_per_l": (NOT_DONE, 0.01)},
        "aliquot": {"viability_pct": (NOT_DONE, 0.04)},
        "followup": {"death_cause": (UNKNOWN, 0.02)},
    }
)


def with_gaps(rows: Rows, draw: Draw) -> Rows:
    """Replaces some values, in place; what is empty or missing already stays so."""
    for form, columns in GAPS.items():
        for row in rows.get(form, []):
            for column, (code, share) in columns.items():
                held = row.get(column)
                if held is not None and not isinstance(held, MissingCode) and draw.chance(share):
                    row[column] = code
    return rows
