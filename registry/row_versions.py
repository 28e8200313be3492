"""Reads and adds row versions, whole columns at a time: of a center's cases, or of all for a release."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, text

from registry.forms import FORMS
from registry.forms.arrow import raw_schema
from registry.forms.base import CASE_ID_PATTERN, CENTER_ID_PATTERN
from registry.forms.tables import TABLES
from registry.store import Role, adbc_uri

_AT_ONCE = 5_000
VERSION_COLUMNS = ("submission_id", "content_sha256", "missing", "deleted", "change_reason")


def read_cases(
    center_id: str, cases: Collection[str], *, as_of: int, with_center: bool = False
) -> dict[str, pa.Table]:
    """The current rows of a center's cases as of a submission: form columns, `missing` as JSON text,
    `submission_id`. Forms without any such row are left out. `with_center` adds the center's own row.

    What cannot be the name of a case has no rows.
    """
    known = sorted(case for case in cases if re.fullmatch(CASE_ID_PATTERN, case, re.ASCII))
    if not re.fullmatch(CENTER_ID_PATTERN, center_id, re.ASCII) or not (known or with_center):
        return {}
    found = {}
    with _connection("mst_app") as connection, connection.cursor() as cursor:
        cursor.execute(f"select set_config('mst.center', '{center_id}', false)")
        cursor.fetchall()
        for form in _present(cursor, known, with_center):
            of = "true" if form == "center" else _of(known)
            cursor.execute(_current(form, as_of, versions=of))
            table = cursor.fetch_arrow_table()
            if len(table):
                found[form] = table.cast(raw_schema(FORMS[form]))
    return found


def _present(cursor: Any, cases: Sequence[str], with_center: bool) -> list[str]:
    """The forms that hold any version of the cases, asked in one go."""
    asked = [form for form in FORMS if form != "center"] if cases else []
    probes = [
        f"select '{form}' where exists (select 1 from crf.\"{form}\" where {_of(cases)})" for form in asked
    ]  # fmt: skip
    probes += ["select 'center'"] if with_center else []
    cursor.execute(" union all ".join(probes))
    present = {row[0] for row in cursor.fetchall()}
    return [form for form in FORMS if form in present]


def _of(cases: Iterable[str]) -> str:
    return "case_id in ({})".format(", ".join(f"'{case}'" for case in cases))


@contextmanager
def snapshot() -> Iterator[Any]:
    """A connection to read with that sees the registry as it is now, whatever is stored meanwhile.

    A renaming of pseudonyms that has begun is waited for: a snapshot has the old names or the new.
    """
    # in the order in which a renaming takes them, so that neither waits for the other without end
    tables = ["registry.submission", *(f'crf."{form}"' for form in TABLES), "registry.case_event"]
    with _connection("mst_reader") as connection:
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute(f"lock table {', '.join(tables)} in access share mode")
        yield connection


def read_form(
    form: str, *, as_of: int, as_of_case_event: int | None = None, connection: Any = None
) -> pa.Table:
    """All current rows of `form` as of a submission, as Arrow: form columns, missing, submission.

    Deleted rows are left out, and the cases withdrawn by the event `as_of_case_event` (None: by now).
    `connection` is that of a `snapshot`, to read several forms as they are at one moment.
    """
    key = ", ".join(f'"{name}"' for name in FORMS[form].key())
    query = _current(form, as_of, rows=_not_withdrawn(form, as_of_case_event))
    given = nullcontext(connection) if connection else _connection("mst_reader")
    with given as reader, reader.cursor() as cursor:
        cursor.execute(f"{query} order by {key}")
        return cursor.fetch_arrow_table()


def _not_withdrawn(form: str, as_of_case_event: int | None) -> str:
    if "case_id" not in FORMS[form].columns():
        return "true"
    upto = "" if as_of_case_event is None else f"where event_id <= {int(as_of_case_event)} "
    return (
        "(center_id, case_id) not in (select center_id, case_id from ("
        "select distinct on (center_id, case_id) center_id, case_id, status "
        f"from registry.case_event {upto}order by center_id, case_id, event_id desc) as state "
        "where status = 'withdrawn')"
    )


def _connection(role: Role) -> Any:
    import adbc_driver_postgresql.dbapi

    return adbc_driver_postgresql.dbapi.connect(adbc_uri(role))


def _current(form: str, as_of: int, *, versions: str = "true", rows: str = "true") -> str:
    """The query of the current rows of a form, of these versions and, where they are not deleted, these rows."""
    columns = ", ".join(f'"{name}"' for name in FORMS[form].columns())
    key = ", ".join(f'"{name}"' for name in FORMS[form].key())
    return (
        f'select {columns}, "missing"::text as "missing", submission_id from ('
        f'select distinct on ({key}) * from crf."{form}" '
        f"where submission_id <= {int(as_of)} and {versions} "
        f"order by {key}, submission_id desc) as latest where not deleted and {rows}"
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
