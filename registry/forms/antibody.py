"""The antibody form: antibodies of the patient against a donor."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import DsaMethod, TestResult


class Antibody(CaseForm):
    """One row per test of the patient against one donor."""

    form: ClassVar[str] = "antibody"
    title: ClassVar[str] = "Donor-specific antibodies"

    donor_id: str = item(
        "Donor",
        "Antibodies are specific to a donor.",
        key=True,
        refers_to="donor",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a donor id of this case",
        example="D1",
    )
    test_day: int = day(
        "Day of test",
        "The result must be known before the first infusion.",
        key=True,
        uses=("MST-2.1-05",),
        example="10",
    )
    result: str | None = item(
        "Result as the laboratory judged it",
        "The consensus gives no cut-off.",
        codes=TestResult,
        tier="core",
        uses=("MST-2.1-05",),
        example="negative",
    )
    method: str | None = item(
        "Method",
        "Cut-offs depend on the method.",
        codes=DsaMethod,
        uses=("MST-2.1-05",),
        example="single-antigen beads",
    )
    specificities: str | None = item(
        "Specificities",
        "Which donor antigens are met.",
        pattern=r"[A-Za-z0-9*:,; -]{1,200}",
        pattern_words="antigens separated by commas",
        uses=("MST-2.1-05",),
    )
    mfi_max: float | None = item(
        "Highest mean fluorescence intensity",
        "Stored, never judged.",
        unit="MFI",
        low=0,
        high=100000,
        plausible=(0, 40000),
        uses=("MST-2.1-05",),
    )
    c1q: str | None = item(
        "C1q binding", "Marks complement-fixing antibodies.", codes=TestResult, uses=("MST-2.1-05",)
    )
