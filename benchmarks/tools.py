"""How every line is measured: the best of several runs, ours beside another, and their ratio."""

from __future__ import annotations

import time
from collections.abc import Callable


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
        f"{name:<44} {ours:8.2f} s   {bare_name:<38} {bare:8.2f} s   ratio {ours / bare:7.1f}",
        flush=True,
    )
