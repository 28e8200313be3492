"""The Arrow shape of a form's rows between the database, a release and the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from registry.forms import FORMS

_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def raw_schema(form: str) -> pa.Schema:
    """The form's columns, then `missing` (JSON: column to missing code) and `submission_id`."""
    columns = [pa.field(c.name, _TYPES[c.type]) for c in FORMS[form].columns().values()]
    return pa.schema(
        [*columns, pa.field("missing", pa.string()), pa.field("submission_id", pa.int64())]
    )


def raw_table(form: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of a form as an Arrow table of `raw_schema`; absent columns are null."""
    return pa.Table.from_pylist(list(rows), schema=raw_schema(form))
