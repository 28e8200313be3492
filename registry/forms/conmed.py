"""The concomitant medication form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import ConmedClass, Indication, Route


class ConcomitantMedication(CaseForm):
    """One row per drug, first day and indication."""

    form: ClassVar[str] = "conmed"
    title: ClassVar[str] = "Concomitant medication"

    drug_name: str = item(
        "Drug",
        "As prescribed, generic name.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9 /,()+-]{0,59}",
        pattern_words="a generic drug name",
        example="fluconazole",
    )
    first_day: int = day(
        "First day",
        "Windows around the course and the infusion.",
        key=True,
        uses=("MST-2.3-06", "MST-2.4-01"),
        example="4",
    )
    last_day: int | None = day(
        "Last day",
        "Leave empty and code unknown if it goes on.",
        uses=("MST-2.4-01", "MST-2.3-04"),
        example="30",
    )
    drug_class: str | None = item(
        "Class",
        "Rules speak of classes.",
        codes=ConmedClass,
        tier="core",
        uses=("MST-2-06", "MST-2.3-06", "MST-2.4-01", "MST-4.1-02"),
        example="antifungal",
    )
    indication: str | None = item(
        "Indication",
        "Treating GVHD is not preventing it.",
        codes=Indication,
        tier="core",
        uses=("MST-2.3-06", "MST-2.4-01", "MST-2.4-04", "MST-2.4-08", "MST-2.4-09"),
        example="infection prophylaxis",
    )
    route: str | None = item(
        "Route",
        "Topical and intrathecal use is not systemic.",
        codes=Route,
        uses=("MST-2.4-01",),
        example="oral",
    )
    dose_mg_per_day: float | None = item(
        "Daily dose",
        "Describes G-CSF and steroids.",
        unit="mg/day",
        low=0,
        high=100000,
        uses=("MST-2.3-04",),
    )
    interruptible: bool | None = item(
        "Can be interrupted",
        "MST is avoided where immunosuppression cannot stop.",
        uses=("MST-2.4-09",),
    )
