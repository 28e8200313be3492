"""The complication form: GVHD with organ stages, CRS, infection, CMV and others."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import ChronicSeverity, CmvEvent, ComplicationType, GvhdTreatment


class Complication(CaseForm):
    """One row per episode. Organ stages of acute GVHD run 0 to 4, of chronic GVHD 0 to 3."""

    form: ClassVar[str] = "complication"
    title: ClassVar[str] = "Complication"

    kind: str = item(
        "Kind",
        "Each kind has its own questions.",
        codes=ComplicationType,
        key=True,
        uses=("MST-1-11", "MST-1-12", "MST-2.3-05", "MST-2.3-07", "MST-2.4-03", "MST-3-18"),
        example="infection",
    )
    onset_day: int = day(
        "Day of onset",
        "Assigned to the nearest earlier infusion.",
        key=True,
        uses=("MST-2.3-07",),
        example="18",
    )
    end_day: int | None = day(
        "Day it ended", "Leave empty and code unknown if it goes on.", example="27"
    )
    ctcae_grade: int | None = item(
        "CTCAE grade",
        "Severe means grade 3 or higher.",
        unit="grade",
        low=1,
        high=5,
        uses=("MST-1-11", "MST-3-18"),
        example="3",
    )
    agvhd_grade: int | None = item(
        "Acute GVHD, overall grade as the center judged it",
        "Severe means grade III or IV; write 3 or 4.",
        unit="grade",
        low=0,
        high=4,
        uses=("MST-1-12",),
    )
    agvhd_skin_stage: int | None = item(
        "Acute GVHD, skin stage",
        "Overall grade is derived from stages.",
        unit="stage",
        low=0,
        high=4,
        uses=("MST-1-12",),
    )
    agvhd_liver_stage: int | None = item(
        "Acute GVHD, liver stage",
        "Overall grade is derived from stages.",
        unit="stage",
        low=0,
        high=4,
        uses=("MST-1-12",),
    )
    agvhd_lower_gi_stage: int | None = item(
        "Acute GVHD, lower gut stage",
        "Overall grade is derived from stages.",
        unit="stage",
        low=0,
        high=4,
        uses=("MST-1-12",),
    )
    agvhd_upper_gi_stage: int | None = item(
        "Acute GVHD, upper gut stage",
        "Overall grade is derived from stages.",
        unit="stage",
        low=0,
        high=1,
        uses=("MST-1-12",),
    )
    cgvhd_severity: str | None = item(
        "Chronic GVHD, severity (NIH 2014)",
        "Severe chronic GVHD counts as severe.",
        codes=ChronicSeverity,
        uses=("MST-1-12",),
    )
    cgvhd_max_organ_stage: int | None = item(
        "Chronic GVHD, worst organ stage",
        "Severity is derived from stages.",
        unit="stage",
        low=0,
        high=3,
        uses=("MST-1-12",),
    )
    cgvhd_organs: int | None = item(
        "Chronic GVHD, organs involved",
        "Severity is derived from stages.",
        unit="organs",
        low=0,
        high=8,
        uses=("MST-1-12",),
    )
    cgvhd_lung_stage: int | None = item(
        "Chronic GVHD, lung stage",
        "The lung weighs more.",
        unit="stage",
        low=0,
        high=3,
        uses=("MST-1-12",),
    )
    crs_grade: int | None = item(
        "CRS grade (ASTCT)",
        "Severe means grade 3 or higher.",
        unit="grade",
        low=1,
        high=5,
        uses=("MST-1-12",),
    )
    cmv_event: str | None = item(
        "CMV event",
        "Viraemia and pneumonia are named in the paper.",
        codes=CmvEvent,
        uses=("MST-2.4-03",),
    )
    organism: str | None = item(
        "Organism",
        "Kind of infection.",
        pattern=r"[A-Za-z0-9 .()/-]{1,80}",
        pattern_words="the organism's name",
    )
    gvhd_considered: bool | None = item(
        "GVHD considered", "Triggers after infusion ask for it.", uses=("MST-2.3-07",)
    )
    suspicion_day: int | None = day(
        "Day GVHD was suspected", "Work-up follows promptly.", uses=("MST-2.3-08",)
    )
    workup_day: int | None = day(
        "First day of work-up", "Chimerism and other tests.", uses=("MST-2.3-08",)
    )
    biopsy_day: int | None = day("Day of biopsy", "Part of the work-up.", uses=("MST-2.3-08",))
    confirmation_day: int | None = day(
        "Day GVHD was confirmed", "Treatment follows at once.", uses=("MST-2.3-09",)
    )
    treatment_day: int | None = day(
        "First day of treatment", "Treatment follows at once.", uses=("MST-2.3-09",)
    )
    gvhd_treatment: str | None = item(
        "Treatment of GVHD",
        "Corticosteroids or other standard agents.",
        codes=GvhdTreatment,
        uses=("MST-2.3-09",),
    )
