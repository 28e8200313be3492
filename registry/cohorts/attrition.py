"""Who is left after each criterion. What is missing neither meets a criterion nor fails it, and is counted apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from registry.analysis import is_known_early
from registry.cohorts.definition import PATIENTS, QUALITY, Cohort, Criterion

Case = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """A criterion and what became of the patients before it: kept + left_out + unknown are all of them."""

    step: int
    way: str
    reason: str
    kept: int
    left_out: int
    unknown: int


@dataclass(frozen=True)
class Attrition:
    """The steps from all patients of the release on, and who is left after the last."""

    steps: tuple[Step, ...]
    cases: tuple[Case, ...]


def attrition(connection: duckdb.DuckDBPyConnection, cohort: Cohort) -> Attrition:
    """The criteria in their order, each on those whom the ones before it kept.

    An inclusion keeps whom its conditions are true of, an exclusion whom they are false of. Of a table with
    several rows a patient, a condition is true if any row meets it, and unknown if none does and one might,
    or if there is no row at all.
    """
    left = _judged(connection, cohort.criteria)
    steps = [Step(0, "", "all patients of the release", len(left), 0, 0)]
    for number, criterion in enumerate(cohort.criteria):
        wanted = criterion.way == "include"
        kept = [row for row in left if row[2 + number] is wanted]
        unknown = sum(row[2 + number] is None for row in left)
        steps.append(
            Step(number + 1, criterion.way, criterion.reason, len(kept),
                 len(left) - len(kept) - unknown, unknown)
        )  # fmt: skip
        left = kept
    return Attrition(tuple(steps), tuple((row[0], row[1]) for row in left))


def known_only_later(cohort: Cohort) -> tuple[int, ...]:
    """The criteria that read what a patient only comes to have: groups made by them must live to get there."""
    return tuple(number for number, c in enumerate(cohort.criteria, start=1) if _is_late(c))


def _is_late(criterion: Criterion) -> bool:
    if criterion.table != PATIENTS:
        return criterion.table != QUALITY
    return not all(is_known_early(condition.column) for condition in criterion.conditions)


def _judged(
    connection: duckdb.DuckDBPyConnection, criteria: tuple[Criterion, ...]
) -> list[tuple[Any, ...]]:
    """Center, case, and a value a criterion: true, false or null."""
    joins, parameters = list[str](), list[Any]()
    for number, criterion in enumerate(criteria):
        joins.append(f"left join ({_verdicts(criterion)}) as c{number} using (center_id, case_id)")
        parameters += [value for c in criterion.conditions for value in c.parameters]
    verdicts = "".join(f", c{number}.holds" for number in range(len(criteria)))
    return connection.execute(
        f"select center_id, case_id{verdicts} from {PATIENTS} {' '.join(joins)} "
        "order by center_id, case_id",
        parameters,
    ).fetchall()


def _verdicts(criterion: Criterion) -> str:
    holds = " or ".join(
        f"({' and '.join(f'({condition.sql})' for condition in of)})"
        for of in criterion.alternatives
    )
    if criterion.table == PATIENTS:
        return f"select center_id, case_id, {holds} as holds from {PATIENTS}"
    return (
        "select center_id, case_id, case when bool_or(holds) then true "
        "when count(*) = count(holds) then false end as holds "
        f"from (select center_id, case_id, {holds} as holds from {criterion.table}) "
        "group by center_id, case_id"
    )
