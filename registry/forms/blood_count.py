"""The blood count form: counts and chemistry on one day."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item


class BloodCount(CaseForm):
    """One row per day with results."""

    form: ClassVar[str] = "blood_count"
    title: ClassVar[str] = "Blood count"

    sample_day: int = day(
        "Day", "Recovery is dated by serial counts.", key=True, uses=("MST-2.5-01",), example="20"
    )
    anc_e9_per_l: float | None = item(
        "Neutrophils",
        "Recovery: first of three consecutive values of at least 0.5.",
        unit="1e9/L",
        low=0,
        high=500,
        plausible=(0, 60),
        tier="core",
        uses=("MST-1-11", "MST-2.5-01", "MST-5.2-05"),
        example="0.7",
    )
    platelets_e9_per_l: float | None = item(
        "Platelets",
        "Recovery: first of three consecutive values of at least 20 without transfusion for 7 days.",
        unit="1e9/L",
        low=0,
        high=5000,
        plausible=(0, 1500),
        tier="core",
        uses=("MST-1-11", "MST-2.5-01", "MST-5.2-05"),
        example="34",
    )
    haemoglobin_g_per_l: float | None = item(
        "Haemoglobin",
        "Red cell recovery.",
        unit="g/L",
        low=10,
        high=250,
        plausible=(30, 190),
        uses=("MST-1-11",),
        example="88",
    )
    wbc_e9_per_l: float | None = item(
        "White cells",
        "Context of the neutrophils.",
        unit="1e9/L",
        low=0,
        high=1500,
        plausible=(0, 400),
        uses=("MST-2.5-01",),
        example="1.4",
    )
    alt_u_per_l: float | None = item(
        "ALT",
        "A rapid rise may be GVHD.",
        unit="U/L",
        low=0,
        high=30000,
        plausible=(0, 5000),
        uses=("MST-2.3-07",),
        example="31",
    )
    ast_u_per_l: float | None = item(
        "AST",
        "A rapid rise may be GVHD.",
        unit="U/L",
        low=0,
        high=30000,
        plausible=(0, 5000),
        uses=("MST-2.3-07",),
        example="28",
    )
    ldh_u_per_l: float | None = item(
        "LDH",
        "A rapid rise may be GVHD.",
        unit="U/L",
        low=0,
        high=50000,
        plausible=(0, 10000),
        uses=("MST-2.3-07",),
        example="210",
    )
    bilirubin_mg_per_dl: float | None = item(
        "Bilirubin",
        "Liver stage of GVHD.",
        unit="mg/dL",
        low=0,
        high=80,
        plausible=(0, 40),
        uses=("MST-2.3-07",),
        example="0.8",
    )
    temperature_max_c: float | None = item(
        "Highest temperature of the day",
        "High fever is a trigger.",
        unit="degrees C",
        low=30,
        high=45,
        plausible=(35, 42),
        uses=("MST-2.3-07",),
        example="37.2",
    )
    cmv_tested: bool | None = item(
        "CMV DNA tested", "Patients not tested are not zeros.", uses=("MST-2.4-03", "MST-2.4-04")
    )
    cmv_dna_copies_per_ml: float | None = item(
        "CMV DNA", "Reactivation.", unit="copies/mL", low=0, high=1e9, uses=("MST-2.4-03",)
    )
