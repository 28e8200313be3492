"""Published figures to lay beside the registry's own, with all that limits the comparison."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from registry.consensus.base import Frozen
from registry.consensus.entries import EntryId, TensionId

MARKS = {
    "P": "printed in the consensus paper",
    "C": "confirmed in a source read",
    "R": "reconstructed by arithmetic from other figures",
    "G": "general knowledge, not confirmed: check before citing",
}


class Marked(Frozen):
    """A statement and where it comes from; the mark goes wherever the statement goes."""

    mark: Literal["P", "C", "R", "G"]
    words: str


class Benchmark(Frozen):
    """A figure as printed. `low` and `high` bound it; a single value has both alike.

    A figure printed as "less than x" has only `high`. `at_days` is the time of a survival figure.
    What is printed without a number has a `direction` in words, and no unit; `several` is the
    measure of a statement on more than one outcome.
    """

    id: Annotated[str, Field(pattern=r"^B-\d{2}$")]
    entry: EntryId
    section: str
    figure: str
    measure: Literal[
        "os",
        "median_os",
        "lfs",
        "cr",
        "cr_cri",
        "severe_gvhd",
        "cure",
        "over_60",
        "donor_cells",
        "microchimerism_time",
        "cmv",
        "time_to_consolidation",
        "several",
    ]
    unit: Literal["%", "months", "weeks"] | None = None
    low: float | None = None
    high: float | None = None
    direction: str = ""
    at_days: int | None = None
    events: int | None = None
    of: int | None = None
    counts_mark: Literal["C", "R"] | None = None
    population: str
    denominator: str
    definition: str
    compare_with: str
    source: str
    trust: Literal["context only", "low", "moderate"]
    marks: tuple[Marked, ...] = Field(min_length=1)
    caveat: str
    tensions: tuple[TensionId, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Benchmark:
        has_figure = self.low is not None or self.high is not None
        if has_figure == bool(self.direction):
            raise ValueError("a benchmark needs a figure (low, high or both), or a direction")
        if has_figure == (self.unit is None):
            raise ValueError("a figure needs a unit, a direction has none")
        if (self.events is None, self.of is None) != (self.counts_mark is None,) * 2:
            raise ValueError("events, of and counts_mark go together")
        return self


class BenchmarkFile(Frozen):
    """`benchmarks.yaml`."""

    benchmarks: tuple[Benchmark, ...]
