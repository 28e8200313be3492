"""The drug form: drugs of a course, one block of equal days a row."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, clock, day, item
from registry.forms.codes import Drug, Route


class DrugAdministration(CaseForm):
    """One row per drug and block of days with the same dose."""

    form: ClassVar[str] = "drug"
    title: ClassVar[str] = "Drug administration"

    course_no: int = item(
        "Course",
        "The course the drug belongs to.",
        key=True,
        refers_to="course",
        low=1,
        high=60,
        example="1",
    )
    drug: str = item(
        "Drug",
        "Regimens are recognised by drug, dose and days.",
        codes=Drug,
        key=True,
        uses=(
            "MST-2-03",
            "MST-2-05",
            "MST-2-06",
            "MST-2.4-05",
            "MST-2.4-06",
            "MST-2.4-07",
            "MST-4.1-00",
            "MST-4.2-00",
            "MST-6-05",
        ),
        example="cytarabine",
    )
    first_day: int = day(
        "First day",
        "Blocks of different dose stand in rows of their own.",
        key=True,
        uses=(
            "MST-4.1-01",
            "MST-4.1-02",
            "MST-4.1-03",
            "MST-4.2-01",
            "MST-4.2-02",
            "MST-5.1-01",
            "MST-5.1-02",
            "MST-5.2-01",
            "MST-5.2-02",
        ),
        example="4",
    )
    last_day: int | None = day(
        "Last day",
        "The clock of the infusion starts at the end of the last dose.",
        tier="core",
        uses=("MST-2.2-04", "MST-4.3-02", "MST-4.3-04", "MST-5.2-03"),
        example="10",
    )
    last_dose_end_time: str | None = clock(
        "Time the last dose ended",
        "Without it the hours to infusion are only known to a day.",
        tier="core",
        uses=("MST-2.2-04", "MST-4.3-02", "MST-5.2-03"),
        example="18:00",
    )
    dose_mg_per_m2: float | None = item(
        "Dose given per square metre, each dose",
        "As given, not as planned.",
        unit="mg/m2",
        low=0,
        high=20000,
        tier="core",
        uses=("MST-4.1-00", "MST-4.2-00", "MST-5.1-01"),
        example="100",
    )
    dose_mg: float | None = item(
        "Dose given, each dose",
        "For drugs not dosed per square metre.",
        unit="mg",
        low=0,
        high=100000,
        uses=("MST-4.1-02",),
    )
    doses_per_day: int | None = item(
        "Doses a day",
        "Intermediate-dose cytarabine is given twice a day.",
        unit="doses/day",
        low=1,
        high=24,
        uses=("MST-5.1-01",),
        example="1",
    )
    days_given: int | None = item(
        "Days with a dose in this block",
        "Shows skipped days.",
        unit="days",
        low=1,
        high=400,
        uses=("MST-4.1-01",),
        example="7",
    )
    route: str | None = item(
        "Route",
        "The lists name IV or oral.",
        codes=Route,
        uses=("MST-4.1-01", "MST-4.1-02"),
        example="IV",
    )
