"""Published survival by the number of courses is shown beside a guarded estimate of ours, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from registry.analysis.answer import Answer
from registry.analysis.question import ImmortalTimeError, Method
from registry.consensus.benchmark import Benchmark

# "Immortal time": whoever has two or three courses has lived to have them.
_TENSION = "T-40"
_SPLIT, _CUT = "n_mst_consolidations", 2


@dataclass(frozen=True)
class Beside:
    """A published figure and what is shown with it; for one marked with immortal time never None."""

    benchmark: Benchmark
    ours: Answer | None


def is_of_immortal_time(benchmark: Benchmark) -> bool:
    """Whether a figure may only stand beside an answer by landmark."""
    return _TENSION in benchmark.tensions


def beside(benchmark: Benchmark, ours: Answer | None) -> Beside:
    """The pair that may be shown.

    A figure marked with immortal time (T-40: the 61.3 against 11.1 % of B-11 to B-14) asks for an answer by
    landmark on the same endpoint, divided at two MST consolidations, with curves of both groups. Raises
    ImmortalTimeError without it. Any other figure passes.
    """
    if not is_of_immortal_time(benchmark):
        return Beside(benchmark, ours)
    wanted = benchmark.measure if benchmark.measure in ("os", "lfs") else None
    fits = (
        ours is not None
        and ours.question.method is Method.LANDMARK
        and ours.question.split_by == _SPLIT
        and ours.question.at_least[:1] == (_CUT,)
        and (wanted is None or ours.question.endpoint == wanted)
        and len(ours.groups) > 1
    )
    if not fits:
        raise ImmortalTimeError(
            f"{benchmark.id} compares patients by how many MST consolidations they came to have; those who "
            "died or relapsed early could not have two. It is shown only beside the registry's own landmark "
            f"estimate of {(wanted or 'os').upper()}: two or more against fewer by a day, counted from that day."
        )
    return Beside(benchmark, ours)
