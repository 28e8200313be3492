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
    found = steps(connection, cohort)
    of = people(connection, cohort)
    return Attrition(
        found,
        tuple(
            connection.execute(
                f"select center_id, case_id from {of} order by center_id, case_id"
            ).fetchall()
        ),
    )


def steps(connection: duckdb.DuckDBPyConnection, cohort: Cohort) -> tuple[Step, ...]:
    """The counts of `attrition`, without who they are of."""
    counted = ["count(*)"]
    for number in range(len(cohort.criteria)):
        before, this = _kept(cohort, number), f"c{number}.holds"
        counted.append(f"count(*) filter (where {_kept(cohort, number + 1)})")
        counted.append(f"count(*) filter (where {before} and {this} is null)")
    joined, parameters = _judged(cohort)
    everybody, *told = connection.execute(
        f"select {', '.join(counted)} from {joined}", parameters
    ).fetchall()[0]
    found = [Step(0, "", "all patients of the release", everybody, 0, 0)]
    for number, (criterion, kept, unknown) in enumerate(
        zip(cohort.criteria, told[::2], told[1::2], strict=True), start=1
    ):
        left_out = found[-1].kept - kept - unknown
        found.append(Step(number, criterion.way, criterion.reason, kept, left_out, unknown))
    return tuple(found)


def people(connection: duckdb.DuckDBPyConnection, cohort: Cohort) -> str:
    """The name of a temporary view, while the connection lives: `dim_patient` of who is left after the last step."""
    joined, parameters = _judged(cohort)
    connection.execute(
        f"create or replace temp table cohort_case as select center_id, case_id from {joined} "
        f"where {_kept(cohort, len(cohort.criteria))}",
        parameters,
    )
    connection.execute(
        f"create or replace temp view cohort_patient as from {PATIENTS} "
        "semi join cohort_case using (center_id, case_id)"
    )
    return "cohort_patient"


def known_only_later(cohort: Cohort, origin: str = FIRST_COURSE) -> tuple[int, ...]:
    """The criteria that read what is not settled of everybody at an origin: who meets them lived to get there.

    What lies in courses, infusions and the like counts as late for every origin.
    """
    return tuple(number for number, c in enumerate(cohort.criteria, start=1) if _is_late(c, origin))


def _is_late(criterion: Criterion, origin: str) -> bool:
    if criterion.table != PATIENTS:
        return criterion.table != QUALITY
    return not all(is_known_at(condition.column, origin) for condition in criterion.conditions)


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
    return people(connection, cohort)


def _judged(cohort: Cohort) -> tuple[str, list[Any]]:
    """SQL of all patients with the verdict of each criterion as `c0.holds` and so on: true, false or null."""
    joins, parameters = [PATIENTS], list[Any]()
    for number, criterion in enumerate(cohort.criteria):
        joins.append(f"left join ({_verdicts(criterion)}) as c{number} using (center_id, case_id)")
        parameters += [value for c in criterion.conditions for value in c.parameters]
    return " ".join(joins), parameters


def _kept(cohort: Cohort, number: int) -> str:
    """SQL of whether the first so many criteria kept a patient."""
    kept = [
        f"c{n}.holds is {'true' if criterion.way == 'include' else 'false'}"
        for n, criterion in enumerate(cohort.criteria[:number])
    ]
    return f"({' and '.join(kept)})" if kept else "true"


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
