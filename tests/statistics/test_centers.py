"""Small centers: by hand, by rule, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.small_centers import NO_RULE, SIZES, measure
from registry.statistics.centers import Center, Limits, compare_centers, shrunken_ratios


def patients(deaths: dict[str, tuple[int, int]]) -> tuple[list[int], list[int], list[str]]:
    """Deaths on days 10, 20, ... and everybody else alive on day 1000: name -> (dead, all)."""
    rows = [
        (10 * (number + 1), 1, name) if number < dead else (1000, 0, name)
        for name, (dead, everybody) in deaths.items()
        for number in range(everybody)
    ]
    times, status, names = zip(*rows, strict=True)
    return list(times), list(status), list(names)


def by_name(found: tuple[Center, ...]) -> dict[str, Center]:
    return {center.name: center for center in found}


def test_funnel_limits_by_hand() -> None:
    # Half of all die, nobody is censored before day 730: each patient counts 1/2.
    # Of 10: P(0) = 1/1024, P(<=1) = 11/1024 = 0.011, P(<=2) = 56/1024 = 0.055: 2 to 8 at 95 %.
    # At 99.8 %: P(0) = 0.00098 is below 0.001, P(<=1) is not: 1 to 9.
    found = by_name(compare_centers(*patients({"A": (5, 10), "B": (5, 10)}), by_day=730))
    assert found["A"].expected == pytest.approx(5)
    assert found["A"].limits == (Limits(0.95, 2, 8), Limits(0.998, 1, 9))
    assert not found["A"].outside(0.95)
    with pytest.raises(ValueError, match=r"no limits of 0\.9$"):
        found["A"].outside(0.9)


def test_a_center_far_worse_is_outside() -> None:
    found = by_name(
        compare_centers(
            *patients({"A": (36, 40), **{f"B{n}": (12, 40) for n in range(6)}}), by_day=730
        )
    )
    assert found["A"].outside(0.998)
    assert not any(found[f"B{n}"].outside(0.95) for n in range(6))
    assert found["A"].ratio_lower is not None
    assert found["A"].ratio_lower > 1
    assert (found["A"].rank_lower, found["A"].rank_upper) == (7, 7)


def test_who_could_not_be_followed_expects_less() -> None:
    # A is followed for 100 days only; its patients alive then are not successes by day 730.
    draw = np.random.default_rng(4)
    death = np.ceil(draw.exponential(500, 400))
    ends = np.repeat([100.0, 2000.0], 200)
    times, status = np.minimum(death, ends), (death <= ends).astype(int)
    names = ["A"] * 200 + ["B"] * 200
    guessed = by_name(compare_centers(times, status, names, by_day=730))
    known = by_name(compare_centers(times, status, names, by_day=730, possible_days=ends))
    for found in (guessed, known):
        assert not found["A"].outside(0.95)
        assert not found["B"].outside(0.95)
    # known follow-up: 200 patients times 1 - S(100) = 1 - exp(-0.2)
    assert known["A"].expected == pytest.approx(200 * (1 - np.exp(-0.2)), rel=0.15)
    with pytest.raises(ValueError, match="longer than possible"):
        compare_centers(times, status, names, by_day=730, possible_days=ends - 1)


def test_events_after_the_day_do_not_count() -> None:
    times, _, names = patients({"A": (5, 10), "B": (5, 10)})
    late = [t if t < 1000 else 900 for t in times]
    found = compare_centers(late, [1] * 20, names, by_day=730)
    assert [center.observed for center in found] == [5, 5]


def test_not_enough_data_by_rule() -> None:
    found = by_name(
        compare_centers(*patients({"A": (2, 4), "B": (9, 30), "C": (0, 5)}), by_day=730)
    )
    assert found["A"].withheld == "Not enough data: 4 patients (5 needed)."
    assert (found["A"].observed, found["A"].ratio, found["A"].limits) == (None, None, ())
    assert found["C"].withheld == ""
    # 5 patients of whom fewer than one is expected to die
    rare = by_name(compare_centers(*patients({"A": (0, 5), "B": (3, 40)}), by_day=730))
    assert rare["A"].withheld == "Not enough data: 0.3 expected events (1 needed)."


def test_completeness_gate() -> None:
    data = patients({"A": (5, 10), "B": (5, 10), "C": (5, 10)})
    found = by_name(compare_centers(*data, by_day=730, completeness={"A": 0.8, "B": 0.79}))
    assert found["A"].withheld == ""
    assert found["B"].withheld.startswith("Follow-up is 79% complete")
    assert found["C"].withheld == "The completeness of follow-up is not known."
    # only those shown are ranked
    assert (found["A"].rank_lower, found["A"].rank_upper) == (1, 1)
    assert found["B"].rank_lower is None


def test_ratios_are_drawn_towards_all_and_ranks_are_wide() -> None:
    found = shrunken_ratios([4, 2, 1, 0, 3], [2.0, 2.0, 2.0, 2.0, 2.0])
    ratio, lower, upper, low_rank, high_rank = found[0]
    assert 1 < ratio < 2
    assert lower < 1 < upper
    assert high_rank - low_rank >= 3
    assert 0 < found[3][0] < 1
    assert found == shrunken_ratios([4, 2, 1, 0, 3], [2.0] * 5)
    assert found != shrunken_ratios([4, 2, 1, 0, 3], [2.0] * 5, seed=1)


def test_much_data_is_hardly_drawn_at_all() -> None:
    found = shrunken_ratios([2000, 500, 1000, 500], [1000.0] * 4)
    assert found[0][0] == pytest.approx(2, rel=0.05)
    assert found[0][3:] == (4, 4)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([-1], [1.0]), "none negative"),
        (([1], [1.0, 2.0]), "one length"),
    ],
)
def test_refused_ratios(given: tuple[list[int], list[float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shrunken_ratios(*given)


def test_refused_comparisons() -> None:
    with pytest.raises(ValueError, match="two groups"):
        compare_centers([1, 2], [1, 0], ["A", "A"], by_day=730)
    with pytest.raises(ValueError, match="no event by day 5"):
        compare_centers([10, 20], [1, 1], ["A", "B"], by_day=5)
    with pytest.raises(ValueError, match="after the origin"):
        compare_centers([10, 20], [1, 1], ["A", "B"], by_day=0)
    everybody_first_day = compare_centers([0, 0], [1, 1], ["A", "B"], by_day=1, rules=NO_RULE)
    assert [center.observed for center in everybody_first_day] == [1, 1]


@pytest.mark.parametrize("size", SIZES)
def test_false_flags_and_coverage(size: int) -> None:
    null = measure(size, 40, spread=0, seed=size)
    # 480 centers, of which one in twenty may be outside; four standard errors more
    assert null.flagged_95 <= 0.05 + 0.04
    assert null.flagged_998 <= 0.002 + 0.008
    assert null.covered >= 0.95
    if size >= 10:
        # what it would be if censoring were ignored
        assert null.crude_flagged > null.flagged_95
    apart = measure(size, 40, spread=0.4, seed=size)
    assert apart.covered >= 0.88
    assert apart.rank_covered >= 0.95
    assert apart.error < apart.error_plain


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
def test_false_flags_and_coverage_at_length(size: int) -> None:
    null = measure(size, 800, spread=0, seed=100 + size)
    assert null.flagged_95 <= 0.05
    assert null.flagged_998 <= 0.004
    apart = measure(size, 800, spread=0.4, seed=100 + size)
    assert apart.covered >= 0.90
    assert apart.rank_covered >= 0.95
