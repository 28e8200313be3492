"""Who is left after each criterion. What is missing neither meets a criterion nor fails it, and is counted apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from registry.analysis import ImmortalTimeError, is_known_at
from registry.analysis.covariates import FIRST_COURSE
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


def known_only_later(cohort: Cohort, origin: str = FIRST_COURSE) -> tuple[int, ...]:
    """The criteria that read what is not settled of everybody at an origin: who meets them lived to get there.

    What lies in courses, infusions and the like counts as late for every origin.
    """
    return tuple(number for number, c in enumerate(cohort.criteria, start=1) if _is_late(c, origin))


def _is_late(criterion: Criterion, origin: str) -> bool:
    if criterion.table != PATIENTS:
        return criterion.table != QUALITY
    return not all(is_known_at(condition.column, origin) for condition in criterion.conditions)


def people(connection: duckdb.DuckDBPyConnection, found: Attrition) -> str:
    """The name of a temporary view, while the connection lives: `dim_patient` of who is left."""
    centers, cases = [center for center, _ in found.cases], [case for _, case in found.cases]
    connection.execute(
        "create or replace temp table cohort_case as "
        "select unnest(?::varchar[]) as center_id, unnest(?::varchar[]) as case_id",
        [centers, cases],
    )
    connection.execute(
        f"create or replace temp view cohort_patient as from {PATIENTS} "
        "semi join cohort_case using (center_id, case_id)"
    )
    return "cohort_patient"


def followed(connection: duckdb.DuckDBPyConnection, cohort: Cohort, origin: str) -> str:
    """As `people`, for curves that start at an origin. Raises ImmortalTimeError if a criterion is met only later."""
    late = known_only_later(cohort, origin)
    if late:
        which = ", ".join(map(str, late))
        many = len(late) > 1
        raise ImmortalTimeError(
            f"Criteri{'a' if many else 'on'} {which} of the cohort {'are' if many else 'is'} settled only after "
            f"the {origin.replace('_', ' ')}: who is in the cohort has lived to meet {'them' if many else 'it'}, "
            "so a curve from there on is that of survivors (immortal time). Count from a later origin, or leave "
            f"{'them' if many else 'it'} out and divide by it on a landmark."
        )
    return people(connection, attrition(connection, cohort))


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
