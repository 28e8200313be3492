"""CSV files, one a form, as text. Runs in the child process only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePath

from registry.forms import FORMS
from registry.forms.upload import UPLOAD_COLUMNS
from registry.intake import limits
from registry.intake.encode import (
    decode,
    place,
    point_cell,
    require_columns,
    require_rows,
    sheet_of,
    text_cell,
)
from registry.intake.plain_csv import without_quotes
from registry.intake.raw import Cell, RawSheet, UnreadableFileError
from registry.workbook.names import is_own
from registry.workbook.safe import plain_text

_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_HINT = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)  # a line Excel writes and hides
_Row = tuple[int, list[str]]


def sheets(files: Mapping[str, bytes]) -> tuple[RawSheet, ...]:
    """One sheet a file, under the file's name without the ending. A single file whose name is no
    form gets the form whose columns it has. Raises UnreadableFileError."""
    found = tuple(sheet(name, data) for name, data in files.items())
    names = [one.name.casefold() for one in found]
    if len(set(names)) < len(names):
        raise UnreadableFileError(
            "Two CSV files have the same name but for capitals or blanks.", "Put them together."
        )
    if len(found) == 1 and names[0] not in FORMS:
        return (_named_by_header(found[0]),)
    return found


def _named_by_header(sheet: RawSheet) -> RawSheet:
    header = {c.header.strip().casefold() for c in sheet.columns if isinstance(c.header, str)}
    header -= UPLOAD_COLUMNS.keys()
    fitting = [name for name, form in FORMS.items() if header and header <= form.columns().keys()]
    fitting = [n for n in fitting if set(FORMS[n].key()) - {"center_id"} <= header]
    if len(fitting) != 1:
        raise UnreadableFileError(
            "The name of the CSV file is not a form, and its columns do not tell which form it is.",
            f"Name the file after its form, such as patient.csv. The forms are: {', '.join(FORMS)}.",
            "file.unknown_sheet",
        )  # fmt: skip
    return RawSheet(fitting[0], sheet.rows, sheet.columns)


def pairs(file: str, data: bytes) -> dict[str, str]:
    """What stands to the right of each cell, by that cell in small letters: Excel saves the sheet About with
    blank rows and a blank first column. Raises UnreadableFileError."""
    text = decode(file, data)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    return {
        what.strip().rstrip(":").casefold(): beside.strip()
        for row in rows for what, beside in pairwise(row) if what.strip()
    }  # fmt: skip


def sheet(file: str, data: bytes) -> RawSheet:
    """One CSV file. Raises UnreadableFileError; it names the file only if the forms do."""
    name = PurePath(file).stem.strip()
    known = name.casefold() in FORMS or is_own(name)
    return _sheet(name, f"{name}.csv" if known else "The CSV file", data)


def _sheet(name: str, file: str, data: bytes) -> RawSheet:
    text = decode(file, data)
    if hint := _HINT.match(text):
        text = text[hint.end() :]
    delimiter = hint[1] if hint else _delimiter(text)
    if (plain := without_quotes(name, text, delimiter)) is not None:
        require_columns(file, len(plain.columns))
        require_rows(file, len(plain.rows))
        return plain
    header, rows = _rows(file, text, delimiter)
    require_columns(file, len(header))
    if "\0" in text:
        raise _nul(file, [(1, header), *rows])
    names: list[Cell] = [text_cell(plain_text(cell)) for cell in header]
    to_cell = point_cell if delimiter == ";" else text_cell
    return sheet_of(name, names, rows, lambda t: to_cell(plain_text(t)))


def _delimiter(text: str) -> str:
    """The mark that separates the column names, looked for outside quotes."""
    first = _QUOTED.sub("", text.lstrip("\n")[:100_000]).split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _rows(file: str, text: str, delimiter: str) -> tuple[list[str], list[_Row]]:
    """The header and the rows with the number a spreadsheet shows, each as wide as the header."""
    csv.field_size_limit(limits.MAX_FILE_BYTES)  # typing says which cell is too long
    header: list[str] = []
    rows: list[_Row] = []
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            if number == 1:
                header = cells
            elif any(map(str.strip, cells)):
                if header and len(cells) != len(header):
                    raise _uneven(file, number, len(cells), len(header))
                rows.append((number, cells))
                require_rows(file, len(rows))
    except csv.Error as error:
        raise UnreadableFileError(
            f"{file}: the quotes are broken in the row that begins as row {number + 1}.",
            'Close the quote, and write a quote inside a cell as two: "".', "file.csv",
        ) from error  # fmt: skip
    if rows and not any(map(str.strip, header)):
        raise UnreadableFileError(
            f"Row 1 of {file} is empty.", "The column names belong into row 1.", "file.header_row"
        )
    return header, rows


def _uneven(file: str, row: int, width: int, expected: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"{file}, row {row}: {width} cells where the header has {expected}.",
        "Put text that contains the separator in quotes; leave absent cells empty.", "file.csv",
    )  # fmt: skip


def _nul(file: str, rows: list[_Row]) -> UnreadableFileError:
    where = next(
        (place(n, i) for n, cells in rows for i, cell in enumerate(cells) if "\0" in cell),
        "a blank row",
    )
    return UnreadableFileError(
        f"{file}, {where} holds a NUL character.",
        "Type the cell again by hand, or save the sheet again as CSV UTF-8.", "file.nul",
    )  # fmt: skip
