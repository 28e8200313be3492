"""The center form: who submits, under which standards."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CenterForm, item


class Center(CenterForm):
    """One row per center."""

    form: ClassVar[str] = "center"
    title: ClassVar[str] = "Center"

    country: str | None = item(
        "Country",
        "Practice differs between countries; never finer than country.",
        pattern=r"[A-Z]{2}",
        pattern_words="the two-letter country code, such as ES",
        tier="core",
        example="ES",
    )
    adoption_year: int | None = item(
        "Year the center adopted the consensus",
        "Adherence before and after adoption is compared.",
        unit="year",
        low=2011,
        high=2100,
        uses=("MST-6-07",),
        example="2023",
    )
    transfusion_standard: bool | None = item(
        "Written standard for transfusion on file",
        "Transfusion follows each center's own protocol.",
        uses=("MST-2.3-01",),
    )
    infection_standard: bool | None = item(
        "Written standard for infection prophylaxis and treatment on file",
        "Infection care follows each center's own protocol.",
        uses=("MST-2.3-03",),
    )
    supportive_care_standard: bool | None = item(
        "Written standard for supportive care in older patients on file",
        "Older patients need attentive supportive care.",
        uses=("MST-3-10",),
    )
