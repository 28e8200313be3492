"""Whether groups differ: the log-rank test, and Gray's where an event competes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from registry.statistics.followed import COMPETING, EVENT, Floats, Integers, checked, in_groups

Groups = Sequence[Hashable] | npt.NDArray[np.generic]


@dataclass(frozen=True)
class GroupTest:
    """A chi-square over `dof` degrees of freedom; observed and expected events by group, where known."""

    chi_square: float
    dof: int
    p: float
    observed: dict[str, int]
    expected: dict[str, float]


def logrank(time_days: npt.ArrayLike, status: npt.ArrayLike, groups: Groups) -> GroupTest:
    """The log-rank test of k groups (Mantel 1966), with the hypergeometric variance at ties.

    Raises ValueError as `checked` and `in_groups` do, and without any event.
    """
    times, said = checked(time_days, status, competing=False)
    names, code = in_groups(groups, times.size)
    _, cells, at_risk = _by_day(times, said, code, len(names))
    deaths, everybody = cells[:, EVENT].sum(axis=1), at_risk.sum(axis=1)
    if not deaths.any():
        raise ValueError("no event: there is nothing to compare")
    share = at_risk / everybody[:, None]
    expected = (deaths[:, None] * share).sum(axis=0)
    observed = cells[:, EVENT].sum(axis=0)
    spread = deaths * (everybody - deaths) / np.maximum(everybody - 1, 1)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return _test(observed - expected, variance, names, observed, expected)


def gray(time_days: npt.ArrayLike, status: npt.ArrayLike, groups: Groups) -> GroupTest:
    """Gray's test (1988, rho = 0) of k groups: do their cumulative incidences of event 1 differ?

    The variance is his estimate with the correction for ties that R's cmprsk uses. Raises ValueError
    as `checked` and `in_groups` do, and without any event of kind 1.
    """
    times, said = checked(time_days, status)
    names, code = in_groups(groups, times.size)
    if not (said == EVENT).any():
        raise ValueError("no event of interest: there is nothing to compare")
    _, cells, at_risk = _by_day(times, said, code, len(names))
    happened = cells[:, EVENT:].sum(axis=(1, 2)) > 0
    gathered = _GraySums(len(names))
    for day in np.flatnonzero(happened):
        gathered.add(at_risk[day], cells[day, EVENT], cells[day, COMPETING])
    return _test(
        gathered.score, gathered.variance(), names,
        cells[:, EVENT].sum(axis=0), gathered.expected,
    )  # fmt: skip


def _by_day(
    times: Floats, said: Integers, code: Integers, groups: int
) -> tuple[Floats, Floats, Floats]:
    """Days, cells [day, status, group] and those at risk [day, group]."""
    days, day = np.unique(times, return_inverse=True)
    flat = np.bincount((day * 3 + said) * groups + code, minlength=days.size * 3 * groups)
    cells = flat.reshape(days.size, 3, groups).astype(float)
    at_risk = cells.sum(axis=1)[::-1].cumsum(axis=0)[::-1]
    return days, cells, at_risk


def _test(
    score: Floats, variance: Floats, names: list[str], observed: Floats, expected: Floats
) -> GroupTest:
    """The quadratic form over the groups that carry information."""
    kept = np.diag(variance) > 1e-12
    dof = int(kept.sum()) - 1
    if dof < 1:
        raise ValueError("the groups were never at risk together: there is nothing to compare")
    used = np.flatnonzero(kept)[:-1]
    inverse = np.linalg.pinv(variance[np.ix_(used, used)])
    chi_square = float(score[used] @ inverse @ score[used])
    return GroupTest(
        chi_square, dof, float(chi2.sf(chi_square, dof)),
        {name: int(n) for name, n in zip(names, observed, strict=True)},
        {name: float(n) for name, n in zip(names, expected, strict=True)},
    )  # fmt: skip


class _GraySums:
    """Gray's score and variance, gathered from day to day.

    A group's risk set is its number at risk over its share free of any event, times the share free of
    event 1. The pooled incidence stands for every group's own, as under the hypothesis.
    """

    def __init__(self, groups: int) -> None:
        self.score, self.expected = np.zeros(groups), np.zeros(groups)
        self._free, self._incidence, self._pooled = np.ones(groups), np.zeros(groups), 0.0
        self._c = np.zeros((groups, groups))
        self._v1, self._v2 = np.zeros((groups, groups)), np.zeros((groups, groups))
        self._v3 = np.zeros(groups)

    def add(self, at_risk: Floats, events: Floats, competing: Floats) -> None:
        """One day on which something happened."""
        there = at_risk > 0
        number = np.where(there, at_risk, 1.0)
        free, total = self._free, float(events.sum())
        free_after = np.where(there, free * (number - events - competing) / number, free)
        per_free = np.where(there & (free > 0), at_risk / np.where(free > 0, free, 1.0), 0.0)
        all_free = per_free.sum()
        risk_set = per_free * (1 - self._incidence)
        pooled_after = self._pooled + total / all_free
        expected = total * risk_set / risk_set.sum()
        self.score += events - expected
        self.expected += expected
        a = np.diag(per_free) - np.outer(per_free, per_free) / all_free
        self._c += a * total / (all_free * (1 - self._pooled))
        left = free_after > 1e-12
        ratio = np.divide(1 - pooled_after, free_after, out=np.zeros_like(free), where=left)
        if total > 0:
            ties = 1 - (total - 1) / np.maximum(all_free * free - 1, 1e-300) if total > 1 else 1.0
            weight = np.where(there, ties * free * total / (all_free * number), 0.0)
            self._gather(a, 1 - ratio, weight)
        if competing.any():
            ties = 1 - np.maximum(competing - 1, 0) / np.maximum(number - 1, 1)
            weight = np.where(there & left, ties * free**2 * competing / number**2, 0.0)
            self._gather(np.zeros_like(a), -ratio, weight)
        self._incidence = self._incidence + np.where(there, free * events / number, 0.0)
        self._free, self._pooled = free_after, pooled_after

    def _gather(self, a: Floats, factor: Floats, weight: Floats) -> None:
        term = a - factor * self._c
        self._v1 += (term * weight) @ term.T
        self._v2 += term * (factor * weight)
        self._v3 += factor**2 * weight

    def variance(self) -> Floats:
        """Of the score, groups by groups."""
        crossed = self._c @ self._v2.T
        return self._v1 + (self._c * self._v3) @ self._c.T + crossed + crossed.T
