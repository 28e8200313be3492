"""A version of the consensus, loaded and without a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict, get_args

from registry.consensus.base import Parameter
from registry.consensus.benchmark import Benchmark
from registry.consensus.catalogue import CoverageRow, Statement, coverage_row
from registry.consensus.compiler import facts_of, tier_sql, verdict_sql
from registry.consensus.entries import Reading, Recommendation
from registry.consensus.facts import Facts, Subject


class VerdictVar(TypedDict):
    """What dbt needs to make one verdict column."""

    column: str
    recommendation_id: str
    reading: str
    is_default: bool
    headline: bool
    verdict_sql: str
    tier_sql: str


@dataclass(frozen=True)
class Consensus:
    """All entries of a version in the order of the paper, and what they rest on."""

    version: str
    sections: Mapping[str, str]
    recommendations: tuple[Recommendation, ...]
    facts: Mapping[Subject, Facts]
    parameters: Mapping[str, Parameter]
    benchmarks: tuple[Benchmark, ...]
    statements: tuple[Statement, ...]

    def get(self, recommendation_id: str) -> Recommendation:
        """An entry by its id. Raises KeyError with the ids there are."""
        found = {entry.id: entry for entry in self.recommendations}
        if recommendation_id not in found:
            raise KeyError(f"{recommendation_id} is not implemented; there are {', '.join(found)}")
        return found[recommendation_id]

    def judged(self) -> tuple[Recommendation, ...]:
        """The entries that give verdicts: all that are not retired."""
        return tuple(entry for entry in self.recommendations if entry.retired is None)

    def verdict_vars(self) -> dict[str, list[VerdictVar]]:
        """Subject to its verdict columns; every subject is there, with or without columns."""
        found: dict[str, list[VerdictVar]] = {subject: [] for subject in get_args(Subject)}
        for entry in self.judged():
            found[entry.subject] += [_variable(entry, reading) for reading in entry.readings]
        return found

    def fact_columns(self) -> dict[str, list[str]]:
        """Subject to the fact columns its verdicts read: what `int_<subject>` must have."""
        found: dict[str, list[str]] = {subject: [] for subject in get_args(Subject)}
        for entry in self.judged():
            found[entry.subject] += facts_of(entry)
        return {subject: sorted(set(columns)) for subject, columns in found.items()}

    def coverage(self) -> list[CoverageRow]:
        """Each statement of the catalogue: implemented, retired or not yet."""
        live = {entry.id: entry.retired is None for entry in self.recommendations}
        return [coverage_row(statement, live.get(statement.id)) for statement in self.statements]


def _variable(entry: Recommendation, reading: Reading) -> VerdictVar:
    return VerdictVar(
        column=entry.column(reading.name),
        recommendation_id=entry.id,
        reading=reading.name,
        is_default=reading.default,
        headline=entry.headline,
        verdict_sql=verdict_sql(entry, reading),
        tier_sql=tier_sql(entry, reading),
    )
