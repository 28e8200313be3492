"""Proportions with exact intervals, and two of them compared."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtri
from scipy.stats import beta, fisher_exact

# Below this many a rate says nothing: 4 of 4 has an exact interval from 40 to 100 %. A matter of
# meaning, not of confidentiality; the public's own threshold is that of the disclosure policy.
MIN_SUBJECTS = 5


@dataclass(frozen=True)
class Difference:
    """First share minus second, as fractions of 1, with Newcombe's interval; `p` is Fisher's exact, two-sided."""

    difference: float
    lower: float
    upper: float
    p: float


def clopper_pearson(events: int, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a proportion (Clopper and Pearson 1934), as fractions of 1.

    Raises ValueError unless 0 <= events <= total and total > 0.
    """
    _check(events, total)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(beta.ppf(tail, events, total - events + 1))
    high = 1.0 if events == total else float(beta.ppf(1 - tail, events + 1, total - events))
    return low, high


def difference(
    events: int, total: int, other_events: int, other_total: int, *, level: float = 0.95
) -> Difference:
    """Two independent proportions compared: Newcombe's hybrid score interval (1998, method 10).

    Raises ValueError unless both are proportions.
    """
    first, second = events / _check(events, total), other_events / _check(other_events, other_total)
    low, high = _wilson(events, total, level)
    other_low, other_high = _wilson(other_events, other_total, level)
    found = first - second
    return Difference(
        found,
        found - sqrt((first - low) ** 2 + (other_high - second) ** 2),
        found + sqrt((high - first) ** 2 + (second - other_low) ** 2),
        float(
            fisher_exact([[events, total - events], [other_events, other_total - other_events]])[1]
        ),
    )


def _wilson(events: int, total: int, level: float) -> tuple[float, float]:
    z = float(ndtri((1 + level) / 2))
    middle = (events + z * z / 2) / (total + z * z)
    half = z / (total + z * z) * sqrt(events * (total - events) / total + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def _check(events: int, total: int) -> int:
    if not 0 <= events <= total or total == 0:
        raise ValueError(f"{events} of {total} is no proportion")
    return total
