"""Figures the registry reports where the paper gives a report or a benchmark and no rule."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from registry.consensus.base import Frozen
from registry.consensus.criteria import Criterion
from registry.consensus.facts import Subject

BenchmarkId = Annotated[str, Field(pattern=r"^B-\d{2}$")]


class Curve(Frozen):
    """A point of a survival curve, read from the marts; without `at_days` the median, without `among` of all."""

    endpoint: Literal["os", "lfs"]
    origin: Literal["diagnosis", "first_course", "remission"]
    at_days: int | None = None
    among: Literal["is_eaml"] | None = None


class Statistic(Frozen):
    """One figure: a share with its exact interval, a median with quartiles, or a point of a curve.

    `of` is the population (all subjects if not given), `share` what is counted in it: subjects for
    whom it is unknown are counted apart and never as no. `by` splits by a text fact. `benchmark`
    names the published figure to lay beside it, `caveat` what forbids to compare too freely.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    words: str
    subject: Subject = "patient"
    of: Criterion | None = None
    share: Criterion | None = None
    median: str | None = None
    curve: Curve | None = None
    by: str | None = None
    benchmark: BenchmarkId | None = None
    caveat: str = ""

    @model_validator(mode="after")
    def _one_measure(self) -> Statistic:
        if sum(m is not None for m in (self.share, self.median, self.curve)) != 1:
            raise ValueError("give one of `share`, `median` and `curve`")
        if self.curve is not None and (self.of is not None or self.by is not None):
            raise ValueError(
                "a curve names its population by `among`; it takes neither `of` nor `by`"
            )
        return self
