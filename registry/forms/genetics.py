"""The genetics form: one lesion a row."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import GeneticMethod, GeneticResult, LesionKind


class Genetics(CaseForm):
    """One row per lesion tested."""

    form: ClassVar[str] = "genetics"
    title: ClassVar[str] = "Genetics"

    lesion: str = item(
        "Gene, fusion or cytogenetic lesion",
        "Risk groups and targeted drugs depend on it.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9:.;()+\-/ ]{0,59}",
        pattern_words="a name such as NPM1, FLT3-ITD, RUNX1::RUNX1T1 or del(5q)",
        uses=("MST-2.4-05", "MST-3-11", "MST-4-09"),
        example="FLT3-ITD",
    )
    test_day: int = day("Day of test", "The same gene may be tested again.", key=True, example="0")
    kind: str | None = item(
        "Kind of lesion",
        "Says how to read the name.",
        codes=LesionKind,
        tier="core",
        example="mutation",
    )
    result: str | None = item(
        "Result",
        "Absent and not tested are different things.",
        codes=GeneticResult,
        tier="core",
        uses=("MST-2.4-05", "MST-3-11"),
        example="present",
    )
    method: str | None = item(
        "Method", "Sensitivity differs between methods.", codes=GeneticMethod, example="NGS panel"
    )
    vaf_pct: float | None = item(
        "Variant allele frequency",
        "TP53 counts from 10 % on (ELN 2022).",
        unit="%",
        low=0,
        high=100,
        example="34",
    )
    allelic_ratio: float | None = item(
        "FLT3-ITD allelic ratio",
        "ELN 2017 divides at 0.5.",
        unit="ratio",
        low=0,
        high=100,
        plausible=(0, 20),
        example="0.6",
    )
    biallelic: bool | None = item(
        "Biallelic (CEBPA)", "ELN 2017 asks for two alleles.", uses=("MST-3-11",)
    )
    in_frame_bzip: bool | None = item(
        "In-frame bZIP mutation (CEBPA)", "ELN 2022 asks for it.", uses=("MST-3-11",)
    )
