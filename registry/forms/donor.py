"""The donor form: relation, screening, consent, replacement."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, age, day, item
from registry.forms.codes import (
    Clearance,
    CmvStatus,
    DonorRelation,
    DonorRole,
    ReplacementReason,
    Sex,
)


class Donor(CaseForm):
    """One row per donor of a case."""

    form: ClassVar[str] = "donor"
    title: ClassVar[str] = "Donor"

    donor_id: str = item(
        "Donor",
        "The center's pseudonym for the donor within this case.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="letters, digits, - or _ only",
        example="D1",
    )
    role: str | None = item(
        "What the donor did",
        "A donor only considered owes no screening.",
        codes=DonorRole,
        tier="core",
        uses=("MST-2.1-01", "MST-2.1-06"),
        example="cells infused",
    )
    relation: str | None = item(
        "Relation to the patient",
        "A mismatched relative is preferred.",
        codes=DonorRelation,
        tier="core",
        uses=("MST-2-08", "MST-2-16", "MST-2.1-06"),
        example="child",
    )
    eligible: bool | None = item(
        "Eligible after screening",
        "A preference needs eligible candidates to choose from.",
        uses=("MST-2.1-06",),
    )
    sex: str | None = item(
        "Sex", "Sex-mismatched pairs allow FISH chimerism.", codes=Sex, example="male"
    )
    age_years: int | None = age(
        "Age at donation in completed years",
        "Describes the donor pool.",
        plausible=(16, 75),
        example="41",
    )
    cmv_status: str | None = item(
        "CMV antibodies", "Reads CMV events against exposure.", codes=CmvStatus, example="negative"
    )
    screening_day: int | None = day(
        "Day of screening",
        "Screening as for allogeneic transplant.",
        uses=("MST-2.1-01",),
        example="8",
    )
    examination_day: int | None = day(
        "Day of physical examination",
        "Examination before mobilisation.",
        uses=("MST-2.1-01",),
        example="8",
    )
    infectious_markers_day: int | None = day(
        "Day of infectious disease markers",
        "Markers before mobilisation.",
        uses=("MST-2.1-01",),
        example="8",
    )
    clearance: str | None = item(
        "Medical clearance",
        "Only a cleared donor is mobilised.",
        codes=Clearance,
        tier="core",
        uses=("MST-2.1-01", "MST-2.2-01"),
        example="cleared",
    )
    consent_day: int | None = day(
        "Day of consent",
        "Consent comes before mobilisation.",
        tier="core",
        uses=("MST-2.2-01",),
        example="9",
    )
    kir_typed: bool | None = item(
        "KIR genotyped",
        "States a test that was not done, so that it is not asked again.",
        tier="core",
        uses=("MST-2.1-04",),
        example="yes",
    )
    antibodies_tested: bool | None = item(
        "Patient tested for antibodies against this donor",
        "States a test that was not done, so that it is not asked again.",
        tier="core",
        uses=("MST-2.1-05",),
        example="yes",
    )
    replaces_donor_id: str | None = item(
        "Donor replaced by this one",
        "A second donor needs a reason.",
        refers_to="donor",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a donor id of this case",
        uses=("MST-2.2-10", "MST-2.2-11"),
    )
    replacement_reason: str | None = item(
        "Reason for the change of donor",
        "The consensus names insufficient cells.",
        codes=ReplacementReason,
        uses=("MST-2.2-10",),
    )
