"""Tables of the analyst's file with all their columns, holding the few rows a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from registry.cohorts import marts

_TYPES = {"boolean": "boolean", "number": "double", "text": "varchar"}
Row = Mapping[str, Any]
# the first repeats an answer of the center; the next two have tiers by age
VERDICTS = (
    ("MST-2.3-01", "met", None), ("MST-3-07", "not_applicable", "aged_74"),
    ("MST-4-02", "not_applicable", "aged_75"), ("MST-4.1-00", "met", "exact"), ("MST-2.2-04", "met", "t1"),
)  # fmt: skip


def file_of(
    connection: duckdb.DuckDBPyConnection, **rows: Sequence[Row]
) -> duckdb.DuckDBPyConnection:
    """These tables with their rows; columns that a row does not name are missing, the center is C01."""
    for name, of_table in rows.items():
        mart = marts()[name]
        columns = ", ".join(f"{c.name} {_TYPES[c.kind]}" for c in mart.columns.values())
        connection.execute(f"create table {name} ({columns})")
        for row in of_table:
            full = {"center_id": "C01", **row} if mart.is_of_cases else row
            slots = ", ".join("?" * len(full))
            connection.execute(
                f"insert into {name} ({', '.join(full)}) values ({slots})", list(full.values())
            )
    return connection


def patients(*rows: Row) -> duckdb.DuckDBPyConnection:
    """A file with these patients, P1, P2 and so on, and no course or infusion."""
    numbered = [{"case_id": f"P{n}", **row} for n, row in enumerate(rows, start=1)]
    return file_of(duckdb.connect(), dim_patient=numbered, dim_course=(), fct_infusion=())


def write(
    folder: Path, criteria: str, *, name: str = "those", question: str = "Who is it?"
) -> Path:
    """A cohort file with these criteria, one YAML item a line."""
    path = folder / "cohort.yaml"
    path.write_text(f"name: {name}\nquestion: {question}\ncriteria:\n{criteria}", encoding="utf-8")
    return path
