"""Who is in a cohort: what the patients were like and what was done, counted, with those it is not known of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from registry.cohorts.marts import marts

# columns of `dim_patient` in the order of a paper's first table
VALUES = (
    "sex", "age_group", "disease", "onset_type", "eln_2022", "fitness_class", "first_donor_category",
    "first_donor_relation", "first_induction_is_mst", "cr_after_induction", "allo_done", "is_dead",
)  # fmt: skip
NUMBERS = ("age_at_diagnosis_years", "n_courses", "n_mst_courses", "n_mst_consolidations")


@dataclass(frozen=True)
class Share:
    """How many of those it is known of have a value; without a value, who it is not known of."""

    column: str
    value: str | None
    patients: int
    known: int


@dataclass(frozen=True)
class Middle:
    """Median and quartiles of a number, None where it is known of nobody."""

    column: str
    lower: float | None
    median: float | None
    upper: float | None
    known: int
    unknown: int


def shares(connection: duckdb.DuckDBPyConnection, patients: str) -> list[Share]:
    """The values of VALUES among the rows of a relation, in the order they are laid down in, then what is not known."""
    asked = " union all ".join(
        f"select '{column}', cast({column} as varchar), count(*) from asked group by 2"
        for column in VALUES
    )
    counted: dict[str, dict[str | None, int]] = {column: {} for column in VALUES}
    for column, value, count in connection.execute(
        f"with asked as materialized (select {', '.join(VALUES)} from {patients}) {asked}"
    ).fetchall():
        counted[column][value] = count
    told = []
    for column, of in counted.items():
        unknown = of.pop(None, 0)
        known = sum(of.values())
        told += [Share(column, value, of[value], known) for value in _in_order(column, of)]
        if unknown:
            told.append(Share(column, None, unknown, known))
    return told


def middles(connection: duckdb.DuckDBPyConnection, patients: str) -> list[Middle]:
    """The numbers of NUMBERS among the rows of a relation."""
    asked = ", ".join(
        f"quantile_cont({n}, [0.25, 0.5, 0.75]), count({n}), count(*) - count({n})" for n in NUMBERS
    )
    row = connection.execute(f"select {asked} from {patients}").fetchall()[0]
    told = []
    for name, quartiles, known, unknown in zip(
        NUMBERS, row[::3], row[1::3], row[2::3], strict=True
    ):
        lower, median, upper = quartiles or (None, None, None)
        told.append(Middle(name, lower, median, upper, known, unknown))
    return told


def _in_order(column: str, found: Iterable[str | None]) -> list[str]:
    laid_down = ("true", "false", *marts()["dim_patient"].columns[column].values)
    named = [value for value in found if value is not None]
    return sorted(named, key=lambda v: (laid_down.index(v) if v in laid_down else 99, v))
