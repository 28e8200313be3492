"""The product-limit estimate (Kaplan and Meier 1958), as R's `survfit` with `conf.type = "log-log"`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from registry.statistics.followed import CENSORED, EVENT, Counts, Floats, checked, counted

# R's survfit: half a step of this size still counts as one half
_HALF_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True)
class Estimate:
    """A share at a day. Bounds are nan where the log-log interval has no value (at 0 and 1)."""

    time_days: float
    n_risk: int
    share: float
    std_error: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Median:
    """A median in days with the interval of Brookmeyer and Crowley (1982); None where it is not reached."""

    days: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Survival:
    """A curve of steps: after `counts.time_days[i]` a share of `survival[i]` is free of the event.

    `std_error` is Greenwood's; at survival 0 it has no value, nor has the interval at 0 and 1 (nan).
    """

    counts: Counts
    level: float
    survival: Floats
    std_error: Floats
    lower: Floats
    upper: Floats

    def at(self, day: float) -> Estimate:
        """The estimate at a day; nan after the last day anybody was followed. Raises ValueError if negative."""
        if not day >= 0:
            raise ValueError(f"no estimate for day {day:g}")
        times = self.counts.time_days
        n_risk = int(self.counts.n_risk[np.searchsorted(times, day)]) if day <= times[-1] else 0
        step = int(np.searchsorted(times, day, side="right")) - 1
        if step < 0:
            return Estimate(day, n_risk, 1.0, 0.0, np.nan, np.nan)
        # after the last follow-up only a curve that has come to 0 is known
        if day > times[-1] and self.survival[-1] > 0:
            return Estimate(day, 0, np.nan, np.nan, np.nan, np.nan)
        return Estimate(
            day, n_risk, float(self.survival[step]), float(self.std_error[step]),
            float(self.lower[step]), float(self.upper[step]),
        )  # fmt: skip

    def median(self) -> Median:
        """Where the curve, and the two sides of its band, come to one half."""
        return median_of(self.counts.time_days, self.survival, self.lower, self.upper)


def kaplan_meier(
    time_days: npt.ArrayLike, status: npt.ArrayLike, *, level: float = 0.95
) -> Survival:
    """The curve of an endpoint without competing event: status 0 censored, 1 event.

    Raises ValueError for no patients, negative or missing times, any other status.
    """
    counts = counted(*checked(time_days, status, competing=False))
    deaths, at_risk = counts.n_event, counts.n_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        survival: Floats = np.cumprod(1 - deaths / at_risk)
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths).astype(float)))
        error_of_log: Floats = np.where(survival > 0, np.sqrt(greenwood), np.nan)
        log_log = np.where(survival < 1, np.log(-np.log(survival)), np.nan)
        half_width = ndtri((1 + level) / 2) * error_of_log / np.abs(np.log(survival))
        lower = np.exp(-np.exp(log_log + half_width))
        upper = np.exp(-np.exp(log_log - half_width))
    return Survival(counts, level, survival, survival * error_of_log, lower, upper)


def median_of(times: Floats, survival: Floats, lower: Floats, upper: Floats) -> Median:
    """The median of a curve given by its steps, whoever estimated them."""
    return Median(_half(times, survival), _half(times, lower), _half(times, upper))


def follow_up(time_days: npt.ArrayLike, status: npt.ArrayLike, *, level: float = 0.95) -> Median:
    """Median follow-up by the reverse estimate (Schemper and Smith 1996): being censored is the event."""
    times, said = checked(time_days, status)
    reversed_status = np.where(said == CENSORED, EVENT, CENSORED)
    return kaplan_meier(times, reversed_status, level=level).median()


def _half(times: Floats, curve: Floats) -> float | None:
    """The first day at one half or below; midway to the next step where it stays at exactly one half."""
    reached = ~np.isnan(curve) & (curve < 0.5 + _HALF_TOLERANCE)
    if not reached.any():
        return None
    days, shares = times[reached], curve[reached]
    below = shares < shares[0] - _HALF_TOLERANCE
    if abs(shares[0] - 0.5) < _HALF_TOLERANCE and below.any():
        return float(days[0] + days[below.argmax()]) / 2
    return float(days[0])
