"""Times with what happened, checked once: days and a status of 0 censored, 1 event, 2 competing event."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CENSORED, EVENT, COMPETING = 0, 1, 2
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class Counts:
    """What happened at each distinct day, ascending; `n_risk` just before it."""

    time_days: Floats
    n_risk: Integers
    n_event: Integers
    n_competing: Integers
    n_censored: Integers


def checked(
    time_days: npt.ArrayLike, status: npt.ArrayLike, *, competing: bool = True
) -> tuple[Floats, Integers]:
    """The two as arrays of one length. Raises ValueError on anything that is no follow-up."""
    times = np.asarray(time_days, dtype=np.float64)
    said = np.asarray(status, dtype=np.float64)
    if times.ndim != 1 or times.shape != said.shape:
        raise ValueError(
            f"times {times.shape} and status {said.shape} must be two lists of one length"
        )
    if times.size == 0:
        raise ValueError("no patient: a group must have one at least")
    if not np.isfinite(times).all():
        raise ValueError("a time is missing or infinite")
    if (times < 0).any():
        raise ValueError(f"a time is negative: {times.min():g} days")
    allowed = (CENSORED, EVENT, COMPETING) if competing else (CENSORED, EVENT)
    if not np.isin(said, allowed).all():
        raise ValueError(f"a status is none of {', '.join(map(str, allowed))}")
    return times, said.astype(np.int64)


def counted(times: Floats, status: Integers) -> Counts:
    """Rows as counts a day. At one day events come before censorings, as R and SAS have it."""
    days, code = np.unique(times, return_inverse=True)
    cells = np.bincount(code * 3 + status, minlength=3 * days.size).reshape(days.size, 3)
    leaving = cells.sum(axis=1)
    n_risk = times.size - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    return Counts(days, n_risk, cells[:, EVENT], cells[:, COMPETING], cells[:, CENSORED])


def in_groups(
    groups: Sequence[Hashable] | npt.NDArray[np.generic], rows: int
) -> tuple[list[str], Integers]:
    """Names of the groups, sorted as text, and each row's number.

    Raises ValueError unless there are at least two and each row has one.
    """
    names = np.asarray([str(group) for group in groups])
    if names.size != rows:
        raise ValueError(f"{names.size} groups for {rows} patients")
    found, code = np.unique(names, return_inverse=True)
    if found.size < 2:
        raise ValueError("a comparison needs two groups at least")
    return [str(name) for name in found], code.astype(np.int64)
