"""The response form: marrow and remission status on one day."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import Response


class ResponseAssessment(CaseForm):
    """One row per assessment. Response terms after ELN 2022."""

    form: ClassVar[str] = "response"
    title: ClassVar[str] = "Response assessment"

    assessment_day: int = day(
        "Day of assessment",
        "Dates remission and relapse.",
        key=True,
        uses=("MST-2.5-02", "MST-5-10"),
        example="32",
    )
    after_course_no: int | None = item(
        "After course",
        "Response is judged per course.",
        refers_to="course",
        low=1,
        high=60,
        tier="core",
        uses=("MST-4.3-05", "MST-4.3-06"),
        example="1",
    )
    response: str | None = item(
        "Response as the center judged it",
        "Remission opens post-remission therapy.",
        codes=Response,
        tier="core",
        uses=("MST-1-11", "MST-3-13", "MST-4.3-05", "MST-4.3-06", "MST-5-04"),
        example="CR",
    )
    marrow_done: bool | None = item(
        "Marrow examined",
        "An aspirate belongs to each assessment.",
        uses=("MST-2.5-02",),
        example="yes",
    )
    marrow_adequate: bool | None = item(
        "Marrow adequate", "An empty marrow proves nothing.", uses=("MST-2.5-02",), example="yes"
    )
    marrow_blasts_pct: float | None = item(
        "Blasts in marrow",
        "Below 5 % for remission.",
        unit="%",
        low=0,
        high=100,
        tier="core",
        only_if=("marrow_done", True),
        uses=("MST-2.5-02",),
        example="2",
    )
    blood_blasts_pct: float | None = item(
        "Blasts in blood", "None for remission.", unit="%", low=0, high=100, example="0"
    )
    extramedullary_disease: bool | None = item(
        "Extramedullary disease", "None for remission.", example="no"
    )
    anc_e9_per_l: float | None = item(
        "Neutrophils",
        "At least 1.0 for CR.",
        unit="1e9/L",
        low=0,
        high=500,
        plausible=(0, 60),
        example="1.8",
    )
    platelets_e9_per_l: float | None = item(
        "Platelets",
        "At least 100 for CR.",
        unit="1e9/L",
        low=0,
        high=5000,
        plausible=(0, 1500),
        example="142",
    )
