"""The disclosure policy: `policy.yaml` beside this file, checked when it is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

POLICY_FILE = Path(__file__).with_name("policy.yaml")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(_Frozen):
    """A day of the grid of a published curve."""

    endpoint: str
    origin: str
    day: int


class Curves(_Frozen):
    """Published curves: midpoint bins, read on a grid of days (OpenSAFELY, midpoint rounding)."""

    drawn: dict[str, list[tuple[str, str]]]
    tells: dict[str, Point]
    bin: int = Field(ge=2, multiple_of=2)
    grid_days: int = Field(ge=1)
    last_day: int = Field(ge=1)
    least_values: int = Field(ge=2)
    min_at_risk: int = Field(ge=1)
    min_patients: int = Field(ge=1)


class Quartiles(_Frozen):
    """Published quartiles: of enough patients only, rounded to a few significant digits."""

    min_patients: int = Field(ge=1)
    digits: int = Field(ge=1)


class Columns(_Frozen):
    """What the numeric columns of public tables hold, by column name."""

    counts: frozenset[str]
    totals: frozenset[str]
    cumulative: frozenset[str]
    at_risk: frozenset[str]
    grid: frozenset[str]
    percents: frozenset[str]
    proportions: frozenset[str]
    quartiles: frozenset[str]


class Extracts(_Frozen):
    """What rows of single patients may leave in, and how unlike each other they may be."""

    tables: tuple[str, ...]
    open_text: frozenset[str]
    quasi_identifiers: tuple[str, ...]
    on_request: frozenset[str]
    least_class: int = Field(ge=2)
    most_in_small_classes_percent: float = Field(ge=0, lt=100)
    outcome: str

    @model_validator(mode="after")
    def _what_is_asked_for_counts(self) -> Extracts:
        if not self.on_request <= set(self.quasi_identifiers):
            raise ValueError("what leaves on request only must be a quasi-identifier")
        return self


class Policy(_Frozen):
    """Counts from 1 to `threshold` are hidden, others rounded to `base`."""

    threshold: int = Field(ge=1)
    base: int = Field(ge=3)
    least_hidden_values: int = Field(ge=2)
    unanimous_group: int = Field(ge=1)
    least_changed: int = Field(ge=1)
    strata: dict[str, tuple[str, ...]]
    curves: Curves
    quartiles: Quartiles
    columns: Columns
    extracts: Extracts

    @model_validator(mode="after")
    def _threshold_tops_a_bin(self) -> Policy:
        """Else the first published value stands for fewer counts than every other one."""
        if self.threshold % self.base != self.base // 2:
            raise ValueError(
                f"threshold {self.threshold} is not at the top of a rounding bin of {self.base}"
            )
        if self.curves.min_at_risk <= self.threshold:
            raise ValueError("curves must be cut while more than the threshold are at risk")
        if self.curves.least_values > self.curves.bin:
            raise ValueError("a bin of a curve has fewer values than must be left of it")
        if self.unanimous_group <= self.threshold:
            raise ValueError("groups that agree must be hidden up to more than the threshold")
        if self.least_changed <= self.threshold:
            raise ValueError(
                "a stratum must change by more than the threshold to be published anew"
            )
        if self.quartiles.min_patients <= self.threshold:
            raise ValueError("quartiles must stand for more patients than the threshold")
        return self

    @property
    def hidden(self) -> str:
        """What a hidden count may be, in words."""
        return f"1 to {self.threshold}"

    def stratum(self, table: str) -> str:
        """The SQL of a row's stratum in a public table; dbt's macro `public_stratum` writes the same."""
        return " || ' | ' || ".join(self.strata[table])

    def family(self, table: str) -> str:
        """The SQL of what the strata have in common that are told together or not at all: the levels of a
        characteristic, the readings of a recommendation."""
        return " || ' | ' || ".join(self.strata[table][:-1])

    def as_vars(self) -> dict[str, Any]:
        """The value of the dbt variable `disclosure`."""
        return self.model_dump(mode="json", exclude={"columns", "extracts"})


@cache
def policy(path: Path = POLICY_FILE) -> Policy:
    """The policy of the file. Raises `pydantic.ValidationError`, a `ValueError`, if it is unsound."""
    return Policy.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
