"""The fitness form: ECOG, HCT-CI items, organ items and the class the center assigned."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import AssessmentPoint, FitnessClass, FitnessInstrument


class Fitness(CaseForm):
    """One row per fitness assessment. HCT-CI items after Sorror 2005, organ items after Ferrara 2013."""

    form: ClassVar[str] = "fitness"
    title: ClassVar[str] = "Fitness assessment"

    assessment_day: int = day(
        "Day of assessment",
        "Fitness is judged before treatment and again in remission.",
        key=True,
        uses=("MST-3-04", "MST-5-10"),
        example="1",
    )
    point: str | None = item(
        "Occasion",
        "Separates diagnosis from reassessment.",
        codes=AssessmentPoint,
        tier="core",
        example="diagnosis",
    )
    fitness_class: str | None = item(
        "Class as the center judged it",
        "Regimen lists are written for fit, unfit and frail patients.",
        codes=FitnessClass,
        tier="core",
        uses=(
            "MST-3-04",
            "MST-3-05",
            "MST-4-02",
            "MST-4.1-00",
            "MST-4.2-00",
            "MST-4.3-01",
            "MST-5.1-00",
            "MST-5.2-00",
        ),
        example="fit",
    )
    instrument: str | None = item(
        "Instrument behind the class",
        "The paper never defines the classes.",
        codes=FitnessInstrument,
        tier="core",
        uses=("MST-3-04",),
        example="Ferrara 2013",
    )
    ecog: int | None = item(
        "ECOG performance status",
        "Good status decides above 75 years.",
        unit="grade",
        low=0,
        high=5,
        tier="core",
        uses=("MST-1-06", "MST-3-09"),
        example="1",
    )
    hct_ci_score: int | None = item(
        "HCT-CI score as the center computed it",
        "Held against the sum of the items.",
        unit="points",
        low=0,
        high=29,
        uses=("MST-1-06",),
        example="2",
    )
    hct_ci_arrhythmia: bool | None = item(
        "HCT-CI: arrhythmia (1 point)", "One item of the comorbidity index.", uses=("MST-1-06",)
    )
    hct_ci_cardiac: bool | None = item(
        "HCT-CI: coronary disease, heart failure, infarction or EF up to 50 % (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_bowel: bool | None = item(
        "HCT-CI: inflammatory bowel disease (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_diabetes: bool | None = item(
        "HCT-CI: diabetes on drugs (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_cerebrovascular: bool | None = item(
        "HCT-CI: cerebrovascular disease (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_psychiatric: bool | None = item(
        "HCT-CI: psychiatric disturbance under treatment (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_hepatic_mild: bool | None = item(
        "HCT-CI: mild hepatic disease (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_obesity: bool | None = item(
        "HCT-CI: body mass index above 35 (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_infection: bool | None = item(
        "HCT-CI: infection under treatment past day 0 (1 point)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_rheumatologic: bool | None = item(
        "HCT-CI: rheumatologic disease (2 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_peptic_ulcer: bool | None = item(
        "HCT-CI: peptic ulcer under treatment (2 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_renal: bool | None = item(
        "HCT-CI: moderate or severe renal disease (2 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_pulmonary_moderate: bool | None = item(
        "HCT-CI: moderate pulmonary disease (2 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_tumour: bool | None = item(
        "HCT-CI: earlier solid tumour (3 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_valve: bool | None = item(
        "HCT-CI: heart valve disease (3 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_pulmonary_severe: bool | None = item(
        "HCT-CI: severe pulmonary disease (3 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    hct_ci_hepatic_severe: bool | None = item(
        "HCT-CI: moderate or severe hepatic disease (3 points)",
        "One item of the comorbidity index.",
        uses=("MST-1-06",),
    )
    cardiac_ef_pct: float | None = item(
        "Left ventricular ejection fraction",
        "Organ function at the assessment.",
        unit="%",
        low=0,
        high=100,
        uses=("MST-1-06",),
    )
    dlco_pct: float | None = item(
        "DLCO, percent of predicted",
        "Organ function at the assessment.",
        unit="%",
        low=0,
        high=200,
        uses=("MST-1-06",),
    )
    fev1_pct: float | None = item(
        "FEV1, percent of predicted",
        "Organ function at the assessment.",
        unit="%",
        low=0,
        high=200,
        uses=("MST-1-06",),
    )
    creatinine_mg_per_dl: float | None = item(
        "Creatinine",
        "Organ function at the assessment.",
        unit="mg/dL",
        low=0,
        high=30,
        uses=("MST-1-06",),
    )
    bilirubin_mg_per_dl: float | None = item(
        "Bilirubin",
        "Organ function at the assessment.",
        unit="mg/dL",
        low=0,
        high=80,
        uses=("MST-1-06",),
    )
    transaminases_x_uln: float | None = item(
        "Higher of ALT and AST, times the upper limit of normal",
        "Organ function at the assessment.",
        unit="x ULN",
        low=0,
        high=500,
        uses=("MST-1-06",),
    )
    heart_failure: bool | None = item(
        "Congestive heart failure", "One criterion of the Ferrara classes.", uses=("MST-3-04",)
    )
    oxygen_or_rest_dyspnoea: bool | None = item(
        "Oxygen need or dyspnoea at rest",
        "One criterion of the Ferrara classes.",
        uses=("MST-3-04",),
    )
    dialysis: bool | None = item(
        "Dialysis", "One criterion of the Ferrara classes.", uses=("MST-3-04",)
    )
    cirrhosis_child_b_or_c: bool | None = item(
        "Cirrhosis Child B or C", "One criterion of the Ferrara classes.", uses=("MST-3-04",)
    )
    viral_hepatitis_acute: bool | None = item(
        "Acute viral hepatitis", "One criterion of the Ferrara classes.", uses=("MST-3-04",)
    )
    resistant_infection: bool | None = item(
        "Infection resistant to therapy",
        "One criterion of the Ferrara classes.",
        uses=("MST-3-04",),
    )
    cognitive_dependence: bool | None = item(
        "Mental illness or uncontrolled cognitive dependence",
        "One criterion of the Ferrara classes.",
        uses=("MST-3-04",),
    )
    uncontrolled_cancer: bool | None = item(
        "Other uncontrolled cancer", "One criterion of the Ferrara classes.", uses=("MST-3-04",)
    )
    other_incompatible: bool | None = item(
        "Other condition judged incompatible with chemotherapy",
        "One criterion of the Ferrara classes.",
        uses=("MST-3-04",),
    )
