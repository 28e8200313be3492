"""The course of the disease: inductions, remission, consolidations, relapse, death, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from registry.forms.codes import (
    CourseIntent,
    CoursePhase,
    DeathCause,
    FitnessClass,
    Regimen,
    Response,
    VitalStatus,
)
from registry.synthetic.chart import Person
from registry.synthetic.draw import Draw
from registry.synthetic.fate import NEVER, Fate, cause_of_death
from registry.synthetic.regimens import Dose, doses_of

# no relapse, death or loss falls into the days of a course and its infusion
QUIET_DAYS = 24
REMISSIONS = frozenset({Response.CR, Response.CRH, Response.CRI})
INTENSIVE = (Regimen.STANDARD_7_3, Regimen.REDUCED_7_3, Regimen.CPX_351)


@dataclass(frozen=True)
class Course:
    no: int
    phase: CoursePhase
    intent: CourseIntent
    regimen: Regimen
    start: int
    doses: tuple[Dose, ...]
    is_mst: bool
    weight_kg: float
    in_trial: bool = False

    @property
    def end_day(self) -> int:
        """Last day of the drugs that stop the clock of the infusion."""
        return max(d.last for d in self.doses if d.end_minute is not None)


@dataclass(frozen=True)
class Assessment:
    day: int
    after_course: int
    response: Response


@dataclass
class Story:
    """What happened, in days since diagnosis."""

    fitness: FitnessClass
    refitness: FitnessClass
    azole: bool
    courses: list[Course] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    remission_day: int | None = None
    relapse_day: int | None = None
    allo_day: int | None = None
    last_day: int = 0
    status: VitalStatus = VitalStatus.ALIVE
    cause: DeathCause | None = None

    @property
    def had_mst(self) -> bool:
        return any(c.is_mst for c in self.courses)


def tell(patient: Person, fate: Fate, fitness: FitnessClass, draw: Draw) -> Story:
    better = fitness is FitnessClass.UNFIT and patient.age <= 75 and draw.chance(0.35)
    azole = draw.chance(0.3)
    story = Story(fitness, FitnessClass.FIT if better else fitness, azole)
    _first_induction(story, patient, draw)
    if patient.kind == "early death":
        _early_death(story, patient, fate, draw)
    elif patient.kind == "refractory":
        _failure(story, patient, fate, draw)
    else:
        _remission(story, patient, fate, draw)
    return story


def _add(
    story: Story, patient: Person, phase: CoursePhase, regimen: Regimen, start: int, draw: Draw,
    *, mst: float, ends_by: int, like: Course | None = None,
) -> Course:  # fmt: skip
    consolidation = phase is CoursePhase.CONSOLIDATION
    seen = any(c.regimen is Regimen.VEN_HMA for c in story.courses)
    doses = doses_of(
        regimen, draw, start, ramp=not seen or draw.chance(0.5), azole=story.azole,
        consolidation=consolidation,
    )  # fmt: skip
    if like is not None:
        doses = tuple(dose.moved(start - like.start) for dose in like.doses)
    cut = tuple(kept for dose in doses if (kept := dose.cut(ends_by)) is not None)
    frail = story.fitness is FitnessClass.FRAIL
    weight = round(patient.weight_kg * (0.97 + 0.05 * draw.unit()) - 0.4 * len(story.courses), 1)
    course = Course(
        no=len(story.courses) + 1, phase=phase, intent=CourseIntent.ANTILEUKAEMIC, regimen=regimen,
        start=start, doses=cut, is_mst=draw.chance(mst), weight_kg=weight,
        in_trial=frail or draw.chance(0.04),
    )  # fmt: skip
    story.courses.append(course)
    return course


def _first_induction(story: Story, patient: Person, draw: Draw) -> None:
    regimen = _induction_regimen(story.fitness, patient, draw)
    start = draw.whole(2, 9) if draw.chance(0.93) else draw.whole(10, 21)
    _add(story, patient, CoursePhase.INDUCTION, regimen, start, draw, mst=0.97, ends_by=start + 27)


def _induction_regimen(fitness: FitnessClass, patient: Person, draw: Draw) -> Regimen:
    """The lists of the consensus, with a share of deviations. No venetoclax before 2018."""
    new = patient.practice.venetoclax if patient.year >= 2018 else 0.0
    if fitness is FitnessClass.FIT:
        return draw.weighted(
            {
                Regimen.STANDARD_7_3: 0.75 - new / 2, Regimen.VEN_HMA: new / 2,
                Regimen.CPX_351: new / 6, Regimen.REDUCED_7_3: 0.15,
            }
        )  # fmt: skip
    if fitness is FitnessClass.UNFIT:
        return draw.weighted(
            {
                Regimen.REDUCED_7_3: 1.0 - new, Regimen.VEN_HMA: new + 0.05 * (new > 0),
                Regimen.STANDARD_7_3: 0.08,
            }
        )  # fmt: skip
    return draw.weighted(
        {Regimen.VEN_HMA: new + 0.001, Regimen.HMA_ALONE: 0.35, Regimen.REDUCED_7_3: 0.08}
    )


def _assessed(story: Story, response: Response, draw: Draw) -> Assessment:
    course = story.courses[-1]
    slow = 6 if course.regimen is Regimen.CPX_351 else 0
    found = Assessment(course.start + draw.whole(28, 36) + slow, course.no, response)
    story.assessments.append(found)
    return found


def _second_induction(story: Story, patient: Person, draw: Draw) -> None:
    first, previous = story.courses[0], story.assessments[-1]
    same = draw.chance(patient.practice.same_second_induction)
    other = Regimen.REDUCED_7_3 if first.regimen is Regimen.VEN_HMA else Regimen.VEN_HMA
    other = other if patient.year >= 2018 else Regimen.HMA_ALONE
    start = previous.day + draw.whole(3, 10)
    _add(
        story, patient, CoursePhase.INDUCTION, first.regimen if same else other, start, draw,
        mst=0.9 if same else 0.7, ends_by=start + 27, like=first if same else None,
    )  # fmt: skip


def _no_response(draw: Draw) -> Response:
    return draw.weighted({Response.PR: 4.0, Response.NO_RESPONSE: 4.0, Response.MLFS: 1.0})


def _ends(story: Story, patient: Person, draw: Draw, day: int, *, in_remission: bool) -> None:
    story.last_day, story.status = day, VitalStatus.DEAD
    story.cause = cause_of_death(patient, draw, in_remission=in_remission)


def _early_death(story: Story, patient: Person, fate: Fate, draw: Draw) -> None:
    course = story.courses[0]
    day = course.start + fate.early_death_after_start
    story.courses[0] = _stopped(course, day)
    _ends(story, patient, draw, day, in_remission=False)
    if draw.chance(0.5):
        story.assessments.append(Assessment(day - 1, 1, Response.NOT_EVALUABLE))


def _stopped(course: Course, day: int) -> Course:
    kept = tuple(d for dose in course.doses if (d := dose.cut(day - 1)) is not None)
    return Course(**{**course.__dict__, "doses": kept})


def _failure(story: Story, patient: Person, fate: Fate, draw: Draw) -> None:
    _assessed(story, _no_response(draw), draw)
    if draw.chance(0.8):
        _second_induction(story, patient, draw)
        _assessed(story, _no_response(draw), draw)
    failed = story.assessments[-1].day
    death = failed + fate.death_after_failure
    if fate.death_after_failure > 60 and draw.chance(0.4):
        _salvage(story, patient, failed, draw)
    if death > patient.censor_day:
        story.last_day = patient.censor_day
    else:
        _ends(story, patient, draw, death, in_remission=False)


def _salvage(story: Story, patient: Person, failed: int, draw: Draw) -> None:
    start = failed + draw.whole(5, 12)
    _add(
        story, patient, CoursePhase.SALVAGE, Regimen.OTHER, start, draw, mst=0.2, ends_by=start + 10
    )
    _assessed(story, draw.among([Response.PR, Response.NO_RESPONSE]), draw)


def _remission(story: Story, patient: Person, fate: Fate, draw: Draw) -> None:
    response = Response.CR if patient.kind == "CR" else draw.among([Response.CRI, Response.CRH])
    if response is Response.CR and draw.chance(0.2):
        _assessed(story, _no_response(draw), draw)
        _second_induction(story, patient, draw)
    story.remission_day = _assessed(story, response, draw).day
    relapse, death, seen = _times(story.remission_day, patient, fate)
    event = min(relapse, death, seen)
    _consolidate(story, patient, response, event, draw)
    if relapse < min(death, seen):
        _relapse(story, patient, fate, relapse, seen, draw)
    elif death <= seen:
        _ends(story, patient, draw, death, in_remission=True)
    else:
        story.last_day = seen
        lost = seen == fate.lost_day
        story.status = VitalStatus.LOST if lost else VitalStatus.ALIVE


def _times(remission: int, patient: Person, fate: Fate) -> tuple[int, int, int]:
    death = remission + fate.death_in_remission_after
    if patient.rare == "severe GVHD":
        death = max(death, remission + 150)
    seen = min(patient.censor_day, fate.lost_day)
    return remission + fate.relapse_after, death, max(seen, remission + QUIET_DAYS)


def _consolidation_regimen(story: Story, patient: Person, draw: Draw) -> Regimen:
    first = story.courses[0].regimen
    if first is Regimen.VEN_HMA and draw.chance(0.75):
        return Regimen.VEN_HMA
    if first is Regimen.HMA_ALONE and draw.chance(0.7):
        return Regimen.HMA_ALONE
    if first is Regimen.CPX_351 and draw.chance(0.5):
        return Regimen.CPX_351
    return draw.weighted(
        {
            Regimen.INTERMEDIATE_CYTARABINE: 0.8, Regimen.STANDARD_7_3: 0.1,
            Regimen.REDUCED_7_3: 0.07, Regimen.HIGH_DOSE_CYTARABINE: 0.03,
        }
    )  # fmt: skip


def _consolidate(story: Story, patient: Person, response: Response, event: int, draw: Draw) -> None:
    """As many courses as planned, unless relapse, death or transplant comes first."""
    regimen = _consolidation_regimen(story, patient, draw)
    monthly = regimen in (Regimen.VEN_HMA, Regimen.HMA_ALONE)
    weights = {3: 1.0, 5: 2.0, 7: 2.0, 9: 1.5} if monthly else {0: 3, 1: 8, 2: 30, 3: 38, 4: 21}
    story.allo_day = _transplant(story, patient, event, draw)
    horizon = min(event, story.allo_day or NEVER)
    assert story.remission_day is not None
    start = max(story.remission_day + 2, story.courses[-1].end_day + draw.whole(25, 47))
    for _ in range(draw.weighted(weights)):
        if start + QUIET_DAYS >= horizon:
            return
        following = start + (
            draw.whole(28, 40) if monthly else draw.whole(*patient.practice.interval)
        )
        _add(
            story, patient, CoursePhase.CONSOLIDATION, regimen, start, draw,
            mst=patient.practice.mst_each_course, ends_by=min(start + 27, following - 1, horizon - 1),
        )  # fmt: skip
        if start + 36 < min(horizon, following) and not (monthly and draw.chance(0.5)):
            _assessed(story, response, draw)
        start = following


def _transplant(story: Story, patient: Person, event: int, draw: Draw) -> int | None:
    """A few go on to allogeneic transplant in first remission."""
    assert story.remission_day is not None
    day = story.remission_day + draw.whole(70, 160)
    young = patient.age < 72 and story.refitness is FitnessClass.FIT and patient.rare == "none"
    return day if young and draw.chance(0.1) and day + 40 < event else None


def _relapse(story: Story, patient: Person, fate: Fate, day: int, seen: int, draw: Draw) -> None:
    story.relapse_day = day
    story.assessments = [a for a in story.assessments if a.day < day]
    story.assessments.append(Assessment(day, story.courses[-1].no, Response.RELAPSE))
    death = day + fate.death_after_failure
    if fate.death_after_failure > 60 and day + 60 < seen and draw.chance(0.4):
        _salvage(story, patient, day, draw)
    if death > seen:
        story.last_day = max(seen, story.courses[-1].start + QUIET_DAYS)
        story.status = VitalStatus.LOST if seen == fate.lost_day else VitalStatus.ALIVE
    else:
        _ends(story, patient, draw, death, in_remission=False)
