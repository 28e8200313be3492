"""The Arrow shape of a form's rows: what a release writes and `raw.<form>` holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from registry.forms.base import CenterForm, ValueType

# beside the forms of a release: queries that are not settled, or settled by a confirmation; older releases
# have none
QUERY_FILE = "query.parquet"
QUERY_SCHEMA = pa.schema(
    [(c, pa.string()) for c in ("center_id", "case_id", "form", "rule", "state")]
)

ARROW_TYPES: Mapping[ValueType, pa.DataType] = MappingProxyType(
    {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
)
SQL_TYPES: Mapping[ValueType, str] = MappingProxyType(
    {"text": "varchar", "integer": "bigint", "number": "double", "boolean": "boolean"}
)


def raw_schema(form: type[CenterForm]) -> pa.Schema:
    """The form's columns in template order, then `missing` (JSON text) and `submission_id`."""
    answers = [pa.field(c.name, ARROW_TYPES[c.type]) for c in form.columns().values()]
    return pa.schema(
        [*answers, pa.field("missing", pa.string()), pa.field("submission_id", pa.int64())]
    )


def raw_sql_types(form: type[CenterForm]) -> dict[str, str]:
    """Column of the raw relation -> SQL type, in the order of `raw_schema`."""
    answers = {c.name: SQL_TYPES[c.type] for c in form.columns().values()}
    return {**answers, "missing": "varchar", "submission_id": "bigint"}


def sql_columns(form: type[CenterForm]) -> str:
    """The column definitions of `create table raw.<form> (...)`."""
    return ", ".join(f"{name} {kind}" for name, kind in raw_sql_types(form).items())


def conform(table: pa.Table, form: type[CenterForm]) -> pa.Table:
    """The table in the raw shape: columns it lacks become null, columns it has too many are left.

    Raises `pyarrow.ArrowInvalid` if a value does not fit its column's type.
    """
    schema = raw_schema(form)
    present = set(table.column_names)
    columns = [
        table.column(f.name).cast(f.type) if f.name in present else pa.nulls(len(table), f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def raw_table(form: type[CenterForm], rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of a form as an Arrow table of the raw shape; absent columns are null."""
    return pa.Table.from_pylist(list(rows), schema=raw_schema(form))
