"""How every line is measured: the best of several runs, ours beside another, and their ratio."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path


def seconds(work: Callable[[], object], *, repeats: int = 1) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def line(name: str, ours: float, bare_name: str, bare: float) -> None:
    print(
        f"{name:<56} {ours:8.2f} s   {bare_name:<38} {bare:8.2f} s   ratio {ours / bare:8.3g}",
        flush=True,
    )


def release_of(patients: int, home: Path) -> tuple[Path, int]:
    """A release of so many made-up patients under a state folder, and its rows."""
    import pyarrow.parquet as pq

    from registry.synthetic import arrow_cohort

    folder = home / "releases" / "bench"
    folder.mkdir(parents=True)
    counts = {}
    for form, table in arrow_cohort(patients, seed=1).items():
        pq.write_table(table, folder / f"{form}.parquet")
        counts[form] = table.num_rows
    (folder / "manifest.json").write_text(json.dumps({"name": "bench", "counts": counts}))
    return folder, sum(counts.values())
