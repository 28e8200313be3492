"""Numbers as words: percents, intervals and amounts that never say more than is known."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from registry.statistics.followed import DAYS_PER_MONTH

_UNIT = "\u00a0%"  # a number is never parted from its unit at the end of a line
_HAIR = 1e-9  # 0.07 * 100 is 7.000000000000001


def number_in(cell: Any) -> float | None:
    """The number in a cell of a table; None where the cell is empty."""
    return None if pd.isna(cell) else float(cell)


def share(part: int | None, whole: int | None) -> float | None:
    """Part of whole; None if either is hidden or there is nothing to share."""
    return None if part is None or not whole else part / whole


def percent(value: float) -> str:
    """Whole percent; 0 and 100 only for none and all."""
    whole = round(100 * value)
    if whole == 0 and value > 0:
        return f"<1{_UNIT}"
    if whole == 100 and value < 1:
        return f">99{_UNIT}"
    return f"{whole}{_UNIT}"


def interval_words(bounds: tuple[float, float]) -> str:
    """An interval of a proportion, rounded outwards so that it never claims to be narrower."""
    low, high = (
        math.floor(100 * bounds[0] + _HAIR),
        math.ceil(100 * bounds[1] - _HAIR),
    )
    return f"{low} to {high}{_UNIT}"


def amount(value: float) -> str:
    """A measured value with three digits at most: 21, 4.25, 0.5."""
    text = f"{value:.3g}"
    return f"{value:,.0f}" if "e" in text else text


def months(days: float) -> str:
    """Days as months with one decimal."""
    return f"{days / DAYS_PER_MONTH:.1f} months"
