"""Reads and adds the row versions of one center, whole columns at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import pyarrow as pa
from sqlalchemy import Connection, text

from registry.forms import FORMS
from registry.forms.arrow import raw_schema
from registry.forms.base import CASE_ID_PATTERN, CENTER_ID_PATTERN
from registry.store import adbc_uri

_AT_ONCE = 5_000
VERSION_COLUMNS = ("submission_id", "content_sha256", "missing", "deleted", "change_reason")


def read_cases(
    center_id: str, cases: Collection[str], *, as_of: int, with_center: bool = False
) -> dict[str, pa.Table]:
    """The current rows of a center's cases as of a submission: form columns, `missing` as JSON text,
    `submission_id`. Forms without any such row are left out. `with_center` adds the center's own row.

    What cannot be the name of a case has no rows.
    """
    import adbc_driver_postgresql.dbapi

    known = sorted(case for case in cases if re.fullmatch(CASE_ID_PATTERN, case, re.ASCII))
    if not re.fullmatch(CENTER_ID_PATTERN, center_id, re.ASCII) or not (known or with_center):
        return {}
    found = {}
    with (
        adbc_driver_postgresql.dbapi.connect(adbc_uri("mst_app")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"select set_config('mst.center', '{center_id}', false)")
        cursor.fetchall()
        for form in _present(cursor, known, with_center):
            cursor.execute(_query(form, known, as_of))
            table = cursor.fetch_arrow_table()
            if len(table):
                found[form] = table.cast(raw_schema(FORMS[form]))
    return found


def _present(cursor: object, cases: Sequence[str], with_center: bool) -> list[str]:
    """The forms that hold any version of the cases, asked in one go."""
    asked = [form for form in FORMS if form != "center"] if cases else []
    probes = [
        f"select '{form}' where exists (select 1 from crf.\"{form}\" where {_of(cases)})" for form in asked
    ]  # fmt: skip
    probes += ["select 'center'"] if with_center else []
    cursor.execute(" union all ".join(probes))  # type: ignore[attr-defined]
    present = {row[0] for row in cursor.fetchall()}  # type: ignore[attr-defined]
    return [form for form in FORMS if form in present]


def _of(cases: Iterable[str]) -> str:
    return "case_id in ({})".format(", ".join(f"'{case}'" for case in cases))


def _query(form: str, cases: Sequence[str], as_of: int) -> str:
    columns = ", ".join(f'"{name}"' for name in FORMS[form].columns())
    key = ", ".join(f'"{name}"' for name in FORMS[form].key())
    of = "true" if form == "center" else _of(cases)
    return (
        f'select {columns}, "missing"::text as "missing", submission_id from ('
        f'select distinct on ({key}) * from crf."{form}" where submission_id <= {int(as_of)} and {of} '
        f"order by {key}, submission_id desc) as latest where not deleted"
    )


def add_rows(session: Connection, form: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Add one version for each row, in one statement per thousands of rows.

    A row has the form's columns and `VERSION_COLUMNS`, `missing` as a mapping.
    """
    names = ", ".join(f'"{name}"' for name in (*FORMS[form].columns(), *VERSION_COLUMNS))
    # copy would be faster still, and PostgreSQL does not allow it under row-level security
    statement = text(
        f'insert into crf."{form}" ({names}) select {names} '
        f'from jsonb_populate_recordset(null::crf."{form}", cast(:rows as jsonb))'
    )
    for first in range(0, len(rows), _AT_ONCE):
        session.execute(statement, {"rows": json.dumps(rows[first : first + _AT_ONCE])})
