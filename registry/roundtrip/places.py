"""Where in the center's file a finding, a query or a missing item stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from registry.findings import Finding, cell_name
from registry.forms import FORMS
from registry.queries.model import OpenQuery
from registry.roundtrip.model import MissingItem
from registry.roundtrip.package import Package
from registry.roundtrip.worksheet import Worksheet, shared_strings

RowNumbers = Mapping[tuple[str, str, str], int]
"""Form, case and record of a row to its row number in the center's file."""

Question = tuple[str, str, str, str, str]

_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")


@dataclass(frozen=True)
class Place:
    """A cell of a form's sheet; `sheet` is the sheet's name as the center wrote it."""

    form: str
    sheet: str
    cell: str

    @property
    def link(self) -> str:
        quoted = self.sheet.replace("'", "''")
        return f"'{quoted}'!{self.cell}"


class Places:
    def __init__(self, package: Package, sheets: Mapping[str, Worksheet]) -> None:
        self._package, self._sheets = package, sheets
        self._titles = {form: package.sheet_title(form) or form for form in sheets}
        self._headers: dict[str, dict[str, int]] = {}

    def of_finding(self, finding: Finding) -> Place | None:
        """The cell; the row's key cell where only the row is known."""
        return self._place(finding.form, finding.cell, finding.column, finding.row)

    def of_missing(self, item: MissingItem) -> Place | None:
        return self._place(item.form, item.cell, item.column, item.row)

    def of_query(
        self, query: OpenQuery, asked: Mapping[Question, Finding], rows: RowNumbers
    ) -> Place | None:
        """The cell of the finding that asks the same, else the row of that record."""
        if (finding := asked.get(question_of(query))) is not None:
            return self.of_finding(finding)
        row = rows.get((query.form, query.case_id, query.record))
        return self._place(query.form, None, query.column, row)

    def _place(
        self, form: str | None, cell: str | None, column: str | None, row: int | None
    ) -> Place | None:
        if form is None or form not in self._sheets:
            return None
        if cell is None or not _CELL.fullmatch(cell):
            cell = self._cell(form, column, row)
        return Place(form, self._titles[form], cell) if cell else None

    def _cell(self, form: str, column: str | None, row: int | None) -> str | None:
        if row is None:
            return None
        header = self._header(form)
        keys = [name for name in reversed(FORMS[form].key()) if name != "case_id"]
        for name in (column, "case_id", *keys):
            if name in header:
                return cell_name(header[name], row)
        return cell_name(0, row)

    def _header(self, form: str) -> dict[str, int]:
        if form not in self._headers:
            self._headers[form] = self._sheets[form].header(self._shared)
        return self._headers[form]

    @cached_property
    def _shared(self) -> list[str]:
        part = self._package.related(self._package.path, "sharedStrings")
        return shared_strings(self._package.parts.get(part) if part else None)


def question_of(query: OpenQuery) -> Question:
    return (query.rule, query.case_id, query.form, query.record, query.column)


def question(finding: Finding) -> Question:
    """What makes a finding and a query the same: the rule and the answer it asks about."""
    return (
        finding.rule, finding.case_id or "", finding.form or "", finding.record or "",
        finding.column or "",
    )  # fmt: skip
