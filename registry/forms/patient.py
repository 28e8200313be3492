"""The patient form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, age, item
from registry.forms.codes import CmvStatus, Sex


class Patient(CaseForm):
    """One row per case."""

    form: ClassVar[str] = "patient"
    title: ClassVar[str] = "Patient"

    sex: str | None = item(
        "Sex",
        "Needed to judge sex-mismatched chimerism methods.",
        codes=Sex,
        tier="core",
        example="female",
    )
    diagnosis_year: int | None = item(
        "Year of diagnosis",
        "The only calendar information kept; shows changes over time.",
        unit="year",
        low=1950,
        high=2100,
        plausible=(2005, 2030),
        tier="core",
        example="2024",
    )
    age_at_diagnosis_years: int | None = age(
        "Age at diagnosis in completed years",
        "Age bands decide which recommendations apply.",
        plausible=(18, 90),
        tier="core",
        uses=("MST-1-02", "MST-3-07", "MST-3-09", "MST-4-02", "MST-4-03"),
        example="68",
    )
    height_cm: float | None = item(
        "Height",
        "Body surface area is checked against it.",
        unit="cm",
        low=40,
        high=250,
        plausible=(130, 210),
        example="164",
    )
    weight_kg: float | None = item(
        "Actual body weight at diagnosis",
        "Cell doses are given per kg.",
        unit="kg",
        low=2,
        high=400,
        plausible=(30, 180),
        tier="core",
        uses=("MST-2.2-06", "MST-2.2-07"),
        example="61.5",
    )
    cmv_status: str | None = item(
        "CMV antibodies before treatment",
        "Reads CMV events against exposure.",
        codes=CmvStatus,
        uses=("MST-2.4-03",),
        example="positive",
    )
    biobank_samples: bool | None = item(
        "Samples stored in a biobank",
        "Shows what mechanistic studies could draw on.",
        uses=("MST-6-06",),
    )
    consent_to_registry: bool | None = item(
        "Consent to the registry documented",
        "A patient who did not consent is not accepted; consent not yet found stays an open question.",
        tier="core",
        example="yes",
    )
