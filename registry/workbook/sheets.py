"""A workbook with one sheet a form behind a cover sheet, and the code lists at the end.

The same content gives the same bytes: the creation time inside the file is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import takewhile
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from registry.forms import FORM_VERSION, FORMS, Column, MissingCode
from registry.forms.upload import UPLOAD_COLUMNS, UploadColumn, is_example
from registry.workbook.about import write_about
from registry.workbook.cells import (
    YES_NO,
    Row,
    Rows,
    Stamp,
    as_text,
    is_number,
    prepare,
    require_known,
)
from registry.workbook.look import (
    EXAMPLE_NOTE,
    Look,
    column_width,
    comment_options,
    header_comment,
    upload_comment,
)
from registry.workbook.names import ABOUT_SHEET, CODES_SHEET, COMMENT_AUTHOR
from registry.workbook.safe import is_risky
from registry.workbook.seal import sealed

CREATED = datetime(2026, 1, 1)
SPARE_ROWS = 2000
YES_NO_LIST = "yes or no"
# who types over the example would send what is left of it as a patient's answers
_NOT_HERE = {
    "validate": "custom",
    "value": "=FALSE",
    "error_title": "This row is the example",
    "error_message": "Write your own cases from row 3 on. You may delete this row as a whole.",
}


def write_workbook(
    path: Path, rows: Rows, *, example: bool = False, stamp: Stamp | None = None
) -> None:
    """One sheet a form; `example` says on the cover that the rows are made up.

    Raises ValueError for a form or column that does not exist.
    """
    require_known(rows)
    prepare(path)
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd", "in_memory": True}
    ) as book:
        book.set_properties(
            {"title": "Microtransplant registry", "comments": FORM_VERSION, "created": CREATED}
        )
        look = Look.of(book)
        write_about(book.add_worksheet(ABOUT_SHEET), look, stamp or Stamp(), example=example)
        sheets = {name: book.add_worksheet(name) for name in FORMS}
        lists = _write_codes(book.add_worksheet(CODES_SHEET), look)
        for name, sheet in sheets.items():
            _FormSheet(sheet, name, rows.get(name, ()), look, lists).write()


@dataclass(frozen=True)
class _FormSheet:
    sheet: Worksheet
    form: str
    rows: Sequence[Row]
    look: Look
    lists: Mapping[str, str]

    def write(self) -> None:
        columns = list(FORMS[self.form].columns().values())
        self._set_up(len(columns), sum(c.item.key for c in columns))
        for index, column in enumerate(columns):
            self._write_column(index, column)
        for index, extra in enumerate(UPLOAD_COLUMNS.values(), start=len(columns)):
            self._write_upload_column(index, extra)
        if self.example_rows:
            last = len(columns) + len(UPLOAD_COLUMNS) - 1
            self.sheet.data_validation(1, 0, self.example_rows, last, _NOT_HERE)

    @property
    def example_rows(self) -> int:
        """How many rows below the header are only an example."""
        rows = takewhile(lambda r: is_example(self.form, r.get("center_id"), r.get("case_id")), self.rows)  # fmt: skip
        return sum(1 for _ in rows)

    def _set_up(self, columns: int, keys: int) -> None:
        sheet = self.sheet
        sheet.set_row(0, 24)
        sheet.freeze_panes(1, keys)
        last = columns + len(UPLOAD_COLUMNS) - 1
        sheet.autofilter(0, 0, max(len(self.rows), 1), last)
        sheet.set_tab_color(self.look.tab)
        sheet.set_landscape()
        sheet.set_comments_author(COMMENT_AUTHOR)

    def _write_column(self, index: int, column: Column) -> None:
        comment = sealed(header_comment(column))
        self.sheet.write_string(0, index, column.name, self.look.header(column))
        self.sheet.write_comment(0, index, comment, comment_options(comment))
        self.sheet.set_column(index, index, column_width(column), self.look.body(column))
        if (listed := _list_of(column, self.lists)) is not None:
            self._offer(index, _dropdown(listed, 0 if column.item.key else len(MissingCode)))
        for number, row in enumerate(self.rows, start=1):
            self._write_value(number, index, column, row)

    def _write_upload_column(self, index: int, extra: UploadColumn) -> None:
        comment = sealed(upload_comment(extra))
        self.sheet.write_string(0, index, extra.name, self.look.headers["upload"])
        self.sheet.write_comment(0, index, comment, comment_options(comment))
        self.sheet.set_column(index, index, 22, self.look.bodies["text"])
        self._offer(index, _dropdown(self.lists[extra.codes.__name__], 0))
        for number, row in enumerate(self.rows, start=1):
            if (value := row.get(extra.name)) is not None:
                self.sheet.write_string(number, index, as_text(value), self.look.bodies["text"])

    def _offer(self, index: int, options: Mapping[str, object]) -> None:
        first = 1 + self.example_rows
        self.sheet.data_validation(first, index, len(self.rows) + SPARE_ROWS, index, options)

    def _write_value(self, number: int, index: int, column: Column, row: Row) -> None:
        value = row.get(column.name)
        example = is_example(self.form, row.get("center_id"), row.get("case_id"))
        if example and index == 0:
            note = sealed(EXAMPLE_NOTE)
            self.sheet.write_comment(number, 0, note, comment_options(note))
        body = self.look.example if example else self.look.body(column)
        if value is None:
            if example:
                self.sheet.write_blank(number, index, None, body)
        elif isinstance(value, date | time):
            self.sheet.write_datetime(number, index, value)
        elif is_number(value) and column.type in ("integer", "number"):
            self.sheet.write_number(number, index, value, body)
        else:
            text = as_text(value)
            quoted = self.look.quoted if is_risky(text) else body
            self.sheet.write_string(number, index, text, quoted)


def code_lists() -> dict[str, tuple[str, ...]]:
    """Every list a cell offers, by name, without the words for missing."""
    lists: dict[str, tuple[str, ...]] = {YES_NO_LIST: YES_NO}
    codes: list[type[StrEnum]] = [c.codes for c in UPLOAD_COLUMNS.values()]
    for form in FORMS.values():
        codes += [c.item.codes for c in form.columns().values() if c.item.codes is not None]
    return lists | {each.__name__: tuple(each) for each in codes}


def _write_codes(sheet: Worksheet, look: Look) -> dict[str, str]:
    """Writes every code list as a column; returns its range by name, without the missing words."""
    sheet.freeze_panes(1, 0)
    sheet.set_tab_color(look.muted)
    ranges = {}
    for index, (name, words) in enumerate(code_lists().items()):
        sheet.write_string(0, index, name, look.code_header)
        sheet.set_column(index, index, max(18, *(len(w) + 3 for w in words)), look.text)
        for number, word in enumerate([*words, *MissingCode], start=1):
            sheet.write_string(
                number, index, word, look.text if number <= len(words) else look.note
            )
        letter = xlsxwriter.utility.xl_col_to_name(index)
        ranges[name] = f"={CODES_SHEET}!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def _list_of(column: Column, lists: Mapping[str, str]) -> str | None:
    if column.type == "boolean":
        return lists[YES_NO_LIST]
    return lists[column.item.codes.__name__] if column.item.codes is not None else None


def _dropdown(listed: str, missing_words: int) -> dict[str, object]:
    """A list that warns only; the words for missing stand in the rows below its own."""
    start, end = listed.rsplit("$", 1)
    words = ", or not done, unknown, not applicable or withheld." if missing_words else "."
    return {
        "validate": "list",
        "source": f"{start}${int(end) + missing_words}",
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": f"Please use one of the listed words{words}",
    }
