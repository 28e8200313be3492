"""The registry's own figures beside the published ones, computed once a build: the rows of `mart_benchmark`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import duckdb
import pyarrow as pa

from registry import consensus
from registry.analysis.answer import Answer, Group, answer, everyone, not_known
from registry.analysis.benchmarks import Comparison, Own
from registry.analysis.covariates import COMPETING, REMISSION
from registry.analysis.published import beside as guarded
from registry.analysis.published import is_of_immortal_time
from registry.analysis.question import Method, Question
from registry.consensus import Benchmark, Statement
from registry.consensus.statistic import Curve, Statistic
from registry.statistics.followed import DAYS_PER_MONTH
from registry.statistics.kaplan_meier import Median, Survival
from registry.statistics.proportion import MIN_SUBJECTS, clopper_pearson

TimeUnit = Literal["months", "weeks", "days"]
DAYS_PER = {"months": DAYS_PER_MONTH, "weeks": 7.0, "days": 1.0}
# The registry's own: room for two consolidations after remission. The figures compared are of two years.
LANDMARK_DAY, BY_DAY = 180, 730
_COURSES = "n_mst_consolidations"
_FEWER, _TWO = "0-1", "2 or more"
_GROUP_OF = {"B-11": (_TWO,), "B-12": (_TWO,), "B-13": (_FEWER,), "B-14": (_FEWER,)}
_NOTHING = "Nothing; "
_COLUMNS = pa.schema([
    ("benchmark_id", pa.string()), ("place", pa.int64()), ("words", pa.string()), ("unit", pa.string()),
    ("spread", pa.string()), ("value", pa.float64()), ("lower", pa.float64()), ("upper", pa.float64()),
    ("subjects", pa.int64()), ("unknown", pa.int64()), ("caveat", pa.string()), ("why_not", pa.string()),
])  # fmt: skip


def own_figures(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """A row a figure of the registry, or one with `why_not` alone where a published figure has none beside it.

    Reads `dim_patient`, `fct_endpoint`, `fct_exposure` and `mart_statistic`.
    """
    return pa.Table.from_pylist(
        [
            row
            for benchmark in consensus.benchmarks()
            for row in _rows(_compared(connection, benchmark))
        ],
        schema=_COLUMNS,
    )


def _rows(found: Comparison) -> Iterator[dict[str, Any]]:
    key = {"benchmark_id": found.benchmark.id}
    if not found.own:
        yield key | {"place": 0, "why_not": found.why_none}
    for place, own in enumerate(found.own, start=1):
        yield key | {
            "place": place, "words": own.words, "unit": own.unit, "spread": own.spread, "value": own.value,
            "lower": own.lower, "upper": own.upper, "subjects": own.of, "unknown": own.unknown,
            "caveat": own.caveat, "why_not": own.why_not,
        }  # fmt: skip


def _compared(connection: duckdb.DuckDBPyConnection, benchmark: Benchmark) -> Comparison:
    if benchmark.compare_with.startswith(_NOTHING):
        reason = benchmark.compare_with.removeprefix(_NOTHING)
        return Comparison(benchmark, (), f"{reason[0].upper()}{reason[1:]}.")
    if is_of_immortal_time(benchmark):
        return _by_landmark(connection, benchmark)
    unit: TimeUnit = (
        benchmark.unit if benchmark.unit is not None and benchmark.unit != "%" else "days"
    )
    own = tuple(
        figure
        for statement, statistic in _figures_beside(benchmark)
        for figure in _figures(connection, statement, statistic, unit)
    )
    return Comparison(benchmark, own, "" if own else "No patient of the registry is of this kind.")


def _figures_beside(benchmark: Benchmark) -> Iterator[tuple[Statement, Statistic]]:
    for statement in consensus.load().statements:
        for statistic in statement.statistics:
            if statistic.benchmark == benchmark.id:
                yield statement, statistic


def _figures(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    statistic: Statistic,
    unit: TimeUnit,
) -> Iterator[Own]:
    if statistic.curve is not None:
        yield _on_curve(connection, statistic, statistic.curve, unit)
        return
    found = connection.execute(
        "select by_group, known, unknown, events, lower_quartile, median, upper_quartile "
        "from mart_statistic where is_all_centers and statement_id = ? and statistic = ? "
        "order by by_group",
        [statement.id, statistic.name],
    ).fetchall()
    for group, known, unknown, events, *quartiles in found:
        words = statistic.words if group == "all" else f"{statistic.words}: {group}"
        if statistic.share is not None:
            yield proportion(words, events, known, unknown, statistic.caveat)
        else:
            yield _quartiles(words, quartiles, known, unknown, unit, statistic.caveat)


def proportion(words: str, events: int, known: int, unknown: int, caveat: str = "") -> Own:
    """A share in percent with its exact interval."""
    if known < MIN_SUBJECTS:
        why = f"{events} of {known}: too few for a rate" if known else "nobody to count"
        return Own(words, "%", of=known, unknown=unknown, caveat=caveat, why_not=why)
    low, high = clopper_pearson(events, known)
    return Own(
        words, "%", "95 % interval", 100 * events / known, 100 * low, 100 * high, known, unknown, caveat
    )  # fmt: skip


def _quartiles(
    words: str,
    days: list[float | None],
    known: int,
    unknown: int,
    unit: TimeUnit,
    caveat: str,
) -> Own:
    low, middle, high = (None if d is None else d / DAYS_PER[unit] for d in days)
    if middle is None or known < MIN_SUBJECTS:
        why = f"{known} measured: too few for a median" if known else "nobody to measure"
        return Own(words, unit, "quartiles", of=known, unknown=unknown, caveat=caveat, why_not=why)
    return Own(words, unit, "quartiles", middle, low, high, known, unknown, caveat)


def _on_curve(
    connection: duckdb.DuckDBPyConnection,
    statistic: Statistic,
    wanted: Curve,
    unit: TimeUnit,
) -> Own:
    try:
        found = everyone(connection, wanted.endpoint, wanted.origin, wanted.among)
    except ValueError:
        found = Group("all", 0, 0, None)
    of, unknown = (
        found.patients,
        not_known(connection, wanted.endpoint, wanted.origin, wanted.among),
    )
    is_point = wanted.at_days is not None
    if of < MIN_SUBJECTS or not isinstance(found.curve, Survival):
        return Own(
            statistic.words, "%" if is_point else unit, of=of, unknown=unknown,
            caveat=statistic.caveat, why_not=f"{of} followed: too few for a curve",
        )  # fmt: skip
    if wanted.at_days is None:
        return _median(statistic, found.curve.median(), unit, of, unknown)
    at = found.curve.at(wanted.at_days)
    return _percent(
        statistic.words, at.share, at.lower, at.upper, of, unknown, statistic.caveat,
        f"nobody is followed for {wanted.at_days} days",
    )  # fmt: skip


def _median(
    statistic: Statistic,
    found: Median,
    unit: TimeUnit,
    of: int,
    unknown: int,
) -> Own:
    value, low, high = (
        None if d is None else d / DAYS_PER[unit] for d in (found.days, found.lower, found.upper)
    )
    return Own(
        statistic.words, unit, "95 % interval", value, low, high, of, unknown, statistic.caveat,
        "" if value is not None else "the median is not reached",
    )  # fmt: skip


def _percent(
    words: str,
    value: float,
    lower: float,
    upper: float,
    of: int,
    unknown: int,
    caveat: str,
    why_not: str,
) -> Own:
    share, low, high = (None if math.isnan(v) else 100 * v for v in (value, lower, upper))
    return Own(
        words, "%", "95 % interval", share, low, high, of, unknown, caveat,
        "" if share is not None else why_not,
    )  # fmt: skip


def _by_landmark(connection: duckdb.DuckDBPyConnection, benchmark: Benchmark) -> Comparison:
    endpoint = benchmark.measure if benchmark.measure in ("os", "lfs") else "nrm"
    question = Question(
        endpoint, REMISSION, _COURSES, Method.LANDMARK, LANDMARK_DAY, at_least=(2,), among="is_eaml"
    )  # fmt: skip
    try:
        pair = guarded(benchmark, answer(connection, question))
    except ValueError as error:  # nobody, or one group only: then the guard shows nothing
        return Comparison(benchmark, (), str(error))
    assert pair.ours is not None
    groups = _GROUP_OF.get(benchmark.id, (_TWO, _FEWER))
    return Comparison(benchmark, tuple(_of_groups(pair.ours, groups)))


def _of_groups(found: Answer, groups: tuple[str, ...]) -> Iterator[Own]:
    endpoint = found.question.endpoint
    named = {
        "os": "Alive",
        "lfs": "Alive without relapse",
        "nrm": "Dead without relapse",
    }[endpoint]
    event_free = (
        "at risk" if endpoint in COMPETING else "alive" if endpoint == "os" else "without relapse"
    )
    for group in found.groups:
        if group.name not in groups:
            continue
        words = (
            f"{named} two years after remission, of elderly AML {event_free} {LANDMARK_DAY} days after it who had "
            f"{group.name.replace('-', ' or ')} MST consolidations by then"
        )
        if group.patients < MIN_SUBJECTS or group.curve is None:
            why = f"{group.patients} patients: too few for a curve"
            yield Own(words, "%", of=group.patients, unknown=found.left_out.not_known, why_not=why)
            continue
        at = group.curve.at(BY_DAY - LANDMARK_DAY)
        yield _percent(
            words, at.share, at.lower, at.upper, group.patients, found.left_out.not_known, "",
            "nobody of the group is followed for two years",
        )  # fmt: skip
