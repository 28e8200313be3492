"""Cumulative incidence with a competing event (Aalen and Johansen 1978), with the variance of R's cmprsk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from registry.statistics.followed import Counts, Floats, checked, counted
from registry.statistics.kaplan_meier import Estimate


@dataclass(frozen=True)
class Incidence:
    """A curve of steps: by `counts.time_days[i]` a share of `incidence[i]` has had the event.

    `competing[i]` has had the other one, and the rest neither; the three make up all.
    The interval is log-log, `incidence ** exp(±z se / (F log F))`; nan at 0 and 1.
    """

    counts: Counts
    level: float
    incidence: Floats
    competing: Floats
    variance: Floats
    lower: Floats
    upper: Floats

    def at(self, day: float) -> Estimate:
        """The estimate at a day; nan after the last day while somebody is still free of events.

        Raises ValueError for a negative day.
        """
        if not day >= 0:
            raise ValueError(f"no estimate for day {day:g}")
        times, counts = self.counts.time_days, self.counts
        n_risk = int(counts.n_risk[np.searchsorted(times, day)]) if day <= times[-1] else 0
        step = int(np.searchsorted(times, day, side="right")) - 1
        if step < 0:
            return Estimate(day, n_risk, 0.0, 0.0, np.nan, np.nan)
        if day > times[-1] and counts.n_censored[-1] > 0:
            return Estimate(day, 0, np.nan, np.nan, np.nan, np.nan)
        return Estimate(
            day, n_risk, float(self.incidence[step]), float(np.sqrt(self.variance[step])),
            float(self.lower[step]), float(self.upper[step]),
        )  # fmt: skip


def aalen_johansen(
    time_days: npt.ArrayLike, status: npt.ArrayLike, *, level: float = 0.95
) -> Incidence:
    """The share that had event 1 by each day, where 2 precludes it and 0 is censored.

    For the other event exchange 1 and 2. Raises ValueError for no patients, negative or missing
    times, any other status.
    """
    counts = counted(*checked(time_days, status))
    at_risk = counts.n_risk.astype(float)
    either = counts.n_event + counts.n_competing
    free_after = np.cumprod(1 - either / at_risk)
    free_before = np.concatenate(([1.0], free_after[:-1]))
    incidence = np.minimum(np.cumsum(free_before * counts.n_event / at_risk), 1.0)
    competing = np.minimum(np.cumsum(free_before * counts.n_competing / at_risk), 1.0)
    variance = _variance(counts, free_before, free_after, incidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = ndtri((1 + level) / 2) * np.sqrt(variance) / np.abs(incidence * np.log(incidence))
        open_share = (incidence > 0) & (incidence < 1)
        lower = np.where(open_share, incidence ** np.exp(width), np.nan)
        upper = np.where(open_share, incidence ** np.exp(-width), np.nan)
    return Incidence(counts, level, incidence, competing, variance, lower, upper)


def _variance(counts: Counts, free_before: Floats, free_after: Floats, incidence: Floats) -> Floats:
    """Aalen's variance, v1 + F² v3 - 2 F v2, corrected for ties; 1/S counts as 0 where S is 0."""
    at_risk = counts.n_risk.astype(float)

    def weight(events: npt.NDArray[np.int64]) -> Floats:
        ties = 1 - (events - 1) / np.maximum(at_risk - 1, 1)
        return np.where(events > 0, (free_before / at_risk) ** 2 * events * ties, 0.0)

    left = free_after > 1e-12
    inverse = np.divide(1.0, free_after, out=np.zeros_like(free_after), where=left)
    own, other = weight(counts.n_event), np.where(left, weight(counts.n_competing), 0.0)
    share = inverse * incidence
    v1 = np.cumsum((1 + share) ** 2 * own + share**2 * other)
    v2 = np.cumsum(inverse * ((1 + share) * own + share * other))
    v3 = np.cumsum(inverse**2 * (own + other))
    variance = np.maximum(v1 + incidence**2 * v3 - 2 * incidence * v2, 0.0)
    # the curve moves at events only, and so does its error: it is that of the last event
    last = np.maximum.accumulate(np.where(counts.n_event > 0, np.arange(incidence.size), -1))
    return np.where(last >= 0, variance[last], 0.0)
