"""Single row versions, written and read past the intake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from registry.forms import FORMS
from registry.forms.tables import TABLES


def stored_rows(
    session: Connection, form: str, case_ids: Iterable[str] | None
) -> list[dict[str, Any]]:
    """The latest version of each row of `form`, for the given cases (None: the center's own row).

    A row whose latest version says that it is deleted is not among them.
    """
    table = TABLES[form]
    key = [table.c[name] for name in FORMS[form].key()]
    query = select(table).distinct(*key).order_by(*key, table.c.submission_id.desc())
    if case_ids is not None:
        query = query.where(table.c.case_id.in_(list(case_ids)))
    return [dict(row) for row in session.execute(query).mappings() if not row["deleted"]]


def add_versions(session: Connection, form: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add one version for each row. Rows carry the form's columns and those of `RowVersion`."""
    if rows:
        session.execute(TABLES[form].insert(), list(rows))
