"""Centers against all, computed once a build: the rows of `mart_center_comparison`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from registry.statistics.centers import Center, Rules, compare_centers

_KEY = ["endpoint", "origin", "by_day"]
_LEVELS = {0.95: "95", 0.998: "998"}
_COUNTS = ("patients", "observed", "rank_lower", "rank_upper", "ranked_centers", "by_day")
_SHARES = ("completeness_lo", "completeness_hi", "expected", "ratio", "ratio_lower", "ratio_upper")


def compared(follow_up: pd.DataFrame, completeness: pd.DataFrame) -> pd.DataFrame:
    """One row a center and comparison, from the rows of `int_follow_up` and `int_completeness`.

    What may not be shown of a center is null, and `withheld` says why. Where nothing can be compared at all
    (one center, no event) that is the reason of every center.
    """
    rows = [
        row
        for key, of in follow_up.groupby(_KEY)
        for row in _rows(dict(zip(_KEY, key, strict=True)), of, _bounds(key, completeness))
    ]
    limits = [f"limit_{side}_{name}" for name in _LEVELS.values() for side in ("lower", "upper")]
    whole, shares = [*_COUNTS, *limits], list(_SHARES)
    columns = ["endpoint", "origin", "by_day", "center_id", "patients", *_SHARES[:2], "withheld", "observed",
               "expected", *limits, *_SHARES[3:], "rank_lower", "rank_upper", "ranked_centers"]  # fmt: skip
    made = pd.DataFrame(rows, columns=columns)
    made[whole] = made[whole].astype("Int64")
    made[shares] = made[shares].astype("Float64")
    texts = ["endpoint", "origin", "center_id", "withheld"]
    made[texts] = made[texts].astype("string")
    return made


def gate(lower: float, upper: float) -> float | None:
    """The completeness to be judged by: None where it is not known on which side of the rule it lies."""
    least = Rules().least_completeness
    if lower >= least:
        return lower
    return upper if upper < least else None


def _bounds(key: Any, completeness: pd.DataFrame) -> dict[str, tuple[float, float]]:
    of = completeness
    for name, value in zip(_KEY, key, strict=True):
        of = of[of[name] == value]
    return {
        center: (lower, upper)
        for center, lower, upper in of[["center_id", "completeness_lo", "completeness_hi"]]
        .dropna()
        .itertuples(index=False, name=None)
    }


def _rows(
    key: dict[str, Any], of: pd.DataFrame, bounds: dict[str, tuple[float, float]]
) -> Iterator[dict[str, Any]]:
    of = of.dropna(subset=["time_days"])  # the others count for completeness
    of = of.sort_values(["center_id", "case_id"])  # the same release gives the same ranks
    known = {c: judged for c, limits in bounds.items() if (judged := gate(*limits)) is not None}
    try:
        found = compare_centers(
            of["time_days"], of["status"], list(of["center_id"]), by_day=key["by_day"], completeness=known
        )  # fmt: skip
    except ValueError as error:
        said = f"Not enough data: {error}."
        found = tuple(
            Center(str(center), len(rows), None, said) for center, rows in of.groupby("center_id")
        )
    ranked = sum(not center.withheld for center in found)
    for center in found:
        lower, upper = bounds.get(center.name, (None, None))
        shown = {} if center.withheld else _shown(center, ranked)
        yield key | {
            "center_id": center.name, "patients": center.patients, "completeness_lo": lower,
            "completeness_hi": upper, "withheld": center.withheld or None,
        } | shown  # fmt: skip


def _shown(center: Center, ranked: int) -> dict[str, Any]:
    limits = {
        f"limit_{side}_{_LEVELS[of.level]}": getattr(of, side)
        for of in center.limits
        for side in ("lower", "upper")
    }
    names = ("observed", "expected", "ratio", "ratio_lower", "ratio_upper", "rank_lower", "rank_upper")  # fmt: skip
    return {name: getattr(center, name) for name in names} | limits | {"ranked_centers": ranked}
