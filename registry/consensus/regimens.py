"""The regimens the paper lists: drugs, doses per day, days and schedule variants."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from registry.consensus.base import Frozen
from registry.consensus.entries import EntryId, Name
from registry.forms.codes import Drug

_SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")


def _days(given: Any) -> tuple[int, ...]:
    """`1-5 8-9` as the days 1, 2, 3, 4, 5, 8, 9 of a course; day 1 is its first."""
    found: list[int] = []
    for part in str(given).split():
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError("write days as `1-7`, `1 3 5` or `1-5 8-9`")
        first, last = int(match[1]), int(match[2] or match[1])
        found += range(first, last + 1)
    if not found or found != sorted(set(found)) or not 1 <= found[0] <= found[-1] <= 60:
        raise ValueError("days rise from 1 to 60, each once")
    return tuple(found)


Days = Annotated[tuple[int, ...], BeforeValidator(_days)]


class Dose(Frozen):
    """A range of doses, both ends in it; `each` says of what: a dose, or a day."""

    low: float
    high: float
    unit: Literal["mg/m2", "mg"] = "mg/m2"
    each: Literal["dose", "day"] = "day"

    @model_validator(mode="after")
    def _ordered(self) -> Dose:
        if not 0 < self.low <= self.high:
            raise ValueError("low must be above 0 and not above high")
        return self


class Step(Frozen):
    """A dose on some days of a drug that is raised in steps."""

    days: Days
    mg: float


class Part(Frozen):
    """A drug of a regimen: its dose and the days it may be given on, each variant in full."""

    drug: Drug
    dose: Dose | None = None
    doses_per_day: int | None = None
    steps: tuple[Step, ...] = ()
    schedules: tuple[Days, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _dosed(self) -> Part:
        if (self.dose is None) == (not self.steps):
            raise ValueError("give either `dose` or `steps`")
        return self


class Component(Frozen):
    """One drug out of several that may stand for each other."""

    one_of: tuple[Part, ...] = Field(min_length=1)


class Regimen(Frozen):
    """A regimen as an entry of the paper lists it."""

    words: str
    entry: EntryId
    intensity: Literal["standard", "reduced", "low", "intermediate cytarabine"]
    components: tuple[Component, ...] = Field(min_length=1)

    def drugs(self) -> tuple[str, ...]:
        return tuple(part.drug.value for c in self.components for part in c.one_of)

    def as_vars(self) -> dict[str, Any]:
        """For dbt: days as the bits of a number, day 1 the lowest."""
        return {
            "intensity": self.intensity,
            "components": [[_part_vars(p) for p in c.one_of] for c in self.components],
            "drugs": self.drugs(),
        }


def _part_vars(part: Part) -> dict[str, Any]:
    return {
        "drug": part.drug.value,
        "dose": part.dose.model_dump() if part.dose else None,
        "doses_per_day": part.doses_per_day,
        "steps": [{"days": bits(step.days), "mg": step.mg} for step in part.steps],
        "schedules": [
            {"days": bits(days), "n": len(days), "first": days[0], "last": days[-1]}
            for days in part.schedules
        ],
    }


def bits(days: tuple[int, ...]) -> int:
    """Days as the bits of a number: day 1 is bit 0."""
    return sum(1 << (day - 1) for day in days)


class RegimenList(Frozen):
    """The regimens that an entry recommends to a group of patients."""

    entry: EntryId
    words: str
    regimens: tuple[Name, ...] = Field(min_length=1)


class RegimenFile(Frozen):
    """`regimens.yaml`."""

    regimens: dict[Name, Regimen]
    lists: dict[Name, RegimenList]

    @model_validator(mode="after")
    def _known(self) -> RegimenFile:
        for name, listed in self.lists.items():
            unknown = set(listed.regimens) - set(self.regimens)
            if unknown:
                raise ValueError(f"{name} lists {', '.join(sorted(unknown))}, which is no regimen")
        return self

    def as_vars(self) -> dict[str, Any]:
        """For dbt: the regimens, and which of them a list holds."""
        return {
            "regimens": {name: regimen.as_vars() for name, regimen in self.regimens.items()},
            "lists": {name: listed.regimens for name, listed in self.lists.items()},
        }
