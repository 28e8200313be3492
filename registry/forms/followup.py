"""The follow-up form: last contact, relapse, death."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import DeathCause, VitalStatus


class FollowUp(CaseForm):
    """One row per case, replaced at every update."""

    form: ClassVar[str] = "followup"
    title: ClassVar[str] = "Follow-up"

    last_contact_day: int | None = day(
        "Day last known alive, or day of death",
        "Ends every observation.",
        tier="core",
        uses=("MST-1-04", "MST-1-11", "MST-5-04"),
        example="612",
    )
    status: str | None = item(
        "Status on that day",
        "Overall survival.",
        codes=VitalStatus,
        tier="core",
        uses=("MST-1-04", "MST-1-11", "MST-5-04"),
        example="alive",
    )
    relapsed: bool | None = item(
        "Relapsed at any time",
        "Leukaemia-free survival.",
        tier="core",
        uses=("MST-1-11", "MST-5-04"),
        example="no",
    )
    relapse_day: int | None = day(
        "Day of first relapse",
        "Leukaemia-free survival.",
        tier="core",
        only_if=("relapsed", True),
        uses=("MST-2.5-14", "MST-5-06"),
    )
    death_cause: str | None = item(
        "Main cause of death",
        "Non-relapse mortality.",
        codes=DeathCause,
        tier="core",
        only_if=("status", VitalStatus.DEAD.value),
        uses=("MST-3-18", "MST-5-05"),
    )
