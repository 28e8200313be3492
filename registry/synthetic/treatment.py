"""The course, drug, collection, aliquot and infusion forms."""

from __future__ import annotations

from registry.forms.codes import (
    CountMethod,
    Drug,
    GeneticResult,
    MobilisationAgent,
    ProductState,
    ProductType,
    Route,
)
from registry.synthetic.cells import Collection, Infusion, Supply
from registry.synthetic.chart import NOT_APPLICABLE, NOT_DONE, UNKNOWN, Chart, Person, bsa_m2
from registry.synthetic.donors import GCSF_DAYS
from registry.synthetic.draw import Draw
from registry.synthetic.regimens import Dose
from registry.synthetic.story import Course, Story

TRIALS = {"CN": "ChiCTR2100041234", "ES": "NCT04567890", "US": "NCT05678901", "IT": "NCT04567890"}
TARGETED = {
    "FLT3-ITD": (Drug.GILTERITINIB, 120.0), "FLT3-TKD": (Drug.MIDOSTAURIN, 50.0),
    "IDH1": (Drug.IVOSIDENIB, 500.0),
}  # fmt: skip


def clock(minute: int) -> str:
    return f"{minute % 1440 // 60:02d}:{minute % 60:02d}"


def write_courses(chart: Chart, patient: Person, story: Story, draw: Draw) -> None:
    lesions = [
        str(row["lesion"])
        for row in chart.rows.get("genetics", [])
        if row["result"] is GeneticResult.PRESENT and row["lesion"] in TARGETED
    ]
    targeted = bool(lesions) and patient.year >= 2019 and draw.chance(0.5)
    for course in story.courses:
        _write_course(chart, patient, course, draw)
        for dose in course.doses:
            _write_dose(chart, patient, course, dose, draw)
        if targeted:
            _write_targeted(chart, course, lesions[0], story)


def _write_course(chart: Chart, patient: Person, course: Course, draw: Draw) -> None:
    def listed() -> bool:
        return draw.chance(patient.practice.lists_complete)

    chart.add(
        "course", course_no=course.no, phase=course.phase, intent=course.intent,
        regimen=course.regimen, start_day=course.start, end_day=course.end_day,
        dose_adjusted=patient.age > 75 and draw.chance(0.7), weight_kg=course.weight_kg,
        bsa_m2=bsa_m2(patient.height_cm, course.weight_kg),
        trial_id=TRIALS[patient.practice.country] if course.in_trial else NOT_APPLICABLE,
        drug_list_complete=listed(), conmed_list_complete=listed(),
        radiation_list_complete=listed(), transfusion_list_complete=listed(),
    )  # fmt: skip


def _write_dose(chart: Chart, patient: Person, course: Course, dose: Dose, draw: Draw) -> None:
    timed = dose.end_minute is not None
    kept = draw.chance(patient.practice.times_recorded)
    end = (clock(dose.end_minute or 0) if kept else UNKNOWN) if timed else None
    per_m2 = dose.mg_per_m2
    if per_m2 is not None and patient.practice.rounds_doses:
        per_m2 = _rounded(per_m2, bsa_m2(patient.height_cm, course.weight_kg))
    chart.add(
        "drug", course_no=course.no, drug=dose.drug, first_day=dose.first, last_day=dose.last,
        last_dose_end_time=end, dose_mg_per_m2=per_m2, dose_mg=dose.mg,
        doses_per_day=dose.per_day, days_given=dose.days, route=dose.route,
    )  # fmt: skip


def _rounded(mg_per_m2: float, area_m2: float) -> float:
    """What a dose rounded to whole vials comes to per square metre."""
    step = 10 if mg_per_m2 >= 40 else 1
    return round(round(mg_per_m2 * area_m2 / step) * step / area_m2, 1)


def _write_targeted(chart: Chart, course: Course, lesion: str, story: Story) -> None:
    drug, mg = TARGETED[lesion]
    first = course.start + 7
    last = min(course.start + 20, story.last_day - 1)
    chart.add(
        "drug", course_no=course.no, drug=drug, first_day=first, last_day=last, dose_mg=mg,
        doses_per_day=2 if drug is Drug.MIDOSTAURIN else 1, days_given=last - first + 1,
        route=Route.ORAL,
    )  # fmt: skip


def write_cells(chart: Chart, patient: Person, cells: Supply, draw: Draw) -> None:
    for collection in cells.collections:
        _write_collection(chart, patient, collection, draw)
        _write_aliquots(chart, collection)
    for infusion in cells.infusions:
        _write_infusion(chart, patient, infusion, draw)


def _write_collection(chart: Chart, patient: Person, product: Collection, draw: Draw) -> None:
    counts: dict[str, object] = dict(_counts(product, draw))
    for column in patient.practice.uncounted:
        counts[column] = NOT_DONE
    chart.add(
        "collection", collection_id=product.collection_id, donor_id=product.donor_id,
        product_type=ProductType.PBSC, mobilisation_agent=MobilisationAgent.G_CSF,
        mobilisation_start_day=product.day - GCSF_DAYS + 1,
        gcsf_ug_per_kg_per_day=draw.among([5, 10, 10, 10]), gcsf_days=GCSF_DAYS,
        collection_day=product.day, collection_days=1,
        device=draw.among(["Spectra Optia", "Amicus", "COM.TEC"]),
        count_method=CountMethod.FLOW, mnc_e8=product.mnc, **counts,
    )  # fmt: skip


def _counts(product: Collection, draw: Draw) -> dict[str, float]:
    """Subsets of the product: CD4 and CD8 within CD3, all within the mononuclear cells."""
    cd3 = round(product.mnc * product.cd3_share, 1)
    cd4 = round(cd3 * draw.normal(0.57, 0.04, 0.45, 0.64, 3), 1)
    return {
        "cd34_e8": round(product.mnc * product.cd34_share, 3),
        "cd3_e8": cd3,
        "cd4_e8": cd4,
        "cd8_e8": round((cd3 - cd4) * draw.normal(0.84, 0.04, 0.7, 0.95, 3), 1),
        "nk_e8": round(product.mnc * draw.normal(0.06, 0.015, 0.02, 0.12, 3), 1),
        "nkt_e8": round(cd3 * draw.normal(0.05, 0.015, 0.01, 0.1, 3), 1),
        "gdt_e8": round(cd3 * draw.normal(0.04, 0.012, 0.01, 0.09, 3), 1),
    }


def _write_aliquots(chart: Chart, product: Collection) -> None:
    for part in product.aliquots:
        frozen = part.state is ProductState.FROZEN
        chart.add(
            "aliquot", aliquot_id=part.aliquot_id, collection_id=product.collection_id,
            state=part.state, freeze_day=product.day if frozen else None, thaw_day=part.thaw_day,
            viability_pct=part.viability if part.thaw_day or not frozen else None,
            mnc_e8=part.mnc, cd3_e8=part.cd3, cd34_e8=part.cd34,
        )  # fmt: skip


def _write_infusion(chart: Chart, patient: Person, given: Infusion, draw: Draw) -> None:
    timed = draw.chance(patient.practice.times_recorded)
    cd3 = given.per_kg(given.aliquot.cd3)
    chart.add(
        "infusion", infusion_no=given.no, course_no=given.course.no, donor_id=given.donor_id,
        aliquot_id=given.aliquot.aliquot_id, infusion_day=given.day,
        infusion_start_time=clock(given.minute) if timed else UNKNOWN,
        delay_reason=given.delay_reason, mnc_e8_per_kg=given.per_kg(given.aliquot.mnc),
        cd3_e8_per_kg=NOT_DONE if draw.chance(0.02) else cd3,
        cd34_e6_per_kg=given.per_kg(given.aliquot.cd34 * 100), dose_state=given.dose_state,
        weight_kg=given.weight_kg, weight_basis=given.weight_basis,
    )  # fmt: skip
