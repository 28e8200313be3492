"""When a patient would relapse, die or be lost, before anything is known about their courses.

The number of consolidations has no effect on any of these times, but relapse and death end the
consolidations: a comparison of patients by courses received shows a benefit that is not there
(immortal time, T-40).

Assumptions, tuned to a two-year LFS of 40 to 47 % from remission and to OS that falls with age.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from registry.forms.codes import DeathCause
from registry.synthetic.chart import Person
from registry.synthetic.draw import Draw

NEVER = 10**6

# share who never relapse, yearly risk of death in remission, median days to death after failure
BY_AGE: dict[str, tuple[float, float, int]] = {
    "60-64": (0.59, 0.05, 220), "65-69": (0.58, 0.06, 220), "70-74": (0.35, 0.10, 100),
    "75-85": (0.25, 0.20, 70),
}  # fmt: skip
RISK_SHIFT = {True: -0.08, False: 0.06}


@dataclass(frozen=True)
class Fate:
    """Days after remission, or after the last induction for those without one."""

    relapse_after: int
    death_in_remission_after: int
    death_after_failure: int
    early_death_after_start: int
    lost_day: int


def fate(patient: Person, draw: Draw) -> Fate:
    _, yearly, median = BY_AGE[patient.age_group]
    late = -math.log(1 - patient.death_rank * 0.999)
    return Fate(
        relapse_after=_relapse_after(patient),
        death_in_remission_after=30 + int(365 / yearly * late),
        death_after_failure=14 + int(draw.waiting(median)),
        early_death_after_start=draw.whole(14, 29) if draw.chance(0.55) else draw.whole(30, 58),
        lost_day=draw.whole(240, 1500) if draw.chance(0.06) else NEVER,
    )


def _relapse_after(patient: Person) -> int:
    """Weibull with a share that never relapses; CRi does worse."""
    share, _, _ = BY_AGE[patient.age_group]
    never = max(share + RISK_SHIFT[patient.high_risk] - 0.15 * (patient.kind == "CRi"), 0.05)
    rank = patient.relapse_rank
    if rank >= 1 - never:
        return NEVER
    return 25 + int(330 * (-math.log(1 - rank / (1 - never) * 0.995)) ** (1 / 1.15))


def cause_of_death(patient: Person, draw: Draw, *, in_remission: bool) -> DeathCause:
    if not in_remission:
        return draw.weighted(
            {DeathCause.LEUKAEMIA: 8.0, DeathCause.INFECTION: 2.0, DeathCause.BLEEDING: 1.0}
        )
    if patient.rare == "severe GVHD":
        return DeathCause.GVHD
    return draw.weighted(
        {
            DeathCause.INFECTION: 5.0, DeathCause.ORGAN_FAILURE: 3.0, DeathCause.BLEEDING: 1.0,
            DeathCause.SECOND_CANCER: 1.0, DeathCause.OTHER: 1.0,
        }
    )  # fmt: skip
