"""The course form: one antileukaemic course of treatment."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import CourseIntent, CoursePhase, Regimen


class Course(CaseForm):
    """One row per course. A course with an allogeneic infusion is an MST course (consensus 2)."""

    form: ClassVar[str] = "course"
    title: ClassVar[str] = "Treatment course"

    course_no: int = item(
        "Course number, counted from 1",
        "Orders the courses; no gaps.",
        key=True,
        low=1,
        high=60,
        example="1",
    )
    phase: str | None = item(
        "Phase",
        "Induction and post-remission have their own rules.",
        codes=CoursePhase,
        tier="core",
        uses=("MST-4.3-02", "MST-5-04", "MST-5-06", "MST-5-08"),
        example="induction",
    )
    intent: str | None = item(
        "Intent",
        "Conditioning for engraftment would be a transplant, not MST.",
        codes=CourseIntent,
        tier="core",
        uses=("MST-2-02",),
        example="antileukaemic",
    )
    regimen: str | None = item(
        "Regimen as the center calls it",
        "Held against the drugs recorded.",
        codes=Regimen,
        tier="core",
        uses=("MST-3-05", "MST-4-01", "MST-4-02", "MST-4-03", "MST-4.3-05"),
        example="standard 7+3",
    )
    start_day: int | None = day(
        "Day 1 of the course",
        "Everything in the course is counted from it.",
        tier="core",
        uses=("MST-3-04", "MST-5-10", "MST-5.2-05", "MST-5.2-06", "MST-5.2-07"),
        example="4",
    )
    end_day: int | None = day(
        "Last day of chemotherapy",
        "The gap to consolidation starts here.",
        uses=("MST-5.2-05",),
        example="10",
    )
    dose_adjusted: bool | None = item(
        "Doses reduced on purpose",
        "Adjusted doses are considered above 75 years.",
        uses=("MST-3-09",),
    )
    weight_kg: float | None = item(
        "Body weight at the course",
        "Cell and drug doses refer to it.",
        unit="kg",
        low=2,
        high=400,
        plausible=(30, 180),
        example="61",
    )
    bsa_m2: float | None = item(
        "Body surface area used",
        "Drug doses refer to it.",
        unit="m2",
        low=0.1,
        high=4,
        plausible=(1.1, 2.6),
        example="1.66",
    )
    trial_id: str | None = item(
        "Trial number",
        "Patients in trials follow the trial.",
        pattern=r"[A-Za-z0-9-]{3,40}",
        pattern_words="a registration number such as NCT01234567",
        uses=("MST-4-03", "MST-4.3-01", "MST-6-04", "MST-6-05"),
    )
    trial_arm: str | None = item(
        "Trial arm",
        "Tags randomised comparisons.",
        pattern=r"[A-Za-z0-9 .+-]{1,60}",
        pattern_words="letters and digits",
        uses=("MST-6-04",),
    )
    drug_list_complete: bool | None = item(
        "All antileukaemic drugs of the course are listed",
        "Only a complete list can show that a drug was not given.",
        tier="core",
        uses=("MST-2-05",),
        example="yes",
    )
    conmed_list_complete: bool | None = item(
        "All concomitant medication of the course is listed",
        "Only a complete list can show that a drug was not given.",
        tier="core",
        uses=("MST-2-06", "MST-2.3-06", "MST-2.4-01", "MST-2.4-04"),
        example="yes",
    )
    radiation_list_complete: bool | None = item(
        "All radiation around the course is listed",
        "Only a complete list can show that none was given.",
        tier="core",
        uses=("MST-2-04", "MST-2.4-02"),
        example="yes",
    )
    transfusion_list_complete: bool | None = item(
        "All transfusions of the course are listed",
        "Only a complete list can show that all were irradiated.",
        uses=("MST-2.3-02",),
    )
