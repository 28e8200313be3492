"""Fine and Gray's model (1999) of the subdistribution hazard, as R's `cmprsk::crr` computes it.

Whoever had the competing event stays at risk with a weight that falls as others would have been
censored: G(t-) / G(T-), G the Kaplan-Meier curve of being censored. The variance is theirs, with the
part for estimating G; ties are taken as Breslow does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from registry.statistics.followed import CENSORED, COMPETING, EVENT, Floats, Integers, checked
from registry.statistics.model import (
    NOT_FINITE,
    Model,
    design,
    endless_of,
    levels_of,
    newton_step,
    terms_of,
)

_STEPS, _BLOCK = 50, 256


def fine_gray(
    time_days: npt.ArrayLike,
    status: npt.ArrayLike,
    covariates: Mapping[str, Sequence[object] | npt.NDArray[np.generic]],
    *,
    level: float = 0.95,
) -> Model:
    """Subdistribution hazard ratios of event 1, where 2 competes and 0 is censored.

    Covariates must be known at the origin: a covariate that changes has no subdistribution hazard,
    since patients stay at risk after they died. Raises ValueError as `cox` does.
    """
    times, said = checked(time_days, status)
    events = said == EVENT
    if not events.any():
        raise ValueError("no event of interest: there is nothing to explain")
    made = design(covariates, times.size)
    sets = _RiskSets(times, said)
    center = made.columns.mean(axis=0)
    x = made.columns - center
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        state = sets.at(beta, x)
        step = newton_step(state.information, state.score, made)
        while sets.value(beta + step, x) < state.value - 1e-9 * abs(state.value):
            step = step / 2
        beta = beta + step
        gained = sets.value(beta, x) - state.value
        endless = endless_of(gained, state.value, state.information, x)
        if endless.any() or np.abs(step * x.std(axis=0)).max() < 1e-11:
            final = sets.at(beta, x)
            inverse = np.linalg.inv(final.information)
            covariance = inverse @ sets.meat(beta, x, final) @ inverse
            return Model(
                terms=terms_of(made.names, beta, covariance, level, endless),
                covariance=covariance, log_likelihood=final.value,
                patients=int(times.size), events=int(events.sum()),
                levels=levels_of(made, np.arange(times.size), events),
            )  # fmt: skip
    raise ValueError(NOT_FINITE)


@dataclass(frozen=True)
class _State:
    value: float
    score: Floats
    information: Floats
    s0: Floats
    mean: Floats


class _RiskSets:
    """Weighted risk sets at the days of event 1, from sums over sorted rows."""

    def __init__(self, times: Floats, said: Integers) -> None:
        self._times, self._said = times, said
        self._order = np.argsort(times, kind="stable")
        self._sorted = times[self._order]
        self._days, self._deaths = np.unique(times[said == EVENT], return_counts=True)
        leaving, censored = np.unique(times[said == CENSORED], return_counts=True)
        at_risk = times.size - np.searchsorted(self._sorted, leaving, side="left")
        self._leaving, self._hazard, self._at_risk = leaving, censored / at_risk, at_risk
        curve = np.concatenate(([1.0], np.cumprod(1 - self._hazard)))

        def before(days: Floats) -> Floats:
            found: Floats = curve[np.searchsorted(leaving, days, side="left")]
            return found

        self._g_day, self._g_own = before(self._days), before(times)
        self._from = np.searchsorted(self._sorted, self._days, side="left")

    def _sums(self, values: Floats) -> Floats:
        """Over each risk set: all not yet gone, and those with the competing event by weight."""
        shape = (-1, *[1] * (values.ndim - 1))
        tail = np.zeros((values.shape[0] + 1, *values.shape[1:]))
        tail[:-1] = values[self._order][::-1].cumsum(axis=0)[::-1]
        competing = np.where(self._said == COMPETING, 1 / self._g_own, 0.0).reshape(shape)
        head = np.zeros_like(tail)
        head[1:] = (values * competing)[self._order].cumsum(axis=0)
        found: Floats = tail[self._from] + self._g_day.reshape(shape) * head[self._from]
        return found

    def value(self, beta: Floats, x: Floats) -> float:
        eta = x @ beta
        sums = self._sums(np.exp(eta))
        return float(eta[self._said == EVENT].sum() - (self._deaths * np.log(sums)).sum())

    def at(self, beta: Floats, x: Floats) -> _State:
        risk = np.exp(x @ beta)
        s0 = self._sums(risk)
        mean = self._sums(risk[:, None] * x) / s0[:, None]
        second = self._sums(risk[:, None, None] * x[:, :, None] * x[:, None, :])
        spread = second / s0[:, None, None] - mean[:, :, None] * mean[:, None, :]
        return _State(
            self.value(beta, x),
            x[self._said == EVENT].sum(axis=0) - self._deaths @ mean,
            (self._deaths[:, None, None] * spread).sum(axis=0),
            s0, mean,
        )  # fmt: skip

    def meat(self, beta: Floats, x: Floats, state: _State) -> Floats:
        """Σ (η + ψ)(η + ψ)' of Fine and Gray, section 4, over blocks of patients."""
        jump = self._deaths / state.s0
        risk = np.exp(x @ beta)
        eta = np.zeros_like(x)
        # q(u) of the days on which somebody is censored: what competing events before u add after it
        q = np.zeros((self._leaving.size, x.shape[1]))
        first = np.searchsorted(self._days, self._leaving, side="left")
        for start in range(0, x.shape[0], _BLOCK):
            rows = slice(start, start + _BLOCK)
            weight = self._weights(rows)
            drift = weight * risk[rows, None] * jump
            eta[rows] = -(x[rows] * drift.sum(axis=1)[:, None] - drift @ state.mean)
            gone = self._said[rows] == COMPETING
            after = _tails(drift[gone])
            after_mean = _tails(drift[gone][:, :, None] * state.mean)
            for number, u in enumerate(self._leaving):
                earlier = self._times[rows][gone] < u
                parts = x[rows][gone] * after[:, first[number], None] - after_mean[:, first[number]]
                q[number] += parts[earlier].sum(axis=0)
        own = self._said == EVENT
        eta[own] += x[own] - state.mean[np.searchsorted(self._days, self._times[own])]
        total = eta + self._psi(q, x.shape)
        return total.T @ total

    def _weights(self, rows: slice) -> Floats:
        times, said = self._times[rows, None], self._said[rows, None]
        left = np.where(said == COMPETING, self._g_day / self._g_own[rows, None], 0.0)
        found: Floats = np.where(times >= self._days, 1.0, left)
        return found

    def _psi(self, q: Floats, shape: tuple[int, ...]) -> Floats:
        """∫ q/π dM^c: what a patient adds by being, or not being, censored."""
        per_risk = q / self._at_risk[:, None]
        running = np.zeros((self._leaving.size + 1, shape[1]))
        running[1:] = np.cumsum(per_risk * self._hazard[:, None], axis=0)
        found: Floats = -running[np.searchsorted(self._leaving, self._times, side="right")]
        censored = self._said == CENSORED
        found[censored] += per_risk[np.searchsorted(self._leaving, self._times[censored])]
        return found


def _tails(values: Floats) -> Floats:
    """Sums from each day of events on, with a 0 behind the last."""
    shape = (values.shape[0], values.shape[1] + 1, *values.shape[2:])
    found = np.zeros(shape)
    found[:, :-1] = values[:, ::-1].cumsum(axis=1)[:, ::-1]
    return found
