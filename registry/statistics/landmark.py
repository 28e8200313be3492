"""Landmark selection (Anderson, Cain and Gelber 1983): only who is still there on a day, counted from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from registry.statistics.followed import CENSORED, COMPETING, EVENT, Floats, Integers, checked


@dataclass(frozen=True)
class Landmark:
    """Who is `kept` (a mask over all), their time from the landmark, and how many were left out.

    Whoever had the event, or left, on the day itself or before it says nothing of the time after it.
    """

    day: float
    kept: npt.NDArray[np.bool_]
    time_days: Floats
    status: Integers
    events_before: int
    competing_before: int
    censored_before: int


def landmark(time_days: npt.ArrayLike, status: npt.ArrayLike, day: float) -> Landmark:
    """Raises ValueError as `checked` does, for a day that is not after 0, or if nobody is left."""
    times, said = checked(time_days, status)
    if not day > 0:
        raise ValueError("a landmark is a day after the origin")
    kept = times > day
    if not kept.any():
        raise ValueError(f"nobody is followed beyond day {day:g}")
    gone = said[~kept]
    before = {kind: int((gone == kind).sum()) for kind in (EVENT, COMPETING, CENSORED)}
    return Landmark(
        day, kept, times[kept] - day, said[kept], before[EVENT], before[COMPETING], before[CENSORED]
    )
