"""The complication, concomitant medication and radiation forms."""

from __future__ import annotations

from registry.forms.codes import (
    ChronicSeverity,
    ComplicationType,
    ConmedClass,
    GvhdTreatment,
    Indication,
    RadiationType,
    Route,
)
from registry.synthetic.cells import Infusion, Supply
from registry.synthetic.chart import Chart, Person
from registry.synthetic.counts import Recovery
from registry.synthetic.draw import Draw
from registry.synthetic.story import Course, Story

ORGANISMS = (
    "Escherichia coli", "Klebsiella pneumoniae", "Staphylococcus epidermidis", "Aspergillus",
    "Candida albicans", "Pseudomonas aeruginosa",
)  # fmt: skip


def write_complications(
    chart: Chart, patient: Person, story: Story, cells: Supply, draw: Draw
) -> None:
    for course in story.courses:
        given = next((i for i in cells.infusions if i.course.no == course.no), None)
        _neutropenic(chart, course, given, draw)
    if cells.infusions:
        _write_gvhd(chart, patient, cells.infusions[-1], draw)
        if draw.chance(0.05):
            _write_crs(chart, cells.infusions[0], draw)


def _neutropenic(chart: Chart, course: Course, given: Infusion | None, draw: Draw) -> None:
    """Fever, infection, bleeding in the weeks without neutrophils."""
    onset = course.end_day + draw.whole(4, 9)
    considered = draw.chance(0.8) if given and 5 <= onset - given.day <= 30 else None
    if draw.chance(0.42):
        chart.add(
            "complication", kind=ComplicationType.FEVER, onset_day=onset, end_day=onset + draw.whole(2, 6),
            ctcae_grade=draw.weighted({1: 5, 2: 4, 3: 1}), gvhd_considered=considered,
        )  # fmt: skip
    if draw.chance(0.28):
        chart.add(
            "complication", kind=ComplicationType.INFECTION, onset_day=onset + 1,
            end_day=onset + draw.whole(7, 18), ctcae_grade=draw.weighted({2: 4, 3: 5, 4: 1}),
            organism=draw.among(ORGANISMS) if draw.chance(0.5) else None,
        )  # fmt: skip
    if draw.chance(0.06):
        chart.add(
            "complication", kind=ComplicationType.BLEEDING, onset_day=onset,
            end_day=onset + draw.whole(1, 5), ctcae_grade=draw.whole(1, 3),
        )  # fmt: skip
    if draw.chance(0.07):
        kind = draw.among(
            [ComplicationType.RASH, ComplicationType.DIARRHOEA, ComplicationType.LIVER]
        )
        chart.add(
            "complication", kind=kind, onset_day=onset + 3, end_day=onset + draw.whole(6, 10),
            ctcae_grade=draw.whole(1, 2), gvhd_considered=considered,
        )  # fmt: skip


def _write_gvhd(chart: Chart, patient: Person, given: Infusion, draw: Draw) -> None:
    onset = given.day + draw.whole(12, 24)
    if patient.rare in ("severe GVHD", "mild GVHD"):
        _acute(chart, onset, draw, severe=patient.rare == "severe GVHD")
    elif patient.rare == "chronic GVHD":
        chart.add(
            "complication", kind=ComplicationType.CHRONIC_GVHD, onset_day=given.day + 100,
            end_day=given.day + 290, cgvhd_severity=ChronicSeverity.MILD, cgvhd_max_organ_stage=1,
            cgvhd_organs=1, cgvhd_lung_stage=0, gvhd_treatment=GvhdTreatment.TOPICAL,
            treatment_day=given.day + 102,
        )  # fmt: skip
    elif draw.chance(0.03):
        chart.add(
            "complication", kind=ComplicationType.GVHD_SUSPECTED, onset_day=onset, end_day=onset + 9,
            gvhd_considered=True, suspicion_day=onset, workup_day=onset + draw.whole(0, 5),
        )  # fmt: skip


def _acute(chart: Chart, onset: int, draw: Draw, *, severe: bool) -> None:
    """Grades after MAGIC: liver or lower gut stage 2 is grade III, skin stage 1 to 2 alone grade I."""
    stages = (3, 2, 2, 0) if severe else (draw.whole(1, 2), 0, 0, 0)
    skin, liver, lower, upper = stages
    chart.add(
        "complication", kind=ComplicationType.ACUTE_GVHD, onset_day=onset,
        end_day=onset + (45 if severe else 14), agvhd_grade=3 if severe else 1,
        agvhd_skin_stage=skin, agvhd_liver_stage=liver, agvhd_lower_gi_stage=lower,
        agvhd_upper_gi_stage=upper, gvhd_considered=True, suspicion_day=onset,
        workup_day=onset + 1, biopsy_day=onset + 2, confirmation_day=onset + 3,
        treatment_day=onset + 3,
        gvhd_treatment=GvhdTreatment.SYSTEMIC_STEROID if severe else GvhdTreatment.TOPICAL,
    )  # fmt: skip
    if severe:
        _medication(
            chart, "methylprednisolone", onset + 3, onset + 40, ConmedClass.CORTICOSTEROID,
            Indication.GVHD_TREATMENT, Route.IV, 120,
        )  # fmt: skip


def _write_crs(chart: Chart, given: Infusion, draw: Draw) -> None:
    chart.add(
        "complication", kind=ComplicationType.CRS, onset_day=given.day + 1, end_day=given.day + 4,
        crs_grade=draw.whole(1, 2),
    )  # fmt: skip


def _medication(
    chart: Chart, name: str, first: int, last: int, drug_class: ConmedClass, why: Indication,
    route: Route = Route.ORAL, mg: float | None = None,
) -> None:  # fmt: skip
    kept = any(
        row["drug_name"] == name and row["first_day"] == first
        for row in chart.rows.get("conmed", [])
    )
    if not kept:
        chart.add(
            "conmed", drug_name=name, first_day=first, last_day=max(first, last),
            drug_class=drug_class, indication=why, route=route, dose_mg_per_day=mg,
        )  # fmt: skip


def write_medication(
    chart: Chart,
    patient: Person,
    story: Story,
    cells: Supply,
    recovered: list[Recovery],
    draw: Draw,
) -> None:
    prophylaxis = draw.chance(patient.practice.gvhd_prophylaxis)
    against_cmv = draw.chance(patient.practice.cmv_prophylaxis)
    for recovery in recovered:
        course = recovery.course
        _support(chart, story, recovery, draw)
        given = next((i for i in cells.infusions if i.course.no == course.no), None)
        if given is not None:
            _around_infusion(chart, patient, given, recovery, draw, prophylaxis, against_cmv)
    _write_chronic(chart, draw)


def _support(chart: Chart, story: Story, recovery: Recovery, draw: Draw) -> None:
    course, end = recovery.course, recovery.neutrophil_day or recovery.until
    if story.azole:
        _medication(
            chart, "posaconazole", course.start, end, ConmedClass.CYP3A_INHIBITOR_STRONG,
            Indication.INFECTION_PROPHYLAXIS, Route.ORAL, 300,
        )  # fmt: skip
    elif draw.chance(0.7):
        _medication(
            chart, "caspofungin", course.start + 4, end, ConmedClass.ANTIFUNGAL,
            Indication.INFECTION_PROPHYLAXIS, Route.IV, 50,
        )  # fmt: skip
    if draw.chance(0.6):
        _medication(
            chart, "levofloxacin", course.start + 3, end, ConmedClass.ANTIBACTERIAL,
            Indication.INFECTION_PROPHYLAXIS, Route.ORAL, 500,
        )  # fmt: skip
    if draw.chance(0.75) and end > course.end_day + 4:
        _medication(
            chart, "filgrastim", course.end_day + 4, end, ConmedClass.G_CSF, Indication.NEUTROPENIA,
            Route.SC, 0.3,
        )  # fmt: skip


def _around_infusion(
    chart: Chart, patient: Person, given: Infusion, recovery: Recovery, draw: Draw,
    prophylaxis: bool, against_cmv: bool,
) -> None:  # fmt: skip
    if draw.chance(patient.practice.premedication):
        _medication(
            chart, "dexamethasone", given.day, given.day, ConmedClass.CORTICOSTEROID,
            Indication.ANTIEMESIS_PREMEDICATION, Route.IV, 5,
        )  # fmt: skip
    if prophylaxis:
        _medication(
            chart, "ciclosporin", given.day - 1, given.day + 28, ConmedClass.CALCINEURIN_INHIBITOR,
            Indication.GVHD_PROPHYLAXIS, Route.ORAL, 150,
        )  # fmt: skip
    if against_cmv:
        _medication(
            chart, "letermovir", given.day + 1, given.day + 40, ConmedClass.ANTIVIRAL_CMV,
            Indication.INFECTION_PROPHYLAXIS, Route.ORAL, 480,
        )  # fmt: skip


def _write_chronic(chart: Chart, draw: Draw) -> None:
    kinds = {row["kind"]: row for row in chart.rows.get("comorbidity", [])}
    if draw.chance(0.3):
        _medication(
            chart, "amlodipine", -400, chart.last_day, ConmedClass.OTHER,
            Indication.CONCOMITANT_DISEASE, Route.ORAL, 5,
        )  # fmt: skip
    if kinds.get("diabetes", {}).get("on_medication") is True:
        _medication(
            chart, "metformin", -900, chart.last_day, ConmedClass.OTHER,
            Indication.CONCOMITANT_DISEASE, Route.ORAL, 1500,
        )  # fmt: skip
    if kinds.get("autoimmune disease", {}).get("needs_immunosuppression") is True:
        _medication(
            chart, "prednisolone", -700, chart.last_day, ConmedClass.CORTICOSTEROID,
            Indication.CONCOMITANT_DISEASE, Route.ORAL, 10,
        )  # fmt: skip
        chart.rows["conmed"][-1]["interruptible"] = False


def write_radiation(chart: Chart, story: Story, cells: Supply, draw: Draw) -> None:
    """Rare: local radiation for pain; once in a while what the consensus avoids."""
    course = story.courses[-1]
    if draw.chance(0.02):
        _radiate(chart, course.start - 2, RadiationType.LOCAL, 20)
    if cells.infusions and draw.chance(0.006):
        _radiate(chart, cells.infusions[0].day - 1, RadiationType.TOTAL_BODY, 2)


def _radiate(chart: Chart, day: int, kind: RadiationType, dose: float) -> None:
    chart.add("radiation", radiation_day=day, radiation_type=kind, dose_gy=dose)
