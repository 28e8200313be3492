"""A version of the consensus, loaded and without a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict, get_args

from registry.consensus.base import Parameter
from registry.consensus.benchmark import Benchmark
from registry.consensus.compiler import facts_of, tier_sql, verdict_sql
from registry.consensus.entries import Reading, Recommendation, Statement
from registry.consensus.facts import Facts, Subject
from registry.consensus.genetics import Genetics
from registry.consensus.regimens import RegimenFile
from registry.consensus.statistic import Statistic
from registry.consensus.tensions import Tension


class VerdictVar(TypedDict):
    """What dbt needs to make one verdict column."""

    column: str
    recommendation_id: str
    reading: str
    is_default: bool
    headline: bool
    verdict_sql: str
    tier_sql: str


class StatisticVar(TypedDict):
    """What dbt needs to count one figure."""

    statement_id: str
    statistic: str
    of_sql: str
    share_sql: str | None
    median: str | None
    by: str | None


@dataclass(frozen=True)
class Consensus:
    """All statements of a version in the order of the paper, and what they rest on."""

    version: str
    in_force_from_year: int
    source: str
    sections: Mapping[str, str]
    statements: tuple[Statement, ...]
    facts: Mapping[Subject, Facts]
    parameters: Mapping[str, Parameter]
    benchmarks: tuple[Benchmark, ...]
    tensions: tuple[Tension, ...]
    regimens: RegimenFile
    genetics: Genetics

    @cached_property
    def recommendations(self) -> tuple[Recommendation, ...]:
        """The statements that give or gave verdicts."""
        return tuple(s for s in self.statements if isinstance(s, Recommendation))

    def statement(self, statement_id: str) -> Statement:
        """A statement by its id. Raises KeyError when there is none."""
        found = {entry.id: entry for entry in self.statements}
        if statement_id not in found:
            raise KeyError(f"the paper has no statement {statement_id}")
        return found[statement_id]

    def get(self, recommendation_id: str) -> Recommendation:
        """A judged statement by its id. Raises KeyError with the ids there are."""
        found = {entry.id: entry for entry in self.recommendations}
        if recommendation_id not in found:
            raise KeyError(
                f"{recommendation_id} gives no verdict; those that do: {', '.join(found)}"
            )
        return found[recommendation_id]

    def judged(self) -> tuple[Recommendation, ...]:
        """The entries that give verdicts: all that are not retired."""
        return tuple(entry for entry in self.recommendations if entry.is_judged)

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

    def warehouse_vars(self) -> dict[str, Any]:
        """The variables of dbt: verdict columns, figures, and what the facts are derived by."""
        return {
            "consensus_version": self.version,
            "consensus": self.verdict_vars(),
            "statistics": self.statistic_vars(),
            "parameters": {name: p.value for name, p in self.parameters.items()},
            "regimens": self.regimens.as_vars(),
            "genetics": self.genetics.model_dump(),
        }

    def statistic_vars(self) -> dict[str, list[StatisticVar]]:
        """Subject to its figures; points of curves are read from the marts and not listed."""
        found: dict[str, list[StatisticVar]] = {subject: [] for subject in get_args(Subject)}
        for entry in self.statements:
            for figure in entry.statistics:
                if figure.curve is None:
                    found[figure.subject].append(_figure(entry.id, figure))
        return found


def _figure(statement_id: str, figure: Statistic) -> StatisticVar:
    return StatisticVar(
        statement_id=statement_id,
        statistic=figure.name,
        of_sql=figure.of.sql() if figure.of else "true",
        share_sql=figure.share.sql() if figure.share else None,
        median=figure.median,
        by=figure.by,
    )


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
