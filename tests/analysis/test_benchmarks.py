"""Published figures and the registry's own: the intervals, the guard, and a reason where there is nothing."""

from __future__ import annotations

import pytest

from registry import consensus
from registry.analysis.benchmarks import Comparison, comparisons
from registry.analysis.own_figures import own_figures, proportion
from registry.statistics.proportion import clopper_pearson
from tests.analysis.material import ORIGIN_DAY, Patient, file_of

START = ORIGIN_DAY["remission"]


def two_courses(*days: int) -> dict[str, list[tuple[int, int]]]:
    return {"mst_consolidations": [(START + d, n) for n, d in enumerate(days, start=1)]}


def compared(patients: list[Patient], endpoint: str = "os") -> dict[str, Comparison]:
    file = file_of(patients, endpoint=endpoint, origin="remission")
    file.execute(
        "create table mart_statistic (is_all_centers boolean, statement_id text, statistic text, "
        "by_group text, known bigint, unknown bigint, events bigint, lower_quartile double, "
        "median double, upper_quartile double)"
    )
    file.from_arrow(own_figures(file)).create("mart_benchmark")
    return {found.benchmark.id: found for found in comparisons(file)}


# ten with two courses by day 180, of whom four die on day 400; six with one, all followed for 800 days
WITH_TWO = [Patient(START + (400 if n < 4 else 800), int(n < 4), two_courses(40, 80)) for n in range(10)]  # fmt: skip
WITH_ONE = [Patient(START + 800, 0, two_courses(40)) for _ in range(6)]


def test_the_papers_survival_by_courses_stands_beside_the_landmark_of_the_same_courses() -> None:
    found = compared([*WITH_TWO, *WITH_ONE, Patient(START + 100, 1, two_courses(40, 80))])
    (two,), (fewer,) = found["B-11"].own, found["B-13"].own
    # who died before the landmark is in neither group
    assert (two.value, two.of) == (pytest.approx(60), 10)
    assert (fewer.value, fewer.of) == (100, 6)
    assert "2 or more" in two.words
    assert "0 or 1" in fewer.words


def test_without_a_group_to_compare_with_the_guard_shows_nothing() -> None:
    found = compared(WITH_TWO)
    assert found["B-11"].own == ()
    assert "landmark" in found["B-11"].why_none
    assert "nobody has lfs from remission" in found["B-12"].why_none


def test_a_small_group_has_no_curve() -> None:
    (fewer,) = compared([*WITH_TWO, *WITH_ONE[:4]])["B-13"].own
    assert (fewer.value, fewer.why_not) == (None, "4 patients: too few for a curve")


def test_nobody_followed_for_two_years_is_said() -> None:
    short = [Patient(START + 300, 0, two_courses(40, 80)) for _ in range(6)]
    (two,) = compared([*short, *WITH_ONE])["B-11"].own
    assert "nobody of the group is followed for two years" in two.why_not


def test_all_published_figures_are_there_and_none_without_figure_or_reason() -> None:
    found = compared(WITH_TWO)
    assert list(found) == [b.id for b in consensus.benchmarks()]
    assert all(c.own or c.why_none for c in found.values())
    assert found["B-01"].why_none == "The registry's patients are older."


def test_a_share_is_in_percent_and_of_few_there_is_none() -> None:
    own = proportion("x", 10, 40, 2)
    assert own.value == 25
    assert (own.lower, own.upper) == tuple(100 * v for v in clopper_pearson(10, 40))
    assert proportion("x", 3, 4, 0).why_not == "3 of 4: too few for a rate"
    assert proportion("x", 0, 0, 7).why_not == "nobody to count"


def test_the_published_interval_is_that_of_its_counts() -> None:
    found = compared(WITH_TWO)
    assert found["B-09"].interval == tuple(100 * v for v in clopper_pearson(60, 90))
    assert found["B-11"].interval is None
    # a limit of a test is no share of patients
    assert (found["B-06"].scale, found["B-09"].scale, found["B-23"].scale) == (
        None,
        "share",
        "time",
    )
