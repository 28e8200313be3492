"""The plan form: what was considered and decided, and when."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import DecisionPoint, NextLine


class Plan(CaseForm):
    """One row per decision point."""

    form: ClassVar[str] = "plan"
    title: ClassVar[str] = "Treatment plan"

    point: str = item(
        "Decision point",
        "Considered is not the same as given.",
        codes=DecisionPoint,
        key=True,
        example="diagnosis",
    )
    decision_day: int | None = day("Day of decision", "Places the decision in time.", example="2")
    mst_considered: bool | None = item(
        "MST considered",
        "The consensus asks to consider it.",
        tier="core",
        uses=("MST-3-07", "MST-3-09"),
        example="yes",
    )
    mst_offered: bool | None = item(
        "MST offered", "The consensus asks to consider it.", uses=("MST-3-07",), example="yes"
    )
    mst_reason_not: str | None = item(
        "Why MST was not given",
        "Tells refusal from oversight.",
        pattern=r"[^\n\r\t]{1,120}",
        pattern_words="one line of at most 120 characters",
        uses=("MST-3-07",),
    )
    intensification_considered: bool | None = item(
        "Stronger induction or added targeted drug considered",
        "Asked for in high-risk patients.",
        uses=("MST-3-15",),
    )
    best_supportive_care: bool | None = item(
        "Best supportive care", "An option for frail patients.", uses=("MST-4.3-01",)
    )
    trial_offered: bool | None = item(
        "Trial offered", "An option for frail patients.", uses=("MST-4.3-01", "MST-6-04")
    )
    next_line: str | None = item(
        "Next line",
        "What follows failure or remission.",
        codes=NextLine,
        uses=("MST-4.3-07", "MST-5-08"),
    )
    maintenance_reason: str | None = item(
        "Reason for or against maintenance",
        "The consensus leaves maintenance open.",
        pattern=r"[^\n\r\t]{1,120}",
        pattern_words="one line of at most 120 characters",
        uses=("MST-5-08", "MST-5-09"),
    )
