"""The chimerism form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import CellFraction, ChimerismMethod, SampleSource


class Chimerism(CaseForm):
    """One row per sample, method, cell fraction and donor."""

    form: ClassVar[str] = "chimerism"
    title: ClassVar[str] = "Chimerism"

    sample_day: int = day(
        "Day of sample",
        "Microchimerism lasts from days to years.",
        key=True,
        uses=("MST-2-10", "MST-2.3-08", "MST-2.5-10", "MST-2.5-11", "MST-2.5-12"),
        example="26",
    )
    donor_id: str = item(
        "Donor",
        "Chimerism of this donor.",
        key=True,
        refers_to="donor",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a donor id of this case",
        example="D1",
    )
    method: str = item(
        "Method",
        "Only a method that sees below 1 % can show microchimerism.",
        codes=ChimerismMethod,
        key=True,
        uses=("MST-2-10", "MST-2.5-13"),
        example="NGS",
    )
    cell_fraction: str = item(
        "Cell fraction",
        "T cells and whole blood differ.",
        codes=CellFraction,
        key=True,
        uses=("MST-2-10",),
        example="unfractionated",
    )
    source: str | None = item(
        "Sample",
        "Blood and marrow differ.",
        codes=SampleSource,
        uses=("MST-2-10",),
        example="blood",
    )
    detected: bool | None = item(
        "Donor cells detected",
        "Not detected is not zero.",
        tier="core",
        uses=("MST-2-10",),
        example="yes",
    )
    donor_pct: float | None = item(
        "Donor cells",
        "Micro below 1 %, mixed from 1 %, full from 95 %.",
        unit="%",
        low=0,
        high=100,
        tier="core",
        only_if=("detected", True),
        uses=("MST-2-10", "MST-2-12"),
        example="0.4",
    )
    lod_pct: float | None = item(
        "Limit of detection",
        "Needed to read a negative result.",
        unit="%",
        low=0,
        high=100,
        tier="core",
        uses=("MST-2-10", "MST-2.5-12", "MST-2.5-13"),
        example="0.1",
    )
    informative_markers: int | None = item(
        "Informative markers",
        "Without one the test is blind.",
        unit="markers",
        low=0,
        high=10000,
        uses=("MST-2.5-13",),
        example="12",
    )
