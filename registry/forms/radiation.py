"""The radiation form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import RadiationType


class Radiation(CaseForm):
    """One row per radiation treatment."""

    form: ClassVar[str] = "radiation"
    title: ClassVar[str] = "Radiation"

    radiation_day: int = day(
        "First day",
        "Only radiation around a course matters.",
        key=True,
        uses=("MST-2-04", "MST-2.4-02"),
        example="2",
    )
    radiation_type: str = item(
        "Type",
        "Total body and lymphoid radiation suppress immunity.",
        codes=RadiationType,
        key=True,
        uses=("MST-2-04", "MST-2.4-02"),
        example="local",
    )
    dose_gy: float | None = item(
        "Total dose",
        "Zero is not a treatment.",
        unit="Gy",
        low=0,
        high=100,
        plausible=(0.5, 70),
        tier="core",
        uses=("MST-2-04",),
        example="20",
    )
