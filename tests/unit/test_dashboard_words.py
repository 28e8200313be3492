"""What the dashboards say of counts: rates, intervals, hidden cells, and who is compared with whom."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashboards import adherence, bars, charts, figures, standing
from dashboards.adherence import GROUPS, MIN_SUBJECTS, Line, Tally, Wanted
from dashboards.numbers import amount, interval_words, months, percent
from registry import consensus
from registry.consensus import Recommendation
from registry.duck import Standing
from registry.statistics.kaplan_meier import kaplan_meier
from registry.statistics.proportion import clopper_pearson

ENTRIES = consensus.load().judged()
RULE = next(e for e in ENTRIES if e.headline)
OPTION = next(e for e in ENTRIES if e.kind == "option")
WEAKER = next(e for e in ENTRIES if e.kind == "rule" and e.strength == "suggested")
SEVERAL = next(e for e in ENTRIES if len(e.readings) > 1)
COLUMNS = ["recommendation_id", "reading", "center_id", "met", "deviated", "not_evaluable",
           "not_applicable"]  # fmt: skip


NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"), [(-48, "today"), (0, "today"), (11, "today"), (13, "yesterday"), (73, "3 days ago")]
)  # fmt: skip
def test_how_old_a_build_is(hours: int, words: str) -> None:
    found = Standing("2026-06", "2026-03-01", NOON - timedelta(hours=hours), None)
    assert standing.words(found, NOON) == f"Release 2026-06, data of 2026-03-01, built {words}."
    assert standing.failure_words(found) is None


def test_a_later_build_that_failed_is_told() -> None:
    found = Standing("2026-06", "2026-03-01", NOON, ("2026-07", NOON, "a model failed"))
    assert standing.failure_words(found) == (
        "A later build, of release 2026-07, begun 2026-03-10 12:00 UTC, is not served: a model failed. "
        "What you see is the last good one."
    )


def spaced(words: str) -> str:
    """With plain spaces, as a person reads them."""
    return words.replace("\u00a0", " ")


def counts(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def row(center: str, *verdicts: int | None, entry: Recommendation = RULE) -> tuple[object, ...]:
    return (entry.id, entry.default_reading.name, center, *verdicts)


def line_of(entry: Recommendation, rows: pd.DataFrame, center: str | None = None) -> Line:
    return next(
        found
        for found in adherence.lines(rows, center)
        if found.entry.id == entry.id and found.is_default
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1.0, "100 %")],
)
def test_a_percent_is_none_or_all_only_when_it_is(value: float, words: str) -> None:
    assert spaced(percent(value)) == words


def test_an_interval_is_rounded_outwards() -> None:
    assert spaced(interval_words((0.418, 0.663))) == "41 to 67 %"
    assert spaced(interval_words((0.07, 0.14))) == "7 to 14 %"
    assert spaced(interval_words((0.0, 1.0))) == "0 to 100 %"


@pytest.mark.parametrize(
    ("value", "words"), [(21.0, "21"), (4.254, "4.25"), (0.5, "0.5"), (1234.0, "1,234")]
)
def test_an_amount_has_three_digits(value: float, words: str) -> None:
    assert amount(value) == words


def test_the_rate_is_of_those_judged_and_the_worst_case_of_all() -> None:
    tally = Tally(met=8, deviated=2, not_evaluable=10, not_applicable=99)
    assert tally.rate == 0.8
    assert tally.interval == clopper_pearson(8, 10)
    assert tally.share_not_evaluable == 0.5
    assert tally.worst_case == 0.4


def test_few_subjects_have_no_rate() -> None:
    few, enough = Tally(met=MIN_SUBJECTS - 1), Tally(met=MIN_SUBJECTS)
    assert few.rate is None
    assert few.interval is None
    assert few.worst_case is None
    assert enough.rate == 1
    assert "too few for a rate" in adherence.rate_words(RULE, few)


@pytest.mark.requirement("SDC-15")
def test_a_hidden_count_hides_what_is_computed_from_it_and_is_said_to_be_hidden() -> None:
    rows = counts(row("", 120, None, 15, 0))
    tally = line_of(RULE, rows).tally
    assert (tally.judged, tally.rate, tally.worst_case) == (None, None, None)
    assert "hidden" in adherence.rate_words(RULE, tally)
    html = bars.verdict_bars([line_of(RULE, rows)])
    assert "deviated hidden (1 to 12)" in html
    assert "mst-track" not in html.split("</style>")[1]


def test_a_hidden_unknown_still_leaves_a_rate() -> None:
    tally = line_of(RULE, counts(row("", 90, 30, None, 0))).tally
    assert tally.rate == 0.75
    assert "not evaluable: hidden" in adherence.unknown_words(tally)


def test_counts_of_centers_add_up_and_a_reading_of_two_versions_is_one() -> None:
    rows = counts(row("C01", 5, 1, 0, 2), row("C01", 1, 0, 0, 0), row("C02", 4, 4, 1, 0))
    assert line_of(RULE, rows).tally == Tally(10, 5, 1, 2)
    assert line_of(RULE, rows, "C01").tally == Tally(6, 1, 0, 2)


def test_the_registry_stands_beside_only_with_enough_subjects_elsewhere() -> None:
    own = row("C01", 20, 0, 0, 0)
    few, enough = row("C02", 0, MIN_SUBJECTS - 1, 0, 0), row("C02", 0, MIN_SUBJECTS, 0, 0)
    assert line_of(RULE, counts(own, few), "C01").registry is None
    assert line_of(RULE, counts(own, enough), "C01").registry == Tally(20, MIN_SUBJECTS)


def test_every_judged_reading_has_a_line_even_without_subjects() -> None:
    found = adherence.lines(counts())
    assert len(found) == sum(len(e.readings) for e in ENTRIES)
    assert adherence.rate_words(RULE, Tally()) == "nobody to judge"


def test_an_option_is_used_or_not_and_never_in_the_colour_of_a_deviation() -> None:
    for entry, words in ((OPTION, "used"), (WEAKER, "concordant"), (RULE, "met")):
        assert f" {words} (" in adherence.rate_words(entry, Tally(met=9, deviated=1))
        line = Line(entry, entry.default_reading.name, Tally(met=9, deviated=1))
        assert (bars.VERMILION in bars.verdict_bars([line])) == (entry is RULE)


def test_every_entry_has_one_heading() -> None:
    groups = [adherence.group_of(e) for e in ENTRIES]
    assert set(groups) == set(GROUPS)
    assert all(
        e.headline == (g == adherence.HEADLINE) for e, g in zip(ENTRIES, groups, strict=True)
    )


def test_filters_narrow_down() -> None:
    assert Wanted().takes(RULE)
    assert not Wanted(sections=frozenset({"none"})).takes(RULE)
    assert not Wanted(headline_only=True).takes(OPTION)
    assert Wanted(words=f"{RULE.id} {RULE.title.split()[0].upper()}").takes(RULE)
    assert not Wanted(words="no such words").takes(RULE)


def test_what_cannot_tell_centers_apart_is_named() -> None:
    alike = counts(row("C01", 9, 0, 0, 0), row("C02", 7, 0, 1, 0))
    assert adherence.same_everywhere(alike) == [RULE]
    assert adherence.same_everywhere(counts(row("C01", 0, 9, 0, 0), row("C02", 0, 7, 0, 0))) == [
        RULE
    ]
    assert adherence.same_everywhere(counts(row("C01", 9, 0, 0, 0), row("C02", 7, 1, 0, 0))) == []
    # one center alone cannot be alike
    assert adherence.same_everywhere(counts(row("C01", 9, 0, 0, 0))) == []


def test_what_is_mostly_unknown_is_named() -> None:
    assert adherence.mostly_unknown(counts(row("C01", 2, 2, 5, 0))) == [RULE]
    assert adherence.mostly_unknown(counts(row("C01", 3, 2, 5, 0))) == []


def test_titles_from_the_files_cannot_become_markup() -> None:
    entry = RULE.model_copy(update={"title": "<script>alert(1)</script>"})
    line = Line(entry, entry.default_reading.name, Tally(met=9, deviated=1))
    assert "<script>" not in bars.verdict_bars([line])


def test_a_reading_is_named_where_there_are_several() -> None:
    reading = SEVERAL.default_reading.name
    assert Line(SEVERAL, reading, Tally()).title.endswith(f"(reading {reading})")


FIGURES = figures.all_figures()
SHARE = next(f for f in FIGURES if f.is_share and f.statistic.by is None)
MEDIAN = next(f for f in FIGURES if f.statistic.median)
CURVE = next(
    f for f in FIGURES if (c := f.statistic.curve) and c.at_days is not None and c.among is None
)
MEDIAN_CURVE = next(f for f in FIGURES if f.statistic.curve and not f.statistic.curve.at_days)


def figure_row(figure: figures.Figure, **values: object) -> pd.DataFrame:
    found = {
        "statement_id": figure.statement.id, "statistic": figure.statistic.name,
        "by_group": "all", "known": 0, "unknown": 0, "events": 0,
        "lower_quartile": math.nan, "median": math.nan, "upper_quartile": math.nan,
    }  # fmt: skip
    return pd.DataFrame([found | values])


def told(figure: figures.Figure, **values: object) -> bars.Whisker:
    (found,) = figures.counted(figure, figure_row(figure, **values), "Registry", bars.BLUE)
    return found


def test_a_share_has_its_exact_interval_and_its_unknown() -> None:
    found = told(SHARE, known=40, events=10, unknown=10)
    assert spaced(found.words) == "25 % (12 to 42 %), 10 of 40; not known for 10 (20 %)"
    assert found.bounds == clopper_pearson(10, 40)


@pytest.mark.requirement("SDC-15")
def test_a_hidden_share_is_not_drawn_as_zero() -> None:
    found = told(SHARE, known=None, events=None, unknown=None)
    assert (found.value, found.bounds) == (None, None)
    assert "hidden" in found.words
    assert "not known: hidden" in found.words


def test_a_median_has_quartiles_or_says_why_not() -> None:
    known = told(MEDIAN, known=60, lower_quartile=8.5, median=11.0, upper_quartile=15.0)
    assert known.words.startswith("median 11")
    assert "(quartiles 8.5 to 15)" in known.words
    assert "too few patients" in told(MEDIAN, known=20).words
    assert "too few for a median" in told(MEDIAN, known=2, median=4.0).words
    assert "nobody" in told(MEDIAN).words


def curve_of(figure: figures.Figure, *steps: tuple[int, float, float, float]) -> pd.DataFrame:
    wanted = figure.statistic.curve
    assert wanted is not None
    rows = [(wanted.endpoint, wanted.origin, *step, 50) for step in steps]
    names = ["endpoint", "origin", "time_days", "survival", "ci_lower", "ci_upper", "n_risk"]
    return pd.DataFrame(rows, columns=names)


def test_a_point_of_a_curve_is_the_last_step_before_it() -> None:
    at = CURVE.statistic.curve.at_days  # type: ignore[union-attr]
    assert at is not None
    steps = ((0, 1.0, math.nan, math.nan), (at - 9, 0.6, 0.5, 0.7), (at + 9, 0.4, 0.3, 0.5))
    found = figures.on_curve(CURVE, curve_of(CURVE, *steps), "Registry", bars.BLUE)
    assert (found.value, found.bounds) == (0.6, (0.5, 0.7))
    short = figures.on_curve(CURVE, curve_of(CURVE, *steps[:2]), "Registry", bars.BLUE)
    assert short.value is None
    assert "observed for" in short.words
    nothing = figures.on_curve(CURVE, curve_of(CURVE), "Registry", bars.BLUE)
    assert "not drawn" in nothing.words


def test_a_curve_of_all_patients_is_not_taken_for_that_of_a_population() -> None:
    of_some = next(f for f in FIGURES if f.statistic.curve and f.statistic.curve.among)
    drawn = curve_of(of_some, (0, 1.0, math.nan, math.nan), (5000, 0.4, 0.3, 0.5))
    found = figures.on_curve(of_some, drawn, "Registry", bars.BLUE)
    assert (found.value, found.words) == (None, "not shown: the curves here are of all patients")


def test_the_median_of_a_curve_is_where_it_reaches_one_half() -> None:
    curve = curve_of(MEDIAN_CURVE, (0, 1.0, math.nan, math.nan), (210, 0.6, 0.45, 0.7),
                     (365, 0.5, 0.4, 0.65))  # fmt: skip
    assert figures.median_words(curve).startswith("median 12.0 months (6.9 months to not reached)")
    assert figures.median_words(curve[:2]) == "median not reached"


def test_the_median_of_a_curve_is_that_of_the_estimators() -> None:
    """Deaths on days 10, 20, 30, 40: the curve stays at one half from 20 to 30, but for rounding."""
    died = (10, 20, 30, 40)
    rounded = [math.exp(sum(math.log(1 - 1 / n) for n in range(4, left, -1))) for left in (3, 2, 1)]
    curve = pd.DataFrame(
        {"time_days": (0, *died), "survival": [1.0, *rounded, 0.0], "n_risk": (4, 4, 3, 2, 1),
         "ci_lower": math.nan, "ci_upper": math.nan}
    )  # fmt: skip
    days = kaplan_meier(died, [1, 1, 1, 1]).median().days
    assert days == 25
    assert figures.median_words(curve).startswith(f"median {months(days)} (")


def test_a_published_figure_stands_with_its_trust_and_caveat() -> None:
    for benchmark in consensus.benchmarks():
        html = figures.published_html(benchmark)
        assert f"trust: {benchmark.trust}" in html
        assert benchmark.id in html
        assert all(f"[{m.mark}]" in html for m in benchmark.marks)


def test_every_published_figure_is_on_the_page() -> None:
    placed = {f.published.id for f in FIGURES if f.published}
    assert placed | {b.id for b in figures.unplaced()} == {b.id for b in consensus.benchmarks()}


def test_after_the_end_of_a_published_curve_it_is_not_said_that_nobody_is_left() -> None:
    curve = pd.DataFrame(
        {
            "stratum": ["high", "high", "standard", "standard"], "time_days": [0, 400, 0, 900],
            "survival": [1.0, 0.5, 1.0, 0.4], "n_risk": [60, 15, 70, 20],
        }
    )  # fmt: skip
    _, at_risk = charts.survival_curves(curve, beyond="<13")
    rows = at_risk.data[at_risk.data["stratum"] == "high"]
    assert list(rows["n_risk"]) == ["60", "15", "15", "<13", "<13"]
    assert set(charts.key(curve)) == {"high", "standard"}
