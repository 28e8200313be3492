"""Every published figure beside the registry's own, or beside the reason why there is none to lay there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import duckdb

from registry import consensus
from registry.consensus import Benchmark
from registry.disclosure.others import WITHHELD, enough
from registry.statistics.proportion import clopper_pearson

_SUBJECTS = [
    f"select count(*) as subjects from {table} where center_id = $center"
    for table in ("dim_patient", "dim_donor", "dim_collection", "dim_course", "fct_infusion")
]


@dataclass(frozen=True)
class Own:
    """A figure of the registry in `unit`: a share in percent, or a time. Without a value `why_not` says why.

    `spread` names what `lower` and `upper` are. `of` patients (or other subjects) are known, `unknown` are not.
    """

    words: str
    unit: Literal["%", "months", "weeks", "days"]
    spread: Literal["95 % interval", "quartiles"] = "95 % interval"
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    of: int | None = None
    unknown: int | None = None
    caveat: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Comparison:
    """A published figure and the registry's own; `why_none` where nothing may or can be laid beside it."""

    benchmark: Benchmark
    own: tuple[Own, ...]
    why_none: str = ""

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact interval of the published share in percent, where its counts are known."""
        events, of = self.benchmark.events, self.benchmark.of
        if events is None or of is None:
            return None
        low, high = clopper_pearson(events, of)
        return 100 * low, 100 * high

    @property
    def scale(self) -> Literal["share", "time"] | None:
        """On what both can be drawn: a share of patients, or a time. A limit of a test is neither."""
        if self.benchmark.unit == "%":
            return None if self.benchmark.measure == "donor_cells" else "share"
        return "time" if self.benchmark.unit is not None else None


def comparisons(connection: duckdb.DuckDBPyConnection) -> tuple[Comparison, ...]:
    """All published figures in their order, from `mart_benchmark` (`registry.analysis.own_figures` makes it)."""
    found = connection.execute(
        "select benchmark_id, words, unit, spread, value, lower, upper, subjects, unknown, caveat, why_not "
        "from mart_benchmark order by benchmark_id, place"
    ).fetchall()
    own: dict[str, list[Own]] = {}
    why_none: dict[str, str] = {}
    for benchmark_id, *figure in found:
        told = Own(*figure)
        if told.words is None:
            why_none[benchmark_id] = told.why_not
        else:
            own.setdefault(benchmark_id, []).append(told)
    return tuple(
        Comparison(b, tuple(own.get(b.id, ())), why_none.get(b.id, ""))
        for b in consensus.benchmarks()
    )


def told_to(
    center_id: str, connection: duckdb.DuckDBPyConnection, found: tuple[Comparison, ...]
) -> tuple[Comparison, ...]:
    """The same for people of one center: no figure of the registry behind which too few others may stand.

    How many of a figure are the center's own is not counted anew; at most it is all it has of anything.
    """
    (own,) = connection.execute(
        f"select max(subjects) from ({' union all '.join(_SUBJECTS)})", {"center": center_id}
    ).fetchone() or (0,)
    return tuple(
        replace(comparison, own=tuple(_withheld(o, own or 0) for o in comparison.own))
        for comparison in found
    )


def _withheld(figure: Own, own: int) -> Own:
    if figure.of is None or figure.of == 0 or enough(figure.of - own):
        return figure
    return Own(figure.words, figure.unit, figure.spread, caveat=figure.caveat, why_not=WITHHELD)
