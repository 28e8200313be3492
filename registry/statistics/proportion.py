"""Proportions with exact intervals."""

from __future__ import annotations

from scipy.stats import beta


def clopper_pearson(events: int, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a proportion (Clopper and Pearson 1934), as fractions of 1.

    Raises ValueError unless 0 <= events <= total and total > 0.
    """
    if not 0 <= events <= total or total == 0:
        raise ValueError(f"{events} of {total} is no proportion")
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(beta.ppf(tail, events, total - events + 1))
    high = 1.0 if events == total else float(beta.ppf(1 - tail, events + 1, total - events))
    return low, high
