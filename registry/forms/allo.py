"""The allogeneic transplant form: considered, done, or why not."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, age, day, item
from registry.forms.codes import AlloDonor, NoAlloReason


class AlloTransplant(CaseForm):
    """One row per case: the decision on allogeneic transplant, and the first transplant."""

    form: ClassVar[str] = "allo"
    title: ClassVar[str] = "Allogeneic transplant"

    eligible: bool | None = item(
        "Able to undergo allogeneic transplant",
        "Patients able to should have priority for it.",
        tier="core",
        uses=("MST-5-11",),
        example="no",
    )
    considered: bool | None = item(
        "Considered",
        "The decision matters, not only the transplant.",
        uses=("MST-1-07", "MST-5-11"),
        example="yes",
    )
    decision_day: int | None = day(
        "Day of decision", "Before or at consolidation.", uses=("MST-5-11",)
    )
    transplant_done: bool | None = item(
        "Transplanted",
        "Ends the count of MST courses.",
        tier="core",
        uses=("MST-1-07", "MST-5-02", "MST-5-06"),
        example="no",
    )
    transplant_day: int | None = day(
        "Day of transplant",
        "Origin of times after transplant.",
        tier="core",
        only_if=("transplant_done", True),
        uses=("MST-5-06", "MST-5-11"),
    )
    age_at_transplant_years: int | None = age(
        "Age at transplant in completed years",
        "Where the age at diagnosis is not known.",
    )
    donor_type: str | None = item("Donor", "Describes the transplant.", codes=AlloDonor)
    reason_not_done: str | None = item(
        "Reason for no transplant",
        "Tells unable from not considered.",
        codes=NoAlloReason,
        uses=("MST-1-07", "MST-5-11"),
        example="age",
    )
    neutrophil_recovery_day: int | None = day(
        "Day of neutrophil recovery after transplant", "Where no serial counts are at hand."
    )
    platelet_recovery_day: int | None = day(
        "Day platelets returned to normal after transplant", "Where no serial counts are at hand."
    )
