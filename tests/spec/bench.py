"""Runs compiled SQL on rows of facts in an in-memory DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

TYPES = {"boolean": "boolean", "number": "double", "text": "varchar"}


def run(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], expressions: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The value of each expression for each row, in the order of the rows."""
    declared = ", ".join(f"{name} {TYPES[kind]}" for name, kind in columns.items())
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"create table facts (row_no integer, {declared})")
        values = [[number, *(row.get(name) for name in columns)] for number, row in enumerate(rows)]
        marks = ", ".join("?" * (len(columns) + 1))
        connection.executemany(f"insert into facts values ({marks})", values)
        chosen = ",\n".join(expressions)
        return connection.execute(f"select {chosen} from facts order by row_no").fetchall()
