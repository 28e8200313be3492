"""The plan, allogeneic transplant and follow-up forms."""

from __future__ import annotations

from registry.forms.codes import (
    AlloDonor,
    DecisionPoint,
    FitnessClass,
    NextLine,
    NoAlloReason,
    VitalStatus,
)
from registry.synthetic.chart import NOT_APPLICABLE, UNKNOWN, Chart, Person
from registry.synthetic.draw import Draw
from registry.synthetic.story import REMISSIONS, Course, Story


def write_plan(chart: Chart, patient: Person, story: Story, draw: Draw) -> None:
    first = story.courses[0]
    frail = story.fitness is FitnessClass.FRAIL
    chart.add(
        "plan", point=DecisionPoint.DIAGNOSIS, decision_day=draw.whole(0, first.start - 1),
        mst_considered=True, mst_offered=True,
        mst_reason_not=None if story.had_mst else "no donor in time",
        intensification_considered=draw.chance(0.6) if patient.high_risk else None,
        best_supportive_care=False, trial_offered=frail or draw.chance(0.1),
    )  # fmt: skip
    if story.remission_day is not None:
        _after_remission(chart, story, draw)
    elif patient.kind == "refractory":
        failed = max(a.day for a in story.assessments if a.after_course <= 2)
        salvaged = story.courses[-1].phase == "salvage"
        chart.add(
            "plan", point=DecisionPoint.FAILURE, decision_day=failed,
            mst_considered=draw.chance(0.3),
            next_line=NextLine.OTHER_PROTOCOL if salvaged else NextLine.BEST_SUPPORTIVE_CARE,
        )  # fmt: skip


def _after_remission(chart: Chart, story: Story, draw: Draw) -> None:
    day = story.remission_day or 0
    chart.add(
        "plan", point=DecisionPoint.REMISSION, decision_day=day, mst_considered=True,
        mst_offered=True,
        next_line=NextLine.ALLO_HSCT if story.allo_day else NextLine.OBSERVATION if len(story.courses) < 2 else None,
    )  # fmt: skip
    last = _last_consolidation(story)
    if last is None or story.allo_day is not None:
        return
    ended = [a.day for a in story.assessments if a.after_course == last.no]
    # Decided at the last marrow, or without one when the next course would have come.
    decided = max(ended, default=last.start + 35)
    if decided < min(story.relapse_day or story.last_day, story.last_day):
        kept = draw.chance(0.25)
        chart.add(
            "plan", point=DecisionPoint.AFTER_CONSOLIDATION, decision_day=decided,
            mst_considered=False, next_line=NextLine.MAINTENANCE if kept else NextLine.OBSERVATION,
            maintenance_reason="residual disease" if kept else None,
        )  # fmt: skip


def _last_consolidation(story: Story) -> Course | None:
    return next((c for c in reversed(story.courses) if c.phase == "consolidation"), None)


def write_allo(chart: Chart, patient: Person, story: Story, draw: Draw) -> None:
    done = story.allo_day is not None
    able = done or (patient.age < 73 and story.refitness is FitnessClass.FIT and draw.chance(0.35))
    in_remission = story.remission_day is not None
    considered = done or draw.chance(0.7)
    day = story.allo_day
    chart.add(
        "allo", eligible=able, considered=considered,
        decision_day=story.remission_day if considered and in_remission else None,
        transplant_done=done, transplant_day=day,
        age_at_transplant_years=patient.age + day // 365 if day else None,
        donor_type=draw.among([AlloDonor.HAPLOIDENTICAL, AlloDonor.MATCHED_UNRELATED]) if done else None,
        reason_not_done=None if done else _reason(patient, story, able, draw),
        neutrophil_recovery_day=day + draw.whole(12, 19) if day else None,
        platelet_recovery_day=day + draw.whole(15, 30) if day else None,
    )  # fmt: skip


def _reason(patient: Person, story: Story, able: bool, draw: Draw) -> NoAlloReason:
    if story.remission_day is None:
        return NoAlloReason.RELAPSE_OR_DEATH
    if able:
        return draw.among([NoAlloReason.PATIENT_CHOICE, NoAlloReason.NO_DONOR])
    return NoAlloReason.AGE if patient.age >= 70 else NoAlloReason.COMORBIDITY


def write_followup(chart: Chart, story: Story) -> None:
    ever = any(a.response in REMISSIONS for a in story.assessments)
    relapsed = story.relapse_day is not None
    chart.add(
        "followup", last_contact_day=story.last_day, status=story.status,
        relapsed=relapsed if ever else NOT_APPLICABLE, relapse_day=story.relapse_day,
        death_cause=(story.cause or UNKNOWN) if story.status is VitalStatus.DEAD else None,
    )  # fmt: skip
