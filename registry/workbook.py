"""Writes form workbooks and CSV folders: the empty template and filled ones.

The same content gives the same bytes: the creation time inside the file is fixed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from registry.forms import FORM_VERSION, FORMS, CenterForm, Column, MissingCode
from registry.workbook_about import ABOUT_SHEET, README, write_about
from registry.workbook_look import Look, column_width, comment_options, header_comment

CODES_SHEET = "codes"
CREATED = datetime(2026, 1, 1)
SPARE_ROWS = 2000
YES_NO = ("yes", "no")

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]


def write_template(path: Path) -> None:
    """An empty workbook if the path ends in .xlsx, else a folder with one empty CSV a form."""
    if path.suffix.lower() == ".xlsx":
        write_workbook(path, {})
        return
    write_csv_folder(path, {name: [] for name in FORMS})
    (path / "README.txt").write_text(README, encoding="utf-8")


def write_workbook(path: Path, rows: Rows, *, example: bool = False) -> None:
    """One sheet a form behind the cover sheet; `example` says on it that the rows are made up.

    Raises `ValueError` for a form or column that does not exist.
    """
    _require_known(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd", "in_memory": True}
    ) as book:
        book.set_properties(
            {"title": "Microtransplant registry", "comments": FORM_VERSION, "created": CREATED}
        )
        look = Look.of(book)
        write_about(book.add_worksheet(ABOUT_SHEET), look, example=example)
        sheets = {name: book.add_worksheet(name) for name in FORMS}
        lists = _write_codes(book.add_worksheet(CODES_SHEET), look)
        for name, form in FORMS.items():
            _write_form(sheets[name], form, rows.get(name, ()), look, lists)


def write_csv_folder(path: Path, rows: Rows) -> None:
    """One CSV (UTF-8, comma) for each form named in `rows`. Raises like `write_workbook`."""
    _require_known(rows)
    path.mkdir(parents=True, exist_ok=True)
    for name, entries in rows.items():
        columns = FORMS[name].columns()
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_as_text(row.get(c)) for c in columns] for row in entries)


def _require_known(rows: Rows) -> None:
    unknown = [f"{name} is not a form" for name in rows if name not in FORMS]
    for name in rows.keys() & FORMS.keys():
        used = {column for row in rows[name] for column in row}
        unknown += [
            f"{name} has no column {c}" for c in sorted(used - FORMS[name].columns().keys())
        ]
    if unknown:
        raise ValueError("; ".join(unknown))


def _write_form(
    sheet: Worksheet, form: type[CenterForm], rows: Sequence[Row], look: Look, lists: dict[str, str]
) -> None:
    columns = list(form.columns().values())
    last = len(rows) + SPARE_ROWS
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, sum(c.item.key for c in columns))
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_tab_color(look.tab)
    sheet.set_landscape()
    sheet.set_comments_author("registry")
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column.name, look.header(column))
        sheet.write_comment(0, index, header_comment(column), comment_options(column))
        sheet.set_column(index, index, column_width(column), look.body(column))
        if (listed := _list_of(column, lists)) is not None:
            sheet.data_validation(1, index, last, index, _dropdown(column, listed))
        _write_values(sheet, index, column, rows, look.body(column))


def _write_values(
    sheet: Worksheet, index: int, column: Column, rows: Sequence[Row], body: Format
) -> None:
    numeric = column.type in ("integer", "number")
    for number, row in enumerate(rows, start=1):
        value = row.get(column.name)
        if value is None:
            continue
        if isinstance(value, date | time):
            sheet.write_datetime(number, index, value)
        elif numeric and isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(number, index, value, body)
        else:
            sheet.write_string(number, index, _as_text(value), body)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _write_codes(sheet: Worksheet, look: Look) -> dict[str, str]:
    """Writes every code list as a column; returns its range by name, without the missing words."""
    sheet.freeze_panes(1, 0)
    sheet.set_tab_color(look.muted)
    ranges = {}
    for index, (name, words) in enumerate(_code_lists().items()):
        sheet.write_string(0, index, name, look.code_header)
        sheet.set_column(index, index, max(18, *(len(w) + 3 for w in words)), look.text)
        for number, word in enumerate([*words, *MissingCode], start=1):
            sheet.write_string(
                number, index, word, look.text if number <= len(words) else look.note
            )
        letter = xlsxwriter.utility.xl_col_to_name(index)
        ranges[name] = f"={CODES_SHEET}!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def _code_lists() -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {"yes or no": YES_NO}
    for form in FORMS.values():
        for column in form.columns().values():
            if column.item.codes is not None:
                lists[column.item.codes.__name__] = tuple(column.item.codes)
    return lists


def _list_of(column: Column, lists: dict[str, str]) -> str | None:
    if column.type == "boolean":
        return lists["yes or no"]
    return lists[column.item.codes.__name__] if column.item.codes is not None else None


def _dropdown(column: Column, listed: str) -> dict[str, object]:
    """A list that warns only; unless the column is a key it offers the four missing words too."""
    start, end = listed.rsplit("$", 1)
    extra = 0 if column.item.key else len(MissingCode)
    return {
        "validate": "list",
        "source": f"{start}${int(end) + extra}",
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": "Please use one of the listed words, or not done, unknown, "
        "not applicable or withheld.",
    }
