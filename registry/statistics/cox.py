"""Cox's model with Efron's handling of ties, also with covariates that change (counting process).

A row is the time from `entry` to `time` in which a patient's covariates stay the same; a patient at
risk for the whole time is one row from 0. A row is at risk on day t if entry < t <= time, as in R's
`coxph(Surv(entry, time, status))`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from registry.statistics.followed import EVENT, Flags, Floats, checked
from registry.statistics.model import (
    NOT_FINITE,
    Design,
    Model,
    design,
    endless_of,
    levels_of,
    newton_step,
    terms_of,
)

_STEPS, _TOLERANCE = 30, 1e-11


@dataclass(frozen=True)
class Proportionality:
    """Whether a ratio stays the same over time: chi-square on one degree of freedom a term."""

    name: str
    chi_square: float
    p: float


@dataclass(frozen=True)
class CoxModel(Model):
    """A Cox model. `proportional_hazards` is empty where it could not be tested."""

    proportional_hazards: tuple[Proportionality, ...]


def cox(
    time_days: npt.ArrayLike,
    status: npt.ArrayLike,
    covariates: Mapping[str, Sequence[object] | npt.NDArray[np.generic]],
    *,
    entry_days: npt.ArrayLike | None = None,
    person: Sequence[Hashable] | None = None,
    level: float = 0.95,
) -> CoxModel:
    """Hazard ratios of covariates; for a cause-specific hazard pass competing events as censored.

    `person` tells which rows are one patient, for counts; without it each row is one. Raises
    ValueError for what `checked` and `design` refuse, no event, a row that ends before it begins, or if no
    ratio has a finite estimate.
    """
    times, said = checked(time_days, status, competing=False)
    entries = np.zeros_like(times) if entry_days is None else np.asarray(entry_days, dtype=float)
    if entries.shape != times.shape or (entries < 0).any():
        raise ValueError("each row needs a day of entry, not negative")
    # on day 0 nobody has been at risk yet; R leaves such rows out as well when entry is given
    if entry_days is not None and (entries >= times).any():
        raise ValueError("a row ends before it begins")
    events = said == EVENT
    if not events.any():
        raise ValueError("no event: there is nothing to explain")
    made = design(covariates, times.size)
    likelihood = _Efron(
        times, np.full_like(times, -1.0) if entry_days is None else entries, events, made
    )
    beta, value, information, endless = _newton(likelihood, made)
    covariance: Floats = np.linalg.inv(information)
    who = np.unique([str(p) for p in person], return_inverse=True)[1] if person is not None else (
        np.arange(times.size)
    )  # fmt: skip
    return CoxModel(
        terms=terms_of(made.names, beta, covariance, level, endless),
        covariance=covariance, log_likelihood=value,
        patients=int(np.unique(who).size), events=int(events.sum()),
        levels=levels_of(made, who, events),
        proportional_hazards=_proportionality(likelihood, made, beta, covariance, endless),
    )  # fmt: skip


class _Efron:
    """The partial likelihood. Sums over risk sets are differences of sums over sorted rows."""

    def __init__(
        self, times: Floats, entries: Floats, events: npt.NDArray[np.bool_], made: Design
    ) -> None:
        self._x = made.columns - made.columns.mean(axis=0)
        self._by_time, self._by_entry = np.argsort(times), np.argsort(entries)
        days, which = np.unique(times[events], return_inverse=True)
        self.day = days[np.sort(which)]
        self._order = np.flatnonzero(events)[np.argsort(which, kind="stable")]
        deaths = np.bincount(which)
        self._which = np.repeat(np.arange(days.size), deaths)
        # Efron: of d deaths on a day the l-th is at risk with a share 1 - l/d of the others
        first = np.concatenate(([0], np.cumsum(deaths)[:-1]))
        self._share = (np.arange(which.size) - first[self._which]) / deaths[self._which]
        self._from = np.searchsorted(times[self._by_time], days, side="left")
        self._late = np.searchsorted(entries[self._by_entry], days, side="left")

    def _at_risk(self, values: Floats) -> Floats:
        """Sums of `values` over the rows at risk on each day of events."""

        def tails(order: npt.NDArray[np.intp], start: npt.NDArray[np.intp]) -> Floats:
            sums = np.zeros((values.shape[0] + 1, *values.shape[1:]))
            sums[:-1] = values[order][::-1].cumsum(axis=0)[::-1]
            picked: Floats = sums[start]
            return picked

        return tails(self._by_time, self._from) - tails(self._by_entry, self._late)

    def _sums(self, values: Floats) -> Floats:
        """The same a death, less Efron's share of those who die that day."""
        dying = np.zeros((self._from.size, *values.shape[1:]))
        np.add.at(dying, self._which, values[self._order])
        share = self._share.reshape(-1, *[1] * (values.ndim - 1))
        return self._at_risk(values)[self._which] - share * dying[self._which]

    def at(self, beta: Floats) -> tuple[float, Floats, Floats]:
        """Log likelihood, residuals a death (x less its mean over those at risk), information."""
        eta = self._x @ beta
        risk = np.exp(eta - eta.max())
        s0 = self._sums(risk)
        mean = self._sums(risk[:, None] * self._x) / s0[:, None]
        products = risk[:, None, None] * self._x[:, :, None] * self._x[:, None, :]
        spread = self._sums(products) / s0[:, None, None] - mean[:, :, None] * mean[:, None, :]
        value = float((eta[self._order] - eta.max()).sum() - np.log(s0).sum())
        return value, self._x[self._order] - mean, spread.sum(axis=0)


def _newton(likelihood: _Efron, made: Design) -> tuple[Floats, float, Floats, Flags]:
    beta: Floats = np.zeros(len(made.names))
    value, residuals, information = likelihood.at(beta)
    for _ in range(_STEPS):
        step = newton_step(information, residuals.sum(axis=0), made)
        trial = likelihood.at(beta + step)
        while not trial[0] >= value - 1e-9 * abs(value):
            step = step / 2
            trial = likelihood.at(beta + step)
        beta = beta + step
        gained = abs(trial[0] - value)
        value, residuals, information = trial
        endless = endless_of(gained, value, information, made.columns)
        if endless.any() or (gained <= _TOLERANCE * (abs(value) + 1) and np.abs(step).max() < 1e-9):
            return beta, value, information, endless
    raise ValueError(NOT_FINITE)


def _proportionality(
    likelihood: _Efron, made: Design, beta: Floats, covariance: Floats, endless: Flags
) -> tuple[Proportionality, ...]:
    """Scaled Schoenfeld residuals against the order of days (Grambsch and Therneau 1994)."""
    _, residuals, _ = likelihood.at(beta)
    rank = np.unique(likelihood.day, return_inverse=True)[1].astype(float)
    rank -= rank.mean()
    spread = float(rank @ rank)
    if spread == 0:
        return ()
    deaths = rank.size
    slope = deaths * (residuals @ covariance).T @ rank
    found = slope**2 / (deaths * np.diag(covariance) * spread)
    return tuple(
        Proportionality(name, float(value), float(chi2.sf(value, 1)))
        for name, value, none in zip(made.names, found, endless, strict=True)
        if not none
    )
