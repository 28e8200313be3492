"""Blood counts from the start of a course to recovery, and the transfusions in between."""

from __future__ import annotations

from dataclasses import dataclass

from registry.forms.codes import BloodProduct, Regimen, Response
from registry.synthetic.chart import UNKNOWN, Chart, Person
from registry.synthetic.draw import Draw
from registry.synthetic.story import REMISSIONS, Course, Story

# median days from the end of chemotherapy: with and without donor cells (Guo 2011)
NEUTROPHILS = {True: 11.5, False: 16.0}
PLATELETS = {True: 14.2, False: 20.0}
LOWEST_NEUTROPHILS, RECOVERED_NEUTROPHILS, RECOVERED_PLATELETS = 0.02, 0.5, 20.0


@dataclass(frozen=True)
class Recovery:
    """Day on which neutrophils reach 0.5 and platelets 20; None if the marrow does not recover."""

    course: Course
    neutrophil_day: int | None
    platelet_day: int | None
    until: int


def recoveries(patient: Person, story: Story, draw: Draw) -> list[Recovery]:
    starts = [c.start for c in story.courses[1:]] + [story.last_day + 1]
    return [
        _recovery(patient, story, course, following, draw)
        for course, following in zip(story.courses, starts, strict=True)
    ]


def _recovery(
    patient: Person, story: Story, course: Course, following: int, draw: Draw
) -> Recovery:
    until = min(following - 1, story.last_day, course.end_day + 45)
    responses = {a.response for a in story.assessments if a.after_course == course.no}
    failed = bool(responses) and not responses & REMISSIONS and draw.chance(0.35)
    slow = 1.0 + 0.12 * (course.regimen in (Regimen.VEN_HMA, Regimen.CPX_351))
    slow += 0.04 * (patient.age >= 75)
    anc = course.end_day + round(draw.around(NEUTROPHILS[course.is_mst] * slow, 0.2))
    plt = course.end_day + round(draw.around(PLATELETS[course.is_mst] * slow, 0.2))
    remission = min(
        (a.day for a in story.assessments if a.after_course == course.no), default=until
    )
    anc, plt = min(anc, remission - 8), min(plt, remission - 10)
    return Recovery(
        course,
        None if failed or anc > until else anc,
        None if failed or plt > until else plt,
        until,
    )


def write_counts(chart: Chart, patient: Person, story: Story, draw: Draw) -> list[Recovery]:
    found = recoveries(patient, story, draw)
    taken: set[int] = set()
    assessed = {a.day: a.response for a in story.assessments}
    for recovery in found:
        for day in _days(recovery, sorted(assessed)):
            if day not in taken:
                taken.add(day)
                _write_count(chart, recovery, day, assessed.get(day), draw)
        _write_transfusions(chart, patient, recovery, draw)
    return found


def _days(recovery: Recovery, assessed: list[int]) -> list[int]:
    """First day, every third day of treatment, then denser up to a few days past recovery."""
    course, until = recovery.course, recovery.until
    known = [d for d in (recovery.neutrophil_day, recovery.platelet_day) if d is not None]
    last = min(max(known) + 3, until) if known else min(course.end_day + 26, until)
    days = {course.start, *range(course.start, course.end_day + 1, 3)}
    days |= {*range(course.end_day + 2, min(course.end_day + 7, last), 2)}
    days |= {*range(course.end_day + 7, last + 1)} | {
        d for d in assessed if course.start < d <= until
    }
    return sorted(d for d in days if d <= until)


def _write_count(
    chart: Chart, recovery: Recovery, day: int, response: Response | None, draw: Draw
) -> None:
    anc, platelets = _values(recovery, day, response, draw)
    chemistry = response is not None or day % 4 == 0
    chart.add(
        "blood_count", sample_day=day, anc_e9_per_l=anc, platelets_e9_per_l=platelets,
        haemoglobin_g_per_l=draw.normal(84, 9, 58, 135, 0),
        wbc_e9_per_l=round(anc + 0.2 + draw.unit() * 0.9, 2),
        alt_u_per_l=draw.normal(32, 12, 8, 95, 0) if chemistry else None,
        ast_u_per_l=draw.normal(28, 10, 8, 85, 0) if chemistry else None,
        ldh_u_per_l=draw.normal(230, 60, 110, 520, 0) if chemistry else None,
        bilirubin_mg_per_dl=draw.normal(0.8, 0.25, 0.2, 1.9) if chemistry else None,
        temperature_max_c=draw.normal(37.2, 0.5, 36.0, 38.4) if chemistry else None,
        cmv_tested=True if chemistry and recovery.course.is_mst and day % 8 == 0 else None,
        cmv_dna_copies_per_ml=0 if chemistry and recovery.course.is_mst and day % 8 == 0 else None,
    )  # fmt: skip


def _values(
    recovery: Recovery, day: int, response: Response | None, draw: Draw
) -> tuple[float, float]:
    """Falling to the end of chemotherapy, flat until recovery, then rising."""
    if response is not None:
        return ASSESSED.get(response, (0.6, 40.0))[0] + round(draw.unit(), 2), float(
            ASSESSED.get(response, (0.6, 40.0))[1] + draw.whole(0, 9)
        )
    course = recovery.course
    if day <= course.end_day:
        left = (course.end_day + 1 - day) / (course.end_day + 1 - course.start)
        high, many = (1.2, 45) if course.no == 1 else (2.6, 140)
        return round(max(high * left, 0.05), 2), float(int(max(many * left, 16)))
    return _after(recovery.neutrophil_day, day, draw, 0.5, 0.28), _after(
        recovery.platelet_day, day, draw, 20.0, 11.0
    )


ASSESSED = {
    Response.CR: (1.4, 112.0), Response.CRH: (0.52, 56.0), Response.CRI: (1.2, 36.0),
    Response.RELAPSE: (0.9, 60.0),
}  # fmt: skip


def _after(recovered: int | None, day: int, draw: Draw, threshold: float, rise: float) -> float:
    """Below the threshold before the day of recovery, at or above it from then on."""
    digits = 2 if threshold < 1 else 0
    if recovered is None or day < recovered:
        return round(threshold * (0.1 + 0.75 * draw.unit()), digits)
    return round(threshold + rise * (day - recovered) * (0.8 + 0.4 * draw.unit()), digits)


def _write_transfusions(chart: Chart, patient: Person, recovery: Recovery, draw: Draw) -> None:
    """Platelets only up to a week before recovery, so that the recovery counts."""
    course = recovery.course
    platelets_end = (recovery.platelet_day or recovery.until) - 8
    red_end = min(course.end_day + 14, recovery.until)
    for product, first, last, step in (
        (BloodProduct.PLATELETS, course.start + 3, platelets_end, 3),
        (BloodProduct.RED_CELLS, course.start + 2, red_end, 6),
    ):
        for day in range(first, last + 1, step):
            if draw.chance(0.75):
                _transfuse(chart, patient, product, day, draw)


def _transfuse(chart: Chart, patient: Person, product: BloodProduct, day: int, draw: Draw) -> None:
    irradiated = draw.chance(patient.practice.irradiates)
    chart.add(
        "transfusion", transfusion_day=day, product=product,
        irradiated=UNKNOWN if draw.chance(0.01) else irradiated,
        units=draw.whole(1, 2),
    )  # fmt: skip
