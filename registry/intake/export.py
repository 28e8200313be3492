"""The present state of a center's cases, as a file to amend and send back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from registry.audit import enter
from registry.forms import FORMS
from registry.intake.assess import latest
from registry.intake.rows import CODES, Rows
from registry.lifecycle.cases import case_list
from registry.roundtrip.export import export_cases
from registry.row_versions import read_cases
from registry.store import center_session


class NoSuchCaseError(Exception):
    """A case that the center has not sent, or that was withdrawn."""


def export(target: Path, center_id: str, *, cases: Collection[str] = ()) -> dict[str, int]:
    """Write the current rows of the cases (none named: all) as workbook, CSV folder or JSON.

    The file is stamped with the last submission it reflects. Returns the rows written per form.
    Raises NoSuchCaseError.
    """
    known = {
        case.case_id for case in case_list(center_id) if case.status not in ("held", "withdrawn")
    }
    if unknown := set(cases) - known:
        raise NoSuchCaseError(f"{len(unknown)} of the cases named are not in the registry.")
    with center_session(center_id) as session:
        enter(session, "export cases", center_id=center_id)
        seen = latest(session)
    tables = read_cases(center_id, cases or known, as_of=seen, with_center=not cases)
    rows = {form: _said(Rows.stored(form, table)) for form, table in tables.items()}
    export_cases(target, rows, stamp=seen)
    return {form: len(entries) for form, entries in rows.items()}


def _said(rows: Rows) -> list[Mapping[str, Any]]:
    """Answers by column, a missing answer as its word."""
    found: list[dict[str, Any]] = rows.answers.to_pylist()
    for column in FORMS[rows.form].columns():
        for row, code in enumerate(rows.codes(column).tolist() if column in rows.missing else ()):
            if code:
                found[row][column] = CODES[code - 1].value
    return [dict(entry) for entry in found]
