"""The KIR form: one gene a row."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import KirGene, KirMethod


class Kir(CaseForm):
    """One row per donor and gene; 2DL5A and 2DL5B are reported together as 2DL5."""

    form: ClassVar[str] = "kir"
    title: ClassVar[str] = "KIR genotype"

    donor_id: str = item(
        "Donor",
        "Whose genes these are.",
        key=True,
        refers_to="donor",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a donor id of this case",
        example="D1",
    )
    gene: str = item(
        "Gene",
        "Presence or absence of each of the 16 loci.",
        codes=KirGene,
        key=True,
        uses=("MST-2.1-04",),
        example="2DL1",
    )
    present: bool | None = item(
        "Present",
        "Absent and not tested are different things.",
        tier="core",
        uses=("MST-2.1-04",),
        example="yes",
    )
    method: str | None = item(
        "Method",
        "Says how the call was made.",
        codes=KirMethod,
        uses=("MST-2.1-04",),
        example="SSP",
    )
    test_day: int | None = day(
        "Day of test",
        "Shows whether the result was known in time.",
        uses=("MST-2.1-04",),
        example="8",
    )
