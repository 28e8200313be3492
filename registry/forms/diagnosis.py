"""The diagnosis form: disease, onset, blood and marrow at diagnosis (day 0)."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import Disease, DiseaseStatus, FabType, OnsetType, RiskGroup, RiskSystem


class Diagnosis(CaseForm):
    """One row per case, at diagnosis (day 0)."""

    form: ClassVar[str] = "diagnosis"
    title: ClassVar[str] = "Diagnosis"

    disease: str | None = item(
        "Disease",
        "The consensus speaks of AML without APL.",
        codes=Disease,
        tier="core",
        uses=("MST-1-13", "MST-1-14", "MST-1-16", "MST-4-09"),
        example="AML",
    )
    disease_status: str | None = item(
        "Disease status at registration",
        "The consensus takes no position on relapsed or refractory disease.",
        codes=DiseaseStatus,
        tier="core",
        uses=("MST-1-16", "MST-3-16"),
        example="newly diagnosed",
    )
    onset_type: str | None = item(
        "Onset",
        "Disease after MDS or earlier therapy belongs to the high-risk group.",
        codes=OnsetType,
        tier="core",
        uses=("MST-1-05", "MST-3-12", "MST-3-13"),
        example="de novo",
    )
    antecedent_mds: bool | None = item(
        "MDS before AML, whatever its cause",
        "Kept apart from therapy-related disease: one patient may have both.",
        uses=("MST-1-05", "MST-3-12"),
    )
    prior_antileukaemic_lines: int | None = item(
        "Earlier lines of antileukaemic therapy",
        "Newly diagnosed means none.",
        unit="lines",
        low=0,
        high=20,
        uses=("MST-1-16",),
        example="0",
    )
    who_subtype: str | None = item(
        "WHO subtype as reported",
        "APL is recognised by it where the gene test is missing.",
        pattern=r"[^\n\r\t]{1,120}",
        pattern_words="one line of at most 120 characters",
        uses=("MST-4-09",),
    )
    fab_type: str | None = item("FAB type", "Older series report it.", codes=FabType, example="M2")
    risk_system: str | None = item(
        "Risk classification used by the center",
        "A risk group means nothing without its edition.",
        codes=RiskSystem,
        tier="core",
        uses=("MST-3-11",),
        example="ELN 2022",
    )
    risk_group: str | None = item(
        "Risk group as the center assigned it",
        "Outcomes are compared by risk; the center's own value is kept beside the derived one.",
        codes=RiskGroup,
        tier="core",
        uses=("MST-3-11", "MST-3-13", "MST-3-15"),
        example="adverse",
    )
    wbc_e9_per_l: float | None = item(
        "White cells",
        "Prognostic at diagnosis.",
        unit="1e9/L",
        low=0,
        high=1500,
        plausible=(0.1, 400),
        example="4.2",
    )
    haemoglobin_g_per_l: float | None = item(
        "Haemoglobin",
        "Baseline for transfusion need.",
        unit="g/L",
        low=10,
        high=250,
        plausible=(30, 190),
        example="82",
    )
    platelets_e9_per_l: float | None = item(
        "Platelets",
        "Baseline for platelet recovery.",
        unit="1e9/L",
        low=0,
        high=5000,
        plausible=(0, 1500),
        example="45",
    )
    blood_blasts_pct: float | None = item(
        "Blasts in blood", "Confirms the diagnosis.", unit="%", low=0, high=100, example="18"
    )
    marrow_blasts_pct: float | None = item(
        "Blasts in marrow",
        "Confirms the diagnosis.",
        unit="%",
        low=0,
        high=100,
        uses=("MST-2.5-02",),
        example="52",
    )
    marrow_aspirate_day: int | None = day(
        "Day of marrow aspirate",
        "An aspirate at diagnosis is necessary.",
        uses=("MST-2.5-02",),
        example="0",
    )
    immunophenotype_day: int | None = day(
        "Day of immunophenotyping",
        "An immunophenotype at diagnosis is necessary.",
        uses=("MST-2.5-05",),
        example="0",
    )
    leukaemia_phenotype: bool | None = item(
        "Leukaemia-associated phenotype found",
        "Decides whether flow can follow residual disease.",
        uses=("MST-2.5-05",),
    )
    karyotype_iscn: str | None = item(
        "Karyotype (ISCN)",
        "Risk groups are derived from it.",
        pattern=r"[0-9A-Za-z<>\[\]{}()+\-~,;:./?*=# ]{1,500}",
        pattern_words="an ISCN formula such as 46,XX,t(8;21)(q22;q22)[20]",
        tier="core",
        uses=("MST-1-05", "MST-2.5-03", "MST-3-11"),
        example="46,XX[20]",
    )
    metaphases: int | None = item(
        "Metaphases analysed",
        "Fewer than 20 cannot exclude a clone.",
        unit="cells",
        low=0,
        high=200,
        uses=("MST-2.5-03",),
        example="20",
    )
    mutation_panel: str | None = item(
        "Mutation panel (name or genes tested)",
        "A gene that was not tested is unknown, not normal.",
        pattern=r"[^\n\r\t]{1,500}",
        pattern_words="one line of at most 500 characters",
        uses=("MST-2.5-04", "MST-3-11"),
    )
    genetics_day: int | None = day(
        "Day of genetic testing",
        "Must precede treatment to guide it.",
        uses=("MST-2.5-04",),
        example="0",
    )
