"""The figures that reports and benchmarks of the paper ask for, in words and numbers.

Portal and public dashboard give their own rows and curves; what is said of them is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from dashboards import bars
from dashboards.numbers import amount, interval_words, months, number_in, percent, share
from registry import consensus
from registry.consensus import Benchmark, Statement
from registry.consensus.benchmark import MARKS
from registry.consensus.statistic import Curve, Statistic
from registry.disclosure import policy
from registry.statistics.kaplan_meier import median_of
from registry.statistics.proportion import MIN_SUBJECTS, clopper_pearson

COUNTED = ("known", "unknown", "events")
QUARTILES = ("lower_quartile", "median", "upper_quartile")
REGISTRY = "Registry"


@dataclass(frozen=True)
class Figure:
    """One figure of a statement."""

    statement: Statement
    statistic: Statistic

    @property
    def is_share(self) -> bool:
        return self.statistic.share is not None

    @property
    def unit(self) -> str:
        """The unit of a median."""
        facts = consensus.load().facts[self.statistic.subject]
        fact = facts.of_column(self.statistic.median) if self.statistic.median else None
        return fact.unit if fact else ""

    @property
    def published(self) -> Benchmark | None:
        """The figure of the literature that the consensus lays beside it."""
        known = {b.id: b for b in consensus.benchmarks()}
        return known.get(self.statistic.benchmark or "")


def all_figures() -> list[Figure]:
    """Every figure in the order of the paper."""
    return [Figure(s, f) for s in consensus.load().statements for f in s.statistics]


def sections() -> dict[str, str]:
    """The sections that have figures, by number, with their titles."""
    names = consensus.load().sections
    return {f.statement.section: names[f.statement.section] for f in all_figures()}


def rows_of(figure: Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a mart that belong to a figure, one a group."""
    return rows[
        (rows["statement_id"] == figure.statement.id) & (rows["statistic"] == figure.statistic.name)
    ]


def counted(figure: Figure, rows: pd.DataFrame, owner: str, colour: str) -> Iterator[bars.Whisker]:
    """The groups of a counted figure, each with its interval or quartiles; `owner` says of whom."""
    for row in rows_of(figure, rows).sort_values("by_group").to_dict("records"):
        group = "" if row["by_group"] == "all" else f"{row['by_group']}, "
        label = f"{group}{owner}:"
        if figure.is_share:
            yield _share(label, row, colour)
        else:
            yield bars.Whisker(label, _median_words(row, figure.unit))


def _share(label: str, row: Mapping[object, object], colour: str) -> bars.Whisker:
    known, unknown, events = (_count(row[name]) for name in COUNTED)
    if known is None or events is None:
        hidden = f"not shown: a count of {policy().hidden} is hidden"
        return bars.Whisker(label, f"{hidden}{_unknown_words(known, unknown)}")
    if known < MIN_SUBJECTS:
        told = f"{events} of {known}, too few for a rate" if known else "nobody to count"
        return bars.Whisker(label, f"{told}{_unknown_words(known, unknown)}")
    value, bounds = events / known, clopper_pearson(events, known)
    words = f"{percent(value)} ({interval_words(bounds)}), {events:,} of {known:,}"
    return bars.Whisker(label, f"{words}{_unknown_words(known, unknown)}", value, bounds, colour)


def _median_words(row: Mapping[object, object], unit: str) -> str:
    known, unknown, _ = (_count(row[name]) for name in COUNTED)
    low, middle, high = (number_in(row[name]) for name in QUARTILES)
    if known == 0:
        return f"nobody to measure{_unknown_words(known, unknown)}"
    if known is not None and known < MIN_SUBJECTS:
        return f"{known} measured, too few for a median{_unknown_words(known, unknown)}"
    if low is None or middle is None or high is None:
        return f"not shown: too few patients{_unknown_words(known, unknown)}"
    quartiles = f"{amount(low)} to {amount(high)}"
    of = "" if known is None else f", of {known:,}"
    value = f"{amount(middle)} {unit}".strip()
    return f"median {value} (quartiles {quartiles}){of}{_unknown_words(known, unknown)}"


def _unknown_words(known: int | None, unknown: int | None) -> str:
    if unknown is None:
        return f"; not known: hidden ({policy().hidden})"
    if unknown == 0:
        return ""
    part = share(unknown, None if known is None else known + unknown)
    return f"; not known for {unknown:,}" + ("" if part is None else f" ({percent(part)})")


def _count(value: object) -> int | None:
    known = number_in(value)
    return None if known is None else int(known)


def on_curve(figure: Figure, curves: pd.DataFrame, owner: str, colour: str) -> bars.Whisker:
    """A point of a survival curve, or its median. `curves` has the steps of all patients together."""
    wanted = figure.statistic.curve
    assert wanted is not None
    curve = curves[(curves["endpoint"] == wanted.endpoint) & (curves["origin"] == wanted.origin)]
    label = f"{owner}:"
    if wanted.among is not None:  # the page of benchmarks estimates it
        return bars.Whisker(label, "not shown: the curves here are of all patients")
    if curve.empty:
        return bars.Whisker(label, "not shown: this curve is not drawn here")
    curve = curve.sort_values("time_days")
    if wanted.at_days is None:
        return bars.Whisker(label, median_words(curve))
    return _point(label, curve, wanted, colour)


def _point(label: str, curve: pd.DataFrame, wanted: Curve, colour: str) -> bars.Whisker:
    if curve["time_days"].max() < (wanted.at_days or 0):
        end = months(float(curve["time_days"].max()))
        return bars.Whisker(label, f"not shown: observed for {end} only")
    at = curve[curve["time_days"] <= wanted.at_days].iloc[-1]
    value = float(at["survival"])
    bounds = None
    if not pd.isna(at["ci_lower"]):
        bounds = (float(at["ci_lower"]), float(at["ci_upper"]))
    words = percent(value) + (f" ({interval_words(bounds)})" if bounds else "")
    start = int(curve["n_risk"].iloc[0])
    return bars.Whisker(label, f"{words}, {start:,} patients at the start", value, bounds, colour)


def median_words(curve: pd.DataFrame) -> str:
    """The median of a curve, with the interval its bounds give."""
    found = median_of(*(
        curve[name].to_numpy(float) for name in ("time_days", "survival", "ci_lower", "ci_upper")
    ))  # fmt: skip
    if found.days is None:
        return "median not reached"
    low = "?" if found.lower is None else months(found.lower)
    high = "not reached" if found.upper is None else months(found.upper)
    start = int(curve["n_risk"].iloc[0])
    return f"median {months(found.days)} ({low} to {high}), {start:,} patients at the start"


def published_html(benchmark: Benchmark) -> str:
    """A published figure with how sure it is, and what forbids to compare too freely."""
    marks = "; ".join(f"[{m.mark}] {m.words}" for m in benchmark.marks)
    counts = (
        f", {benchmark.events} of {benchmark.of} [{benchmark.counts_mark}]" if benchmark.of else ""
    )
    value, bounds = _on_scale(benchmark)
    point = bars.Whisker(
        "Published:", f"{benchmark.figure}{counts}; trust: {benchmark.trust}",
        value, bounds, bars.GREEN, is_published=True,
    )  # fmt: skip
    details = (
        f'<details class="mst-why"><summary>{escape(benchmark.id)}: measured on, source, caveat'
        f"</summary><p>{escape(benchmark.population)}. {escape(benchmark.source)}.</p>"
        f"<p>{escape(marks)}</p><p>{escape(benchmark.caveat)}</p></details>"
    )
    return bars.whiskers([point]) + details


def _on_scale(benchmark: Benchmark) -> tuple[float | None, tuple[float, float] | None]:
    """A published share as a point, or as the range it is printed as."""
    if benchmark.unit != "%":
        return None, None
    low, high = (0.01 * (n or 0.0) for n in (benchmark.low, benchmark.high))
    return (high, None) if benchmark.low == benchmark.high else (None, (low, high or 1.0))


def mark_words() -> str:
    """What the marks of published figures mean."""
    return "; ".join(f"{mark}: {words}" for mark, words in MARKS.items())


def figure_html(figure: Figure, rows: list[bars.Whisker]) -> str:
    """A figure: what it counts, the registry's numbers, what was published, the caveat."""
    data = bars.whiskers(rows) if rows else '<div class="mst-words">no rows</div>'
    if figure.published is not None:
        data += published_html(figure.published)
    caveat = figure.statistic.caveat
    words = f'<div class="mst-why">{escape(caveat)}</div>' if caveat else ""
    return (
        f'<div class="mst-bar"><div class="mst-name"><div class="mst-title">'
        f'<span class="mst-id">{escape(figure.statement.id)}</span>'
        f"{escape(figure.statistic.words)}</div>{words}</div>"
        f'<div class="mst-data">{data}</div></div>'
    )


def unplaced() -> list[Benchmark]:
    """Published figures that no figure of the registry is laid beside."""
    placed = {f.statistic.benchmark for f in all_figures()}
    return [b for b in consensus.benchmarks() if b.id not in placed]
