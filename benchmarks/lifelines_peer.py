"""The same curves by lifelines, in an environment of its own (.venv-peers): it asks for an older pandas than ours.

    python lifelines_peer.py survival|incidence rows.npz curves.npz

`rows.npz` holds time_days, status and stratum of each row; `curves.npz` gets stratum, time_days and estimate at every
day on which somebody leaves, and at day 0. Prints the best time of the fits, in seconds.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pandas as pd

# only its parametric fitters call this package, which has no wheel
sys.modules["autograd_gamma"] = MagicMock()
from lifelines import AalenJohansenFitter, KaplanMeierFitter  # noqa: E402

NAMES = ("stratum", "time_days", "estimate")


def survival(time_days: np.ndarray, status: np.ndarray) -> Any:
    return KaplanMeierFitter().fit(time_days, status).survival_function_


def incidence(time_days: np.ndarray, status: np.ndarray) -> Any:
    fitted = AalenJohansenFitter(seed=1).fit(time_days, status, event_of_interest=1)
    return fitted.cumulative_density_


def main(what: str, source: str, target: str) -> None:
    warnings.simplefilter("ignore")  # it says that tied times are parted at random
    rows = pd.DataFrame(dict(np.load(source)))
    groups = {
        stratum: (own.time_days.to_numpy(), own.status.to_numpy())
        for stratum, own in rows.groupby("stratum")
    }
    fit, repeats = {"survival": (survival, 3), "incidence": (incidence, 1)}[what]
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        curves = {stratum: fit(*own) for stratum, own in groups.items()}
        best = min(best, time.perf_counter() - start)
    tables = []
    for stratum, curve in curves.items():
        days = np.union1d([0], groups[stratum][0])
        # the last step of a day, however its ties were parted
        last = np.searchsorted(curve.index.to_numpy(), days + 0.5) - 1
        estimate = curve.to_numpy()[last, 0]
        tables.append(pd.DataFrame(dict(zip(NAMES, (stratum, days, estimate), strict=True))))
    found = pd.concat(tables)
    np.savez(target, **{name: found[name].to_numpy() for name in NAMES})  # type: ignore[arg-type]
    print(best)


main(*sys.argv[1:])
