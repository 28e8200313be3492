"""What a regression says, and whether it may be published; shared by Cox and Fine-Gray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from registry.statistics.followed import Flags, Floats, Integers

# Peduzzi 1995: below ten events a parameter coefficients and their intervals are unreliable.
EVENTS_PER_PARAMETER = 10
# What a term, or a model of such terms only, has to say of its ratio.
NOT_FINITE = "no finite estimate, since in a group nobody, or everybody first, has the event"
_NO_GAIN = 1e-9  # of the log likelihood, as a share of it
_BOLDEST = 5.0  # a step of a log ratio over the whole range of its covariate
_NOTHING_KNOWN = 30.0  # the standard error of a log ratio over the whole range of its covariate


@dataclass(frozen=True)
class Term:
    """One coefficient on the log scale, its ratio with interval, and Wald's test; all NaN if it is not finite."""

    name: str
    coefficient: float
    std_error: float
    ratio: float
    lower: float
    upper: float
    z: float
    p: float

    @property
    def is_finite(self) -> bool:
        """Whether there is an estimate; where not, `NOT_FINITE` says why."""
        return not np.isnan(self.coefficient)


@dataclass(frozen=True)
class Level:
    """A category of a covariate: patients ever in it, events in it."""

    covariate: str
    level: str
    patients: int
    events: int


@dataclass(frozen=True)
class Model:
    """A fitted model. `levels` holds the categories of covariates that have any."""

    terms: tuple[Term, ...]
    covariance: Floats
    log_likelihood: float
    patients: int
    events: int
    levels: tuple[Level, ...]

    @property
    def residual_dof(self) -> int:
        """Events less parameters."""
        return self.events - len(self.terms)

    @property
    def smallest_level(self) -> int | None:
        """Patients in the smallest category; None without categories."""
        return min((level.patients for level in self.levels), default=None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must be told beside the figures."""
        per_parameter = self.events / len(self.terms)
        if per_parameter >= EVENTS_PER_PARAMETER:
            return ()
        return (
            f"{self.events} events for {len(self.terms)} parameters ({per_parameter:.1f} each; "
            f"{EVENTS_PER_PARAMETER} are wanted): the intervals are not reliable.",
        )

    def publishable(self, *, largest_hidden_count: int, least_residual_dof: int = 10) -> bool:
        """Whether it may leave the registry: enough residual degrees of freedom, no small and no saturated level.

        A level of `largest_hidden_count` patients or fewer, without event, or in which everybody had
        it, keeps the model inside.
        """
        return self.residual_dof >= least_residual_dof and all(
            level.patients > largest_hidden_count and 0 < level.events < level.patients
            for level in self.levels
        )


@dataclass(frozen=True)
class Design:
    """Columns of numbers, rows by terms, with the category each row is in."""

    names: tuple[str, ...]
    columns: Floats
    categories: Mapping[str, npt.NDArray[np.str_]]


def design(
    covariates: Mapping[str, Sequence[object] | npt.NDArray[np.generic]], rows: int
) -> Design:
    """Covariates as columns: numbers as they are, text and booleans against their first level.

    Levels are ordered as text. To choose the reference, name it so or pass 0/1 columns; a column of
    0 and 1 counts as a category for disclosure. Raises ValueError for none, a wrong length, a missing
    value, or a covariate with one value only.
    """
    if not covariates:
        raise ValueError("a model needs a covariate")
    names: list[str] = []
    columns: list[Floats] = []
    categories: dict[str, npt.NDArray[np.str_]] = {}
    for name, given in covariates.items():
        values = list(given)
        if len(values) != rows:
            raise ValueError(f"{name} has {len(values)} values for {rows} rows")
        if any(value is None or value != value for value in values):
            raise ValueError(f"{name} is missing for some rows; leave them out and say how many")
        numeric = not any(isinstance(value, str | bool | np.bool_) for value in values)
        levels = sorted({str(value) for value in values})
        if len(levels) < 2:
            raise ValueError(f"{name} is {levels[0]} for everybody: it cannot explain anything")
        if numeric:
            column = np.asarray(values, dtype=np.float64)
            names.append(name)
            columns.append(column)
            if np.isin(column, (0, 1)).all():
                categories[name] = column.astype(np.int64).astype(str)
        else:
            texts = np.asarray([str(value) for value in values])
            categories[name] = texts
            names += [f"{name}={level}" for level in levels[1:]]
            columns += [(texts == level).astype(np.float64) for level in levels[1:]]
    stacked = np.column_stack(columns)
    centered = stacked - stacked.mean(axis=0)
    if np.linalg.matrix_rank(centered) < stacked.shape[1]:
        raise ValueError(f"{', '.join(names)} cannot be told apart: one follows from the others")
    return Design(tuple(names), stacked, categories)


def levels_of(made: Design, person: Integers, event: npt.NDArray[np.bool_]) -> tuple[Level, ...]:
    """Patients (rows of one `person` count once) and events of every category."""
    return tuple(
        Level(
            name, str(level),
            int(np.unique(person[of_row == level]).size), int(event[of_row == level].sum()),
        )
        for name, of_row in made.categories.items()
        for level in np.unique(of_row)
    )  # fmt: skip


def terms_of(
    names: Sequence[str], beta: Floats, covariance: Floats, level: float, endless: Flags
) -> tuple[Term, ...]:
    """Coefficients with Wald intervals and tests; those that are `endless` are not finite."""
    beta = np.where(endless, np.nan, beta)
    errors = np.sqrt(np.where(endless, np.nan, np.diag(covariance)))
    width = float(ndtri((1 + level) / 2))
    return tuple(
        Term(
            name, float(b), float(se), float(np.exp(b)), float(np.exp(b - width * se)),
            float(np.exp(b + width * se)), float(b / se), float(2 * ndtr(-abs(b / se))),
        )
        for name, b, se in zip(names, beta, errors, strict=True)
    )  # fmt: skip


def newton_step(information: Floats, score: Floats, made: Design) -> Floats:
    """Newton's step, shortened where it is too bold; it may still have to be halved.

    Raises ValueError where the information cannot tell the coefficients apart.
    """
    # in units of each column: days and grams lie far apart
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    if np.linalg.cond(information / np.outer(scale, scale)) > 1e10:
        raise ValueError(
            f"{', '.join(made.names)} do not vary enough among those at risk when events happen"
        )
    step = np.linalg.solve(information, score)
    moved = np.abs(step * np.ptp(made.columns, axis=0)).max()
    shortened: Floats = step * min(1, _BOLDEST / moved) if moved else step
    return shortened


def endless_of(gained: float, value: float, information: Floats, columns: Floats) -> Flags:
    """Of which coefficients nothing is known although the log likelihood gains no more: they walk on for ever.

    Raises ValueError if it is all of them: then no group can be compared.
    """
    if abs(gained) > _NO_GAIN * (abs(value) + 1):
        return np.zeros(columns.shape[1], dtype=bool)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    endless: Flags = errors * np.ptp(columns, axis=0) > _NOTHING_KNOWN
    if endless.all():
        raise ValueError(NOT_FINITE)
    return endless
