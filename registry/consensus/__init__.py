"""The consensus on microtransplantation as data: what it says, and what compiles it.

from registry import consensus
consensus.load().get("MST-2.2-04").statement
consensus.verdict_vars()["infusion"]      # what dbt turns into verdict columns
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from registry.consensus.benchmark import Benchmark
from registry.consensus.consensus import Consensus, VerdictVar
from registry.consensus.coverage import CoverageRow
from registry.consensus.coverage import rows as coverage_rows
from registry.consensus.entries import Recommendation, Statement
from registry.consensus.faults import ConsensusFaults, Fault
from registry.consensus.loader import load_folder

CURRENT_VERSION = "2023.1"
FOLDER = Path(__file__).parent


def versions() -> tuple[str, ...]:
    """The versions there are, oldest first."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/version.yaml")))


def load(version: str | None = None) -> Consensus:
    """A version of the consensus, by default the current one. Raises ConsensusFaults."""
    return _load(version or CURRENT_VERSION)


@lru_cache
def _load(version: str) -> Consensus:
    if version not in versions():
        raise KeyError(f"no consensus {version}; there are {', '.join(versions())}")
    return load_folder(FOLDER / version)


def find(name: str) -> Consensus:
    """A version by its name, or by the path of a folder. Raises KeyError when there is neither."""
    folder = Path(name)
    return load_folder(folder.resolve()) if (folder / "version.yaml").is_file() else load(name)


def in_force() -> tuple[Consensus, ...]:
    """The versions that judge events, by the year from which each is in force: the current one last."""
    current = load()
    earlier = [
        v for v in map(load, versions()) if v.in_force_from_year < current.in_force_from_year
    ]
    return (*sorted(earlier, key=lambda v: v.in_force_from_year), current)


def verdict_vars(version: str | None = None) -> dict[str, list[VerdictVar]]:
    """Subject to the verdict columns that dbt makes for it."""
    return load(version).verdict_vars()


def fact_columns(version: str | None = None) -> dict[str, list[str]]:
    """Subject to the fact columns that its verdicts read."""
    return load(version).fact_columns()


def warehouse_vars(version: str | None = None) -> dict[str, Any]:
    """The variables dbt takes from the consensus: verdicts, figures, parameters, regimens, lesions."""
    return load(version).warehouse_vars()


def parameters(version: str | None = None) -> dict[str, float]:
    """The numbers the registry had to choose, by name; dbt models of facts use them too."""
    return {name: p.value for name, p in load(version).parameters.items()}


def benchmarks(version: str | None = None) -> tuple[Benchmark, ...]:
    """The published figures."""
    return load(version).benchmarks


def coverage(version: str | None = None) -> list[CoverageRow]:
    """Every statement of the paper: judged, reported, recorded, or why data cannot decide it."""
    return coverage_rows(load(version))


__all__ = [
    "CURRENT_VERSION",
    "Benchmark",
    "Consensus",
    "ConsensusFaults",
    "CoverageRow",
    "Fault",
    "Recommendation",
    "Statement",
    "VerdictVar",
    "benchmarks",
    "coverage",
    "fact_columns",
    "find",
    "in_force",
    "load",
    "load_folder",
    "parameters",
    "verdict_vars",
    "versions",
    "warehouse_vars",
]
