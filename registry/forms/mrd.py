"""The residual disease form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import MrdMethod, SampleSource, TestResult


class Mrd(CaseForm):
    """One row per test of measurable residual disease."""

    form: ClassVar[str] = "mrd"
    title: ClassVar[str] = "Measurable residual disease"

    test_day: int = day(
        "Day of test",
        "Tested in remission.",
        key=True,
        uses=("MST-2.5-06", "MST-5-09"),
        example="33",
    )
    method: str = item(
        "Method",
        "Limits differ between methods.",
        codes=MrdMethod,
        key=True,
        uses=("MST-2.5-06",),
        example="flow cytometry",
    )
    target: str = item(
        "Target",
        "Phenotype or gene followed.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9:. +-]{0,39}",
        pattern_words="a name such as LAIP or NPM1",
        uses=("MST-2.5-06",),
        example="LAIP",
    )
    source: str | None = item(
        "Sample", "Blood and marrow differ.", codes=SampleSource, example="marrow"
    )
    result: str | None = item(
        "Result",
        "Guides further treatment.",
        codes=TestResult,
        tier="core",
        uses=("MST-2.5-06", "MST-5-09"),
        example="negative",
    )
    value_pct: float | None = item(
        "Level", "As reported.", unit="%", low=0, high=100, uses=("MST-2.5-06",), example="0.01"
    )
    lod_pct: float | None = item(
        "Limit of detection",
        "A negative test is only as good as its limit.",
        unit="%",
        low=0,
        high=100,
        uses=("MST-2.5-06",),
        example="0.01",
    )
