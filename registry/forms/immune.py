"""The immune monitoring form: subsets, cytokines, pentamer."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item


class ImmuneMonitoring(CaseForm):
    """One row per day of immune monitoring."""

    form: ClassVar[str] = "immune"
    title: ClassVar[str] = "Immune monitoring"

    sample_day: int = day(
        "Day of sample",
        "Immune function after MST.",
        key=True,
        uses=("MST-2.5-07", "MST-2.5-08", "MST-2.5-09"),
        example="26",
    )
    t_cells_e6_per_l: float | None = item(
        "T cells",
        "Immune function after MST.",
        unit="1e6/L",
        low=0,
        high=100000,
        plausible=(0, 20000),
        uses=("MST-2-11", "MST-2.5-07"),
    )
    cd4_cells_e6_per_l: float | None = item(
        "CD4+ T cells",
        "Immune function after MST.",
        unit="1e6/L",
        low=0,
        high=100000,
        plausible=(0, 20000),
        uses=("MST-2-11", "MST-2.5-07"),
    )
    cd8_cells_e6_per_l: float | None = item(
        "CD8+ T cells",
        "Immune function after MST.",
        unit="1e6/L",
        low=0,
        high=100000,
        plausible=(0, 20000),
        uses=("MST-2-11", "MST-2.5-07"),
    )
    b_cells_e6_per_l: float | None = item(
        "B cells",
        "Immune function after MST.",
        unit="1e6/L",
        low=0,
        high=100000,
        plausible=(0, 20000),
        uses=("MST-2-11", "MST-2.5-07"),
    )
    nk_cells_e6_per_l: float | None = item(
        "NK cells",
        "Immune function after MST.",
        unit="1e6/L",
        low=0,
        high=100000,
        plausible=(0, 20000),
        uses=("MST-2-11", "MST-2.5-07"),
    )
    il2_pg_per_ml: float | None = item(
        "IL-2",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    il6_pg_per_ml: float | None = item(
        "IL-6",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    il8_pg_per_ml: float | None = item(
        "IL-8",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    il10_pg_per_ml: float | None = item(
        "IL-10",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    il12_pg_per_ml: float | None = item(
        "IL-12",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    ifn_alpha_pg_per_ml: float | None = item(
        "IFN-alpha",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    ifn_gamma_pg_per_ml: float | None = item(
        "IFN-gamma",
        "One of the seven cytokines named.",
        unit="pg/mL",
        low=0,
        high=1e7,
        uses=("MST-2.3-07", "MST-2.3-10", "MST-2.5-08"),
    )
    cytokine_raised: bool | None = item(
        "Any cytokine above the laboratory's limit",
        "Raised cytokines are a trigger.",
        uses=("MST-2.3-07",),
    )
    pentamer_done: bool | None = item(
        "Pentamer test done",
        "Shows the GVL effect; asked for where possible.",
        uses=("MST-2.5-09",),
    )
    pentamer_antigen: str | None = item(
        "Pentamer antigen",
        "WT1, PRAME or another.",
        pattern=r"[A-Za-z0-9 -]{1,40}",
        pattern_words="a name such as WT1",
        uses=("MST-2.5-09",),
    )
    pentamer_hla_restriction: str | None = item(
        "Pentamer restriction",
        "Only usable with the matching HLA type.",
        pattern=r"(A|B|C)\*[0-9]{2,4}:[0-9]{2,4}",
        pattern_words="an allele such as A*02:01",
        uses=("MST-2.5-09",),
    )
    pentamer_pct_of_cd8: float | None = item(
        "Pentamer-positive cells",
        "As percent of CD8+ cells.",
        unit="%",
        low=0,
        high=100,
        uses=("MST-2.5-09",),
    )
