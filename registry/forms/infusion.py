"""The infusion form: donor cells given within a course."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, clock, day, item
from registry.forms.codes import DelayReason, DoseState, WeightBasis


class Infusion(CaseForm):
    """One row per infusion of donor cells. Doses are as infused, in 1e8 cells per kg."""

    form: ClassVar[str] = "infusion"
    title: ClassVar[str] = "Infusion"

    infusion_no: int = item(
        "Infusion number, counted from 1",
        "Orders the infusions.",
        key=True,
        low=1,
        high=60,
        example="1",
    )
    course_no: int | None = item(
        "Course",
        "An infusion belongs to a course.",
        refers_to="course",
        low=1,
        high=60,
        tier="core",
        uses=("MST-2-01",),
        example="1",
    )
    donor_id: str | None = item(
        "Donor",
        "Whose cells were given.",
        refers_to="donor",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a donor id of this case",
        tier="core",
        uses=("MST-2-01", "MST-2.2-10"),
        example="D1",
    )
    aliquot_id: str | None = item(
        "Aliquot",
        "Which part of which collection was given.",
        refers_to="aliquot",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="an aliquot id of this case",
        tier="core",
        example="COL1-A",
    )
    infusion_day: int | None = day(
        "Day of infusion",
        "Timing is the heart of the protocol.",
        tier="core",
        uses=("MST-2.2-04", "MST-2.3-07", "MST-4.3-02", "MST-5.2-03"),
        example="12",
    )
    infusion_start_time: str | None = clock(
        "Time the infusion started",
        "Without it the hours to infusion are only known to a day.",
        tier="core",
        uses=("MST-2.2-04", "MST-4.3-02", "MST-5.2-03"),
        example="10:30",
    )
    delay_reason: str | None = item(
        "Reason for a late infusion",
        "A late infusion needs one.",
        codes=DelayReason,
        uses=("MST-2.2-05", "MST-4.3-03", "MST-5.2-04"),
    )
    mnc_e8_per_kg: float | None = item(
        "Mononuclear cells infused",
        "Recommended 2.5 +/- 25 %.",
        unit="1e8/kg",
        low=0,
        high=50,
        plausible=(0.2, 8),
        tier="core",
        uses=("MST-2.2-06", "MST-2.2-08"),
        example="2.5",
    )
    cd3_e8_per_kg: float | None = item(
        "CD3+ cells infused",
        "Recommended 1 +/- 25 %.",
        unit="1e8/kg",
        low=0,
        high=30,
        plausible=(0.05, 5),
        tier="core",
        uses=("MST-2.2-07", "MST-2.2-08"),
        example="1.0",
    )
    cd34_e6_per_kg: float | None = item(
        "CD34+ cells infused",
        "Counted, never judged.",
        unit="1e6/kg",
        low=0,
        high=100,
        plausible=(0.05, 20),
        uses=("MST-2-14",),
        example="1.8",
    )
    dose_state: str | None = item(
        "State the counts refer to",
        "Fresh and thawed doses differ.",
        codes=DoseState,
        uses=("MST-2.2-06", "MST-2.2-09"),
        example="fresh",
    )
    weight_kg: float | None = item(
        "Weight the dose refers to",
        "Turns totals into doses per kg.",
        unit="kg",
        low=2,
        high=400,
        plausible=(30, 180),
        uses=("MST-2.2-06", "MST-2.2-07"),
        example="61.5",
    )
    weight_basis: str | None = item(
        "Weight basis",
        "The paper does not say which weight.",
        codes=WeightBasis,
        uses=("MST-2.2-06",),
        example="actual",
    )
