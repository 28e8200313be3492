"""The aliquot form: the parts a collection was divided into."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import ProductState


class Aliquot(CaseForm):
    """One row per part of a collection. Counts are totals of the part, in 1e8 cells."""

    form: ClassVar[str] = "aliquot"
    title: ClassVar[str] = "Aliquot"

    aliquot_id: str = item(
        "Aliquot",
        "Names the part within the case.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="letters, digits, - or _ only",
        example="COL1-A",
    )
    collection_id: str | None = item(
        "Collection",
        "The parts together cannot exceed it.",
        refers_to="collection",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a collection id of this case",
        tier="core",
        uses=("MST-2.2-09",),
        example="COL1",
    )
    state: str | None = item(
        "Fresh or frozen",
        "Thawed cells are fewer than frozen ones.",
        codes=ProductState,
        tier="core",
        uses=("MST-2.2-09",),
        example="fresh",
    )
    freeze_day: int | None = day("Day of freezing", "Thaw follows freezing.", uses=("MST-2.2-09",))
    thaw_day: int | None = day("Day of thawing", "Thaw follows freezing.", uses=("MST-2.2-09",))
    viability_pct: float | None = item(
        "Viability",
        "Reduces the dose given.",
        unit="%",
        low=0,
        high=100,
        plausible=(40, 100),
        uses=("MST-2.2-09",),
        example="97",
    )
    mnc_e8: float | None = item(
        "Mononuclear cells",
        "The parts together cannot exceed the collection.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-09",),
        example="154",
    )
    cd3_e8: float | None = item(
        "CD3+ cells",
        "The parts together cannot exceed the collection.",
        unit="1e8 cells",
        low=0,
        high=100000,
        uses=("MST-2.2-09",),
        example="62",
    )
    cd34_e8: float | None = item(
        "CD34+ cells",
        "The parts together cannot exceed the collection.",
        unit="1e8 cells",
        low=0,
        high=100000,
        uses=("MST-2.2-09",),
        example="1.1",
    )
