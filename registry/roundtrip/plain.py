"""Rows that came as CSVs or JSON, as a workbook: every cell in its place, as text."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet as Sheet

from registry.forms import FORM_VERSION, FORMS
from registry.intake.raw import Cell, RawFile, RawSheet
from registry.workbook.about import write_about
from registry.workbook.cells import Stamp
from registry.workbook.look import Look, column_width
from registry.workbook.names import ABOUT_SHEET, QUERIES_SHEET
from registry.workbook.safe import is_risky
from registry.workbook.sheets import CREATED

_NAME_LIMIT = 31


def write_plain(raw: RawFile, target: Path) -> None:
    """A sheet for each form of the file, with its rows and columns where the file has them."""
    with xlsxwriter.Workbook(str(target), {"in_memory": True}) as book:
        book.set_properties({"title": "Microtransplant registry", "created": CREATED})
        look = Look.of(book)
        stamp = Stamp(raw.form_version or FORM_VERSION, raw.based_on)
        write_about(book.add_worksheet(ABOUT_SHEET), look, stamp, example=False)
        for sheet in raw.sheets:
            if sheet.name.casefold() in FORMS:
                _write(book.add_worksheet(sheet.name[:_NAME_LIMIT]), sheet, look)
        if raw.answers is not None:
            _write(book.add_worksheet(QUERIES_SHEET), raw.answers, look)


def _write(target: Sheet, sheet: RawSheet, look: Look) -> None:
    form = FORMS.get(sheet.name.casefold())
    known = form.columns() if form else {}
    target.freeze_panes(1, 0)
    target.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for index, column in enumerate(sheet.columns):
        item = known.get(_text(column.header).strip().casefold())
        body = look.body(item) if item else look.bodies["text"]
        head = look.header(item) if item else look.headers["upload"]
        target.write_string(0, index, _text(column.header), head)
        target.set_column(index, index, column_width(item) if item else 22, body)
        for row, cell in zip(sheet.rows, column.cells(), strict=True):
            if text := _text(cell):
                target.write_string(
                    int(row) - 1, index, text, look.quoted if is_risky(text) else body
                )


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text
