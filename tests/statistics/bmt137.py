"""137 real transplant patients, and what R says of them (tests/reference/bmt137/README.md)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "bmt137"

Numbers = npt.NDArray[np.int64]


def lines(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="") as file:
        return list(csv.DictReader(file))


_ROWS = lines("bmt.csv")
COLUMNS: dict[str, Numbers] = {
    name: np.array([int(row[name]) for row in _ROWS]) for name in _ROWS[0]
}
GROUP = COLUMNS["group"]
ENDPOINTS = {"OS": (COLUMNS["t1"], COLUMNS["d1"]), "LFS": (COLUMNS["t2"], COLUMNS["d3"])}
TIME_DAYS = COLUMNS["t2"]
RELAPSE = np.where(COLUMNS["d2"] == 1, 1, np.where(COLUMNS["d3"] == 1, 2, 0))
DEATH_IN_REMISSION = np.array([0, 2, 1])[RELAPSE]


def of(strata: str) -> npt.NDArray[np.bool_]:
    """The rows of "group=2" or "all"."""
    return int(strata[-1]) == GROUP if strata != "all" else GROUP > 0
