"""Centers compared where each has few patients: shrunken ratios, ranks, and a funnel that knows censoring.

Two numbers of expected events are kept apart. The ratio of hazards uses the cumulative hazard of all up to
each patient's own end: with it the likelihood of a ratio is exactly that of a Poisson count, whatever the
censoring. The funnel asks how many events by a day a center would have if it were like all others; there
each patient counts with the chance of an event by the day, or by the end of possible follow-up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from registry.statistics.followed import (
    CENSORED,
    EVENT,
    Floats,
    Integers,
    checked,
    counted,
    in_groups,
)

# Standard deviations of true ratios (gamma, mean 1) that are thought possible, and how likely before any
# data: half normal with scale 1, since intervals from a narrower one held the truth too seldom.
_SPREADS = np.linspace(0.02, 1.5, 60)
_PRIOR = np.exp(-0.5 * _SPREADS**2)

# How many patients the follow-up of the others counts for in a center's own.
_BORROWED_PATIENTS = 2.0


@dataclass(frozen=True)
class Rules:
    """When a center is not shown; what they cost and gain: docs/decisions/0016-small-centers.md."""

    least_patients: int = 5
    least_expected: float = 1.0
    least_completeness: float = 0.8


@dataclass(frozen=True)
class Limits:
    """Events between these are no surprise at this level, if the center is like all others."""

    level: float
    lower: int
    upper: int


@dataclass(frozen=True)
class Center:
    """A center against all. `withheld` says why it is not to be shown; figures are then None.

    `observed` and `expected` are events by the day, with exact funnel `limits`; `ratio` is the shrunken
    ratio of hazards with its interval; ranks run from 1, the lowest hazard, among the centers shown.
    """

    name: str
    patients: int
    completeness: float | None
    withheld: str = ""
    observed: int | None = None
    expected: float | None = None
    limits: tuple[Limits, ...] = ()
    ratio: float | None = None
    ratio_lower: float | None = None
    ratio_upper: float | None = None
    rank_lower: int | None = None
    rank_upper: int | None = None

    def outside(self, level: float) -> bool:
        """Whether the center lies outside its limits of this level. Raises ValueError if it has none."""
        found = next((limits for limits in self.limits if limits.level == level), None)
        if found is None or self.observed is None:
            raise ValueError(f"{self.name} has no limits of {level:g}")
        return not found.lower <= self.observed <= found.upper


def compare_centers(
    time_days: npt.ArrayLike,
    status: npt.ArrayLike,
    centers: Sequence[Hashable] | npt.NDArray[np.generic],
    *,
    by_day: float,
    completeness: Mapping[str, float] | None = None,
    rules: Rules = Rules(),
    levels: tuple[float, ...] = (0.95, 0.998),
    possible_days: npt.ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 4000,
    seed: int = 0,
) -> tuple[Center, ...]:
    """Centers by name, for an endpoint without competing event and follow-up cut at `by_day`.

    `completeness` is the share of follow-up that was done, by center; a center of which it is not known,
    or below the rule, is not shown. Without the mapping the gate is open. `possible_days` is how far each
    patient could have been followed (to the day of the data cut), where it is known; else, for those who
    had the event, the follow-up of others stands in for it, of the same center before all. The same seed gives the same ranks.
    Raises ValueError as `checked` and `in_groups` do, for a day that is not after 0, or without any event
    by the day.
    """
    times, said = checked(time_days, status, competing=False)
    names, code = in_groups(centers, times.size)
    if not by_day > 0:
        raise ValueError("centers are compared by a day after the origin")
    cut, happened = np.minimum(times, by_day), np.where(times <= by_day, said, CENSORED)
    if not happened.any():
        raise ValueError(f"no event by day {by_day:g}: there is nothing to compare")
    hazard = _cumulative_hazard(cut, happened)
    chance = _chances(times, said, code, by_day, possible_days)
    own = np.bincount(code, weights=happened, minlength=len(names))
    shown = []
    for number, name in enumerate(names):
        here = code == number
        said_complete = None if completeness is None else completeness.get(name)
        why = _withheld(
            int(here.sum()),
            float(chance[here].sum()),
            completeness is not None,
            said_complete,
            rules,
        )
        limits = tuple(Limits(of, *_limits(chance[here], of)) for of in levels) if not why else ()
        shown.append(
            Center(name, int(here.sum()), said_complete, why) if why else Center(
                name, int(here.sum()), said_complete, "", int(own[number]),
                float(chance[here].sum()), limits,
            )
        )  # fmt: skip
    expected = np.bincount(code, weights=hazard, minlength=len(names))
    visible = np.array([not center.withheld for center in shown])
    ratios = shrunken_ratios(own, expected, level=level, draws=draws, seed=seed, ranked=visible)
    return tuple(
        center if center.withheld else Center(
            center.name, center.patients, center.completeness, "", center.observed, center.expected,
            center.limits, *found,
        )
        for center, found in zip(shown, ratios, strict=True)
    )  # fmt: skip


def shrunken_ratios(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    level: float = 0.95,
    draws: int = 4000,
    seed: int = 0,
    ranked: npt.ArrayLike | None = None,
) -> list[tuple[float, float, float, int, int]]:
    """(ratio, lower, upper, lowest rank, highest rank) of each center: gamma-Poisson, by simulation.

    Events given a ratio r are Poisson about r times expected; ratios are gamma with mean 1, and how far
    they spread is learnt from all centers, uncertain as it is (Christiansen and Morris 1997; a single
    best spread would come out 0 too often with few centers and make intervals too narrow). `ranked`
    says who takes part in the ranks. Raises ValueError for negative numbers or unlike lengths.
    """
    events, about = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    if events.shape != about.shape or events.ndim != 1 or (events < 0).any() or (about < 0).any():
        raise ValueError("observed and expected are two lists of one length, none negative")
    takes_part = (
        np.ones(events.size, dtype=bool) if ranked is None else np.asarray(ranked, dtype=bool)
    )
    draw = np.random.default_rng(seed)
    shape = 1 / draw.choice(_SPREADS, size=draws, p=_spread_weights(events, about)) ** 2
    ratios = draw.gamma(shape[:, None] + events, 1 / (shape[:, None] + about))
    tails = [(1 - level) / 2, (1 + level) / 2]
    lower, upper = np.quantile(ratios, tails, axis=0)
    ranks = np.zeros_like(ratios)
    order = np.argsort(ratios[:, takes_part], axis=1)
    ranks[:, takes_part] = np.argsort(order, axis=1) + 1
    low_rank, high_rank = np.quantile(ranks, tails, axis=0, method="inverted_cdf")
    return [
        (float(m), float(lo), float(hi), int(low), int(high))
        for m, lo, hi, low, high in zip(
            ratios.mean(axis=0), lower, upper, low_rank, high_rank, strict=True
        )
    ]


def _spread_weights(events: Floats, about: Floats) -> Floats:
    """How likely each spread is after the data: the ratios are integrated out in closed form."""
    shape = (1 / _SPREADS**2)[:, None]
    log = (
        shape * np.log(shape) - gammaln(shape) + gammaln(shape + events)
        - (shape + events) * np.log(shape + about)
    ).sum(axis=1) + np.log(_PRIOR)  # fmt: skip
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.sum())


def _withheld(
    patients: int, expected: float, gated: bool, completeness: float | None, rules: Rules
) -> str:
    if gated and completeness is None:
        return "The completeness of follow-up is not known."
    if completeness is not None and completeness < rules.least_completeness:
        return (
            f"Follow-up is {completeness:.0%} complete; a center is compared from "
            f"{rules.least_completeness:.0%} on."
        )
    short = []
    if patients < rules.least_patients:
        short.append(f"{patients} patients ({rules.least_patients} needed)")
    if expected < rules.least_expected:
        # rounded down: never up to what is needed
        has = f"{int(10 * expected) / 10:g}"
        short.append(f"{has} expected events ({rules.least_expected:g} needed)")
    return f"Not enough data: {', '.join(short)}." if short else ""


def _cumulative_hazard(times: Floats, status: Integers) -> Floats:
    """Nelson and Aalen's estimate of all, up to each patient's end; it sums to the events."""
    counts = counted(times, status)
    hazard = np.cumsum(counts.n_event / counts.n_risk)
    found: Floats = hazard[np.searchsorted(counts.time_days, times)]
    return found


def _chances(
    times: Floats,
    said: Integers,
    code: Integers,
    by_day: float,
    possible_days: npt.ArrayLike | None,
) -> Floats:
    """The chance of an event that is seen by the day, were every center alike.

    A patient who was censored was followed to that day. Of one who had the event it is not known how
    far follow-up would have gone: every later end is weighed as often as it occurs in the center, with a
    little of what occurs in the others.
    """
    counts = counted(times, said)
    survival = np.concatenate(([1.0], np.cumprod(1 - counts.n_event / counts.n_risk)))

    def dead_by(days: Floats) -> Floats:
        found: Floats = 1 - survival[np.searchsorted(counts.time_days, days, side="right")]
        return found

    if possible_days is not None:
        possible = np.asarray(possible_days, dtype=float)
        if possible.shape != times.shape or (possible < times).any():
            raise ValueError("nobody is followed for longer than possible")
        return dead_by(np.minimum(possible, by_day))
    chance = dead_by(np.minimum(times, by_day))
    seen = dead_by(np.minimum(counts.time_days, by_day))
    at_the_day = float(dead_by(np.array([by_day]))[0])
    for center in range(int(code.max()) + 1):
        own = code == center
        weights = np.where(own, 1.0, _BORROWED_PATIENTS / max(int((~own).sum()), 1))
        dead = own & (said == EVENT)
        later = _expected_later(times, said, weights, seen, at_the_day)
        chance[dead] = later[np.searchsorted(counts.time_days, times[dead])]
    return chance


def _expected_later(
    times: Floats, said: Integers, weights: Floats, seen: Floats, at_the_day: float
) -> Floats:
    """For each distinct day: the mean of `seen` over the ends of follow-up from that day on.

    Ends have the distribution of the reverse Kaplan-Meier estimate with these weights; what of it lies
    beyond the last day was followed to the end.
    """
    days, code = np.unique(times, return_inverse=True)
    at_risk = np.bincount(code, weights=weights, minlength=days.size)[::-1].cumsum()[::-1]
    censored = np.bincount(code, weights=weights * (said == CENSORED), minlength=days.size)
    staying = np.concatenate(([1.0], np.cumprod(1 - np.minimum(censored / at_risk, 1))))
    ending = staying[:-1] - staying[1:]
    mass = ending[::-1].cumsum()[::-1] + staying[-1]
    total = (ending * seen)[::-1].cumsum()[::-1] + staying[-1] * at_the_day
    found: Floats = np.divide(total, mass, out=np.full_like(total, at_the_day), where=mass > 1e-12)
    return found


def _limits(chances: Floats, level: float) -> tuple[int, int]:
    """The narrowest whole numbers with at most (1 - level) / 2 of the exact distribution beyond each.

    The number of events is a sum of patients each with a chance of their own.
    """
    distribution = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, [1 - chance, chance])
    tail = (1 - level) / 2 + 1e-12
    below = np.cumsum(distribution)
    above = np.cumsum(distribution[::-1])[::-1]
    lower = int((below <= tail).sum())
    upper = int(chances.size - (above <= tail).sum())
    return lower, upper
