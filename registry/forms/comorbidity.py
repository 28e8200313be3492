"""The comorbidity form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, item
from registry.forms.codes import ComorbidityKind


class Comorbidity(CaseForm):
    """One row per concomitant disease."""

    form: ClassVar[str] = "comorbidity"
    title: ClassVar[str] = "Comorbidity"

    kind: str = item(
        "Disease group",
        "Autoimmune disease bears on MST.",
        codes=ComorbidityKind,
        key=True,
        uses=("MST-2.4-08", "MST-2.4-09"),
        example="autoimmune disease",
    )
    needs_immunosuppression: bool | None = item(
        "Needs uninterrupted immunosuppression",
        "MST is avoided then.",
        tier="core",
        uses=("MST-2.4-09",),
        example="no",
    )
    on_medication: bool | None = item(
        "On long-term medication",
        "Indicated medication goes on.",
        uses=("MST-2.4-08",),
        example="yes",
    )
    medication_continued: bool | None = item(
        "Medication continued through MST",
        "Indicated medication goes on.",
        uses=("MST-2.4-08",),
        example="yes",
    )
