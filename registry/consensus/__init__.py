"""The consensus on microtransplantation as data: what it says, and what compiles it.

from registry import consensus
consensus.load().get("MST-2.2-04").statement
consensus.verdict_vars()["infusion"]      # what dbt turns into verdict columns
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from registry.consensus.benchmark import Benchmark
from registry.consensus.catalogue import CoverageRow
from registry.consensus.consensus import Consensus, VerdictVar
from registry.consensus.entries import Recommendation
from registry.consensus.faults import ConsensusFaults, Fault
from registry.consensus.loader import load_folder

CURRENT_VERSION = "2023.1"
FOLDER = Path(__file__).parent


def versions() -> tuple[str, ...]:
    """The versions there are, oldest first."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/catalogue.yaml")))


def load(version: str | None = None) -> Consensus:
    """A version of the consensus, by default the current one. Raises ConsensusFaults."""
    return _load(version or CURRENT_VERSION)


@lru_cache
def _load(version: str) -> Consensus:
    if version not in versions():
        raise KeyError(f"no consensus {version}; there are {', '.join(versions())}")
    return load_folder(FOLDER / version)


def verdict_vars(version: str | None = None) -> dict[str, list[VerdictVar]]:
    """Subject to the verdict columns that dbt makes for it."""
    return load(version).verdict_vars()


def fact_columns(version: str | None = None) -> dict[str, list[str]]:
    """Subject to the fact columns that its verdicts read."""
    return load(version).fact_columns()


def parameters(version: str | None = None) -> dict[str, float]:
    """The numbers the registry had to choose, by name; dbt models of facts use them too."""
    return {name: p.value for name, p in load(version).parameters.items()}


def benchmarks(version: str | None = None) -> tuple[Benchmark, ...]:
    """The published figures."""
    return load(version).benchmarks


def coverage(version: str | None = None) -> list[CoverageRow]:
    """Every statement of the paper: implemented, retired or not yet."""
    return load(version).coverage()


__all__ = [
    "CURRENT_VERSION",
    "Benchmark",
    "Consensus",
    "ConsensusFaults",
    "CoverageRow",
    "Fault",
    "Recommendation",
    "VerdictVar",
    "benchmarks",
    "coverage",
    "fact_columns",
    "load",
    "load_folder",
    "parameters",
    "verdict_vars",
    "versions",
]
