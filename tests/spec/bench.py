"""Runs compiled SQL on rows of facts in an in-memory DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

TYPES = {"boolean": pa.bool_(), "number": pa.float64(), "text": pa.string()}


def run(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], expressions: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The value of each expression for each row, in the order of the rows."""
    table = pa.table(
        {
            "row_no": pa.array(range(len(rows)), pa.int64()),
            **{n: pa.array([r.get(n) for r in rows], TYPES[kind]) for n, kind in columns.items()},
        }
    )
    with duckdb.connect(":memory:") as connection:
        connection.register("facts", table)
        chosen = ",\n".join(expressions)
        return connection.execute(f"select {chosen} from facts order by row_no").fetchall()
