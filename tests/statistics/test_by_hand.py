"""Small data with the arithmetic beside it, and the edges."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest

from registry.statistics.aalen_johansen import aalen_johansen
from registry.statistics.cox import cox
from registry.statistics.fine_gray import fine_gray
from registry.statistics.group_tests import gray, logrank
from registry.statistics.kaplan_meier import Median, follow_up, kaplan_meier
from registry.statistics.landmark import landmark
from registry.statistics.model import NOT_FINITE, Model
from registry.statistics.proportion import clopper_pearson, difference


def test_kaplan_meier_by_hand() -> None:
    # 6 at risk, 1 dies on day 1: 5/6. Day 2: of 5 one dies, one is censored: 5/6 * 4/5 = 4/6.
    # Day 3 censored. Day 4: 2 at risk, one dies: 4/6 * 1/2 = 1/3. Day 5 censored.
    curve = kaplan_meier([1, 2, 2, 3, 4, 5], [1, 1, 0, 0, 1, 0])
    assert [curve.at(day).share for day in (0, 1, 2, 3.5, 4, 5)] == pytest.approx(
        [1, 5 / 6, 4 / 6, 4 / 6, 1 / 3, 1 / 3]
    )
    # Greenwood on day 4: S² (1/(6*5) + 1/(5*4) + 1/(2*1)) = 1/9 * (2/60 + 3/60 + 30/60)
    assert curve.at(4).std_error == pytest.approx(math.sqrt(35 / 60 / 9))
    # log-log: log(-log S) ± 1.96 sqrt(35/60) / |log S|, the complementary log twice
    width = 1.959963984540054 * math.sqrt(35 / 60) / math.log(3)
    assert curve.at(4).lower == pytest.approx((1 / 3) ** math.exp(width))
    assert curve.at(4).upper == pytest.approx((1 / 3) ** math.exp(-width))
    assert [curve.at(day).n_risk for day in (0, 1, 2, 2.5, 5, 6)] == [6, 6, 5, 3, 1, 0]
    assert math.isnan(curve.at(6).share)  # nobody was followed so long


def test_median_stays_at_one_half_between_two_steps() -> None:
    # 3/4 after day 1, 1/2 from day 2 to day 3: R's survfit says 2.5
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).median().days == 2.5
    # with the last two censored it never goes below one half: the first day of it
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0]).median().days == 2
    # 2/3 then 1/3: no step at one half
    assert kaplan_meier([1, 2, 3], [1, 1, 1]).median().days == 2


def test_nobody_dies() -> None:
    curve = kaplan_meier([3, 5, 9], [0, 0, 0])
    assert curve.at(5).share == 1
    assert math.isnan(curve.at(5).lower)
    assert curve.median() == Median(None, None, None)
    assert follow_up([3, 5, 9], [0, 0, 0]).days == 5
    assert aalen_johansen([3, 5, 9], [0, 2, 0]).at(9).share == 0
    with pytest.raises(ValueError, match="no event"):
        cox([3, 5, 9], [0, 0, 0], {"x": [1, 2, 3]})
    with pytest.raises(ValueError, match="no event"):
        logrank([3, 5, 9], [0, 0, 0], ["a", "b", "b"])
    with pytest.raises(ValueError, match="no event"):
        gray([3, 5, 9], [2, 2, 0], ["a", "b", "b"])
    with pytest.raises(ValueError, match="no event"):
        fine_gray([3, 5, 9], [2, 2, 0], {"x": [1, 2, 3]})


def test_all_die_on_one_day() -> None:
    curve = kaplan_meier([7, 7, 7], [1, 1, 1])
    assert curve.at(6.9).share == 1
    assert curve.at(7).share == 0
    assert curve.at(100).share == 0  # nobody is left, so it is known for ever
    assert math.isnan(curve.at(7).std_error)
    assert math.isnan(curve.at(7).lower)
    assert curve.median() == Median(7, None, None)
    assert follow_up([7, 7, 7], [1, 1, 1]) == Median(None, None, None)


def test_one_patient() -> None:
    assert kaplan_meier([4], [1]).at(4).share == 0
    assert kaplan_meier([4], [0]).at(4).share == 1
    assert kaplan_meier([0], [1]).at(0).share == 0
    assert aalen_johansen([4], [1]).at(4).share == 1
    with pytest.raises(ValueError, match="for everybody"):
        cox([4], [1], {"x": [1]})


def test_event_competing_and_censored_on_one_day() -> None:
    # Day 5: 4 at risk, one of each kind: 1/4 and 1/4; the censored one was at risk.
    # Day 8: 1 at risk, event, after 1/2 free: 1/4 + 1/2 * 1/1 = 3/4.
    curve = aalen_johansen([5, 5, 5, 8], [1, 2, 0, 1])
    assert (curve.at(5).share, curve.at(8).share) == pytest.approx((1 / 4, 3 / 4))
    other = aalen_johansen([5, 5, 5, 8], [2, 1, 0, 2])
    assert other.at(8).share == pytest.approx(1 / 4)
    # whoever had neither had one by the end: the two add up with the share still free
    assert curve.at(8).share + other.at(8).share == pytest.approx(1)


def test_variance_of_incidence_by_hand() -> None:
    # The first of 10 has the event: F = 1/10, S = 9/10, F/S = 1/9, and Aalen's sums are
    # v1 = (10/9)² / 100, v2 = 10/9 * 10/9 / 100, v3 = (10/9)² / 100;
    # v1 + F² v3 - 2 F v2 = (10/9)² (1 - F)² / 100 = 1/100
    curve = aalen_johansen(range(1, 11), [1] + [2, 1] * 4 + [2])
    assert curve.at(1).std_error == pytest.approx(0.1)
    # a competing event moves neither the curve nor its error
    assert (curve.at(2).share, curve.at(2).std_error) == (curve.at(1).share, curve.at(1).std_error)


def test_logrank_by_hand() -> None:
    # a dies on days 1 and 3, b on 2 and 4.
    # Expected in a: 2/4 + 1/3 + 1/2 + 0/1 = 4/3; variance 1/4 + 2/9 + 1/4 = 13/18
    found = logrank([1, 3, 2, 4], [1, 1, 1, 1], ["a", "a", "b", "b"])
    assert found.expected["a"] == pytest.approx(4 / 3)
    assert found.observed == {"a": 2, "b": 2}
    assert found.chi_square == pytest.approx((2 - 4 / 3) ** 2 / (13 / 18))
    assert found.dof == 1


def test_gray_without_competing_events_asks_what_logrank_asks() -> None:
    draw = np.random.default_rng(3)
    times = np.ceil(draw.exponential(500, 400))
    status = (draw.random(400) < 0.7).astype(int)
    groups = draw.integers(0, 2, 400)
    assert gray(times, status, groups).chi_square == pytest.approx(
        logrank(times, status, groups).chi_square, rel=0.05, abs=0.02
    )


def test_a_group_without_anybody_at_risk_costs_no_degree_of_freedom() -> None:
    # c is censored before anything happens
    found = logrank([1, 3, 2, 4, 0.5], [1, 1, 1, 1, 0], ["a", "a", "b", "b", "c"])
    assert found.dof == 1
    assert found.chi_square == pytest.approx(4 / 9 / (13 / 18))
    assert gray([1, 3, 2, 4, 0.5], [1, 1, 2, 1, 0], ["a", "a", "b", "b", "c"]).dof == 1


def test_cox_by_hand() -> None:
    # Days 1, 2, 3; x = 1, 0, 1 die. log L = b - log(2e^b + 1) - log(1 + e^b) + 0.
    # Derivative with r = e^b: 1 - 2r/(2r+1) - r/(1+r) = 0, so 1 + r = r(2r + 1), r² = 1/2.
    model = cox([1, 2, 3], [1, 1, 1], {"x": [1, 0, 1]})
    assert model.terms[0].ratio == pytest.approx(math.sqrt(0.5))
    r = math.sqrt(0.5)
    information = 2 * r / (2 * r + 1) ** 2 + r / (1 + r) ** 2
    assert model.terms[0].std_error == pytest.approx(information**-0.5)
    assert model.log_likelihood == pytest.approx(
        math.log(r) - math.log(2 * r + 1) - math.log(1 + r)
    )


def test_efron_by_hand() -> None:
    # Both on day 1 with x = 1 and 0, of three at risk (1, 0, 0).
    # Denominators r + 2 and (r + 2) - (r + 1)/2 = (r + 3)/2.
    # d/db: 1 - r/(r+2) - r/(r+3) = 0, so r² = 6.
    model = cox([1, 1, 2], [1, 1, 0], {"x": [1, 0, 0]})
    assert model.terms[0].ratio == pytest.approx(math.sqrt(6))


def test_a_row_is_not_at_risk_on_its_day_of_entry() -> None:
    # The third enters on day 1, on which the first dies: L = r/(r + 1), then 1/(1 + r): r = 1.
    model = cox([1, 3, 4], [1, 1, 0], {"x": [1, 0, 1]}, entry_days=[0, 0, 1])
    assert model.terms[0].ratio == pytest.approx(1)


def test_a_patient_cut_into_rows_is_one_patient() -> None:
    whole = cox([5, 8, 9, 4], [1, 0, 1, 1], {"x": [1, 0, 1, 0]})
    cut = cox(
        [3, 5, 8, 9, 4], [0, 1, 0, 1, 1], {"x": [1, 1, 0, 1, 0]},
        entry_days=[0, 3, 0, 0, 0], person=["p", "p", "q", "r", "s"],
    )  # fmt: skip
    for one, other in zip(cut.terms, whole.terms, strict=True):
        assert (one.coefficient, one.std_error) == pytest.approx(
            (other.coefficient, other.std_error)
        )
    assert (cut.patients, cut.levels) == (whole.patients, whole.levels)


def test_fine_gray_without_competing_events_is_cox() -> None:
    draw = np.random.default_rng(5)
    times = draw.permutation(200) + 1
    status, x = (draw.random(200) < 0.6).astype(int), draw.normal(size=200)
    found, expected = (
        fine_gray(times, status, {"x": x}).terms[0],
        cox(times, status, {"x": x}).terms[0],
    )
    assert found.coefficient == pytest.approx(expected.coefficient, abs=1e-8)
    assert found.std_error == pytest.approx(expected.std_error, rel=0.1)  # a sandwich


def test_proportional_hazards_are_doubted_when_curves_cross() -> None:
    draw = np.random.default_rng(11)
    x = np.repeat([0, 1], 200)
    same = draw.exponential(100, 400)
    # early deaths in group 1, then none for long
    crossing = np.where(x == 1, np.where(draw.random(400) < 0.5, 10, 400) * draw.random(400), same)
    events = np.ones(400)
    assert cox(same, events, {"x": x}).proportional_hazards[0].p > 0.05
    assert cox(crossing, events, {"x": x}).proportional_hazards[0].p < 1e-4


def test_few_events_are_said() -> None:
    draw = np.random.default_rng(2)
    few = cox(draw.random(40), [1] * 15 + [0] * 25, {"x": draw.random(40), "y": draw.random(40)})
    assert "15 events for 2 parameters" in few.warnings[0]
    assert few.residual_dof == 13


@pytest.mark.requirement("SDC-10")
def test_what_may_be_published() -> None:
    draw = np.random.default_rng(2)

    def model(events: int, in_level: int) -> bool:
        status = [1, 0] * events + [0] * (200 - 2 * events)
        level = ["b" if n * 7 % 200 < in_level else "a" for n in range(200)]
        fitted = cox(draw.random(200), status, {"level": level})
        return fitted.publishable(largest_hidden_count=12)

    assert model(11, 20)
    assert not model(10, 20)  # 9 residual degrees of freedom
    assert not model(40, 12)  # a level of 12
    assert model(40, 13)
    everybody = cox(draw.random(60), [1] * 20 + [1, 0] * 20, {"level": ["b"] * 20 + ["a"] * 40})
    assert not everybody.publishable(largest_hidden_count=12)  # all of b had the event


@pytest.mark.parametrize("odd", ["nobody", "everybody first"])
@pytest.mark.parametrize("fit", [cox, fine_gray])
def test_a_group_without_finite_estimate_leaves_the_others_as_they_are(
    fit: Callable[..., Model], odd: str
) -> None:
    draw = np.random.default_rng(5)
    groups = np.repeat(["a", "b", "c"], [60, 40, 5])
    times, status = draw.integers(10, 400, 105), draw.choice([1, fit is fine_gray and 2], 105)
    is_odd = groups == "c"
    times[is_odd] = 1 if odd == "everybody first" else times[is_odd]
    status[is_odd] = 1 if odd == "everybody first" else status.max() * (fit is fine_gray)
    b, c = fit(times, status, {"group": groups}).terms
    assert (b.is_finite, c.is_finite) == (True, False)
    assert all(math.isnan(v) for v in (c.ratio, c.lower, c.upper, c.std_error, c.p))
    # without the odd group there is one term, and without censoring no weight hangs on it
    (alone,) = fit(times[~is_odd], status[~is_odd], {"group": groups[~is_odd]}).terms
    assert (b.ratio, b.std_error) == pytest.approx((alone.ratio, alone.std_error), rel=1e-5)


@pytest.mark.parametrize("fit", [cox, fine_gray])
@pytest.mark.parametrize("without", ["a", "b", "ab", "ac", "bc"])
@pytest.mark.parametrize("sizes", [(2, 200, 40), (40, 2, 200), (50, 50, 50)])
def test_a_ratio_is_finite_only_between_groups_with_events(
    fit: Callable[..., Model], without: str, sizes: tuple[int, int, int]
) -> None:
    draw = np.random.default_rng(6)
    groups = np.repeat(["a", "b", "c"], sizes)
    status = np.where(np.isin(groups, list(without)), 0, draw.random(sum(sizes)) < 0.6)
    times = draw.exponential(300, sum(sizes))
    if "a" in without or len(without) > 1:
        with pytest.raises(ValueError, match=NOT_FINITE):
            fit(times, status, {"group": groups})
    else:
        fitted = fit(times, status, {"group": groups})
        assert [term.is_finite for term in fitted.terms] == [False, True]


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "negative time": (lambda: kaplan_meier([-1, 2], [1, 0]), "negative: -1 days"),
    "missing time": (lambda: kaplan_meier([float("nan"), 2], [1, 0]), "missing"),
    "competing in a curve of one event": (lambda: kaplan_meier([1, 2], [1, 2]), "none of 0, 1$"),
    "status 3": (lambda: aalen_johansen([1, 2], [1, 3]), "none of 0, 1, 2"),
    "half a status": (lambda: aalen_johansen([1, 2], [0.5, 1]), "none of"),
    "lengths": (lambda: kaplan_meier([1, 2], [1]), "one length"),
    "empty": (lambda: kaplan_meier([], []), "no patient"),
    "day before the origin": (lambda: kaplan_meier([1], [1]).at(-1), "day -1"),
    "one group": (lambda: logrank([1, 2], [1, 1], ["a", "a"]), "two groups"),
    "too few groups": (lambda: gray([1, 2], [1, 1], ["a"]), "1 groups for 2"),
    "never together": (lambda: logrank([1, 3], [0, 1], ["a", "b"]), "never at risk together"),
    "constant": (lambda: cox([1, 2], [1, 1], {"sex": ["f", "f"]}), "sex is f for everybody"),
    "missing covariate": (lambda: cox([1, 2], [1, 1], {"x": [1, None]}), "x is missing"),
    "wrong length": (lambda: cox([1, 2], [1, 1], {"x": [1]}), "1 values for 2 rows"),
    "no covariate": (lambda: cox([1, 2], [1, 1], {}), "needs a covariate"),
    "same twice": (
        lambda: cox([1, 2, 3], [1, 1, 1], {"x": [1, 0, 1], "y": [0, 1, 0]}),
        "cannot be told apart",
    ),
    "infinite ratio": (
        lambda: cox([1, 2, 3, 4], [1, 1, 0, 0], {"x": [1, 1, 0, 0]}), "no finite estimate",
    ),
    "infinite subdistribution ratio": (
        lambda: fine_gray([1, 2, 3, 4], [1, 1, 0, 2], {"x": [1, 1, 0, 0]}), "no finite estimate",
    ),
    "ends before it begins": (
        lambda: cox([1, 2], [1, 1], {"x": [1, 0]}, entry_days=[1, 0]), "ends before it begins",
    ),
    "landmark at the origin": (lambda: landmark([1, 2], [1, 0], 0), "after the origin"),
    "landmark after all": (lambda: landmark([1, 2], [1, 0], 2), "nobody is followed beyond day 2"),
    "no proportion": (lambda: difference(1, 0, 1, 2), "1 of 0 is no proportion"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    act, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        act()


def test_landmark_counts_who_is_left_out() -> None:
    found = landmark([10, 90, 90, 90, 91, 200], [1, 0, 1, 2, 1, 0], 90)
    assert found.kept.tolist() == [False, False, False, False, True, True]
    assert found.time_days.tolist() == [1, 110]
    assert found.status.tolist() == [1, 0]
    assert (found.events_before, found.competing_before, found.censored_before) == (2, 1, 1)


def test_difference_of_proportions() -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 and 48/80
    found = difference(56, 70, 48, 80)
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    # example (h): 10/10 and 0/10 with Wilson's ends 0.7225 and 0.2775; 1 - sqrt(2) * 0.2775
    assert difference(10, 10, 0, 10).lower == pytest.approx(0.6075, abs=5e-5)
    assert difference(10, 10, 0, 10).upper == pytest.approx(1)
    # Fisher's tea: 3 of 4 against 1 of 4, p = (16 + 1 + 16 + 1) / 70
    assert difference(3, 4, 1, 4).p == pytest.approx(34 / 70)


def test_clopper_pearson_by_hand() -> None:
    # no event in n: the upper end is 1 - 0.025^(1/n)
    assert clopper_pearson(0, 10) == pytest.approx((0, 1 - 0.025**0.1))
    assert clopper_pearson(10, 10) == pytest.approx((0.025**0.1, 1))


def test_a_million_rows_in_less_than_a_second() -> None:
    draw = np.random.default_rng(1)
    times, status = draw.integers(1, 4000, 1_000_000), draw.integers(0, 2, 1_000_000)
    began = time.process_time()
    kaplan_meier(times, status).at(730)
    assert time.process_time() - began < 1


def test_event_competing_event_and_neither_make_up_all() -> None:
    """Four patients: event, competing event, censored, event; exchanging 1 and 2 exchanges the curves."""
    times, status = [1, 2, 3, 4], [1, 2, 0, 1]
    found = aalen_johansen(times, status)
    assert found.incidence.tolist() == [0.25, 0.25, 0.25, 0.75]
    assert found.competing.tolist() == [0.0, 0.25, 0.25, 0.25]
    exchanged = aalen_johansen(times, [{1: 2, 2: 1}.get(s, s) for s in status])
    assert exchanged.incidence.tolist() == found.competing.tolist()
