"""How many patients of each age group, risk and response: the calibration of the cohort.

The margins are those reconstructed from the published series of 185 patients (domain brief B6):
age groups 65/47/43/30, CR 49/33/34/22, CR 60 of 90 at high and 78 of 95 at standard risk. How age
and risk combine is not published; the cells below are as even as whole numbers allow.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeVar

from registry.synthetic.centers import CENTERS, Practice
from registry.synthetic.draw import Draw

T = TypeVar("T")
Kind = Literal["CR", "CRi", "refractory", "early death"]

AGE_GROUPS: Mapping[str, tuple[int, int]] = {
    "60-64": (60, 64), "65-69": (65, 69), "70-74": (70, 74), "75-85": (75, 85),
}  # fmt: skip

PUBLISHED: Mapping[tuple[str, bool, bool], int] = {
    # (age group, high risk, CR): patients
    ("60-64", True, True): 21, ("60-64", False, True): 28,
    ("65-69", True, True): 14, ("65-69", False, True): 19,
    ("70-74", True, True): 15, ("70-74", False, True): 19,
    ("75-85", True, True): 10, ("75-85", False, True): 12,
    ("60-64", True, False): 10, ("60-64", False, False): 6,
    ("65-69", True, False): 9, ("65-69", False, False): 5,
    ("70-74", True, False): 6, ("70-74", False, False): 3,
    ("75-85", True, False): 5, ("75-85", False, False): 3,
}  # fmt: skip

# of 47 patients without CR: 7.6 % of all die early, a few reach CRi, the others are refractory
WITHOUT_CR: Mapping[str, Mapping[Kind, int]] = {
    "60-64": {"early death": 3, "CRi": 2, "refractory": 11},
    "65-69": {"early death": 4, "CRi": 2, "refractory": 8},
    "70-74": {"early death": 3, "CRi": 1, "refractory": 5},
    "75-85": {"early death": 4, "CRi": 1, "refractory": 3},
}
# events too rare for chance: severe GVHD 2 of 185, chimerism of 1 % or more 5 (those 2 included)
RARE: Mapping[str, int] = {
    "severe GVHD": 2, "mild GVHD": 3, "chronic GVHD": 1, "mixed chimerism": 2, "full chimerism": 1,
    "none": 176,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """What is decided about a patient before the patient is drawn."""

    practice: Practice
    case_no: int
    age_group: str
    high_risk: bool
    kind: Kind
    rare: str
    relapse_rank: float
    death_rank: float


def apportioned(weights: Mapping[str, int] | Sequence[int], total: int) -> list[int]:
    """Whole numbers with the given total in the given proportions (largest remainders)."""
    parts = list(weights.values()) if isinstance(weights, Mapping) else list(weights)
    exact = [part * total / sum(parts) for part in parts]
    counts = [int(e) for e in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: counts[i] - exact[i])
    for index in by_remainder[: total - sum(counts)]:
        counts[index] += 1
    return counts


def places(patients: int, seed: int) -> list[Place]:
    """The cohort before anything else is known, in the order of centers and case numbers."""
    draw = Draw(seed, 0)
    cells = draw.shuffled(_repeat(list(PUBLISHED), apportioned(list(PUBLISHED.values()), patients)))
    kinds = _kinds(cells, draw)
    rare = _rare(kinds, draw)
    relapse_ranks = _ranks(cells, draw)
    death_ranks = _ranks([group for group, _, _ in cells], draw)
    practices = _repeat(list(CENTERS), apportioned([c.share for c in CENTERS], patients))
    numbers = _numbers(practices)
    return [
        Place(practice, number, group, high, kind, event, relapse, death)
        for practice, number, (group, high, _), kind, event, relapse, death in zip(
            practices, numbers, cells, kinds, rare, relapse_ranks, death_ranks, strict=True
        )
    ]


def _repeat(options: list[T], counts: list[int]) -> list[T]:
    return [option for option, count in zip(options, counts, strict=True) for _ in range(count)]


def _numbers(practices: list[Practice]) -> list[int]:
    seen: dict[str, int] = {}
    for practice in practices:
        seen[practice.center_id] = seen.get(practice.center_id, 0) + 1
    return [n for count in seen.values() for n in accumulate([1] * count)]


def _kinds(cells: list[tuple[str, bool, bool]], draw: Draw) -> list[Kind]:
    waiting = {}
    for group, shares in WITHOUT_CR.items():
        without = sum(g == group and not cr for g, _, cr in cells)
        counts = apportioned(list(shares.values()), without)
        waiting[group] = iter(draw.shuffled(_repeat(list(shares), counts)))
    return ["CR" if cr else next(waiting[group]) for group, _, cr in cells]


def _rare(kinds: list[Kind], draw: Draw) -> list[str]:
    """Rare events befall patients who live long enough for them."""
    counts = apportioned(list(RARE.values()), len(kinds))
    events = [e for e in _repeat(list(RARE), counts) if e != "none"]
    living = draw.shuffled([i for i, kind in enumerate(kinds) if kind == "CR"])
    rare = ["none"] * len(kinds)
    for index, event in zip(living, events, strict=False):
        rare[index] = event
    return rare


def _ranks(strata: Sequence[Hashable], draw: Draw) -> list[float]:
    """Numbers from 0 to 1, evenly spread within a stratum: small cohorts follow the model too."""
    ranks = [0.0] * len(strata)
    for stratum in dict.fromkeys(strata):
        members = draw.shuffled([i for i, s in enumerate(strata) if s == stratum])
        for position, index in enumerate(members):
            ranks[index] = (position + draw.unit()) / len(members)
    return ranks
