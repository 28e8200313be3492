"""From what a reader yields to columns of distinct cells, and from bytes to text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from registry.findings import cell_name
from registry.intake import limits
from registry.intake.raw import Cell, Codes, Odd, RawColumn, RawSheet, UnreadableFileError

_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}")
_LINE_END = re.compile(rb"\r\n|\r|\n")
# also as other languages write it into a CSV: #NV, #BEZUG!, #¡REF!, #¿NOMBRE?
_EXCEL_ERROR = re.compile(r"#(N/[AD]|NV|DIV/0!|¡DIV/0!|GETTING_DATA|[¡¿]?[A-ZÄÖÜ]{3,12}[!?])")


def text_cell(text: str) -> Cell:
    """A cell of text: one of spaces only is blank, the name of an Excel error is the error."""
    stripped = text.strip()
    if not stripped:
        return ""
    return Odd("error") if _EXCEL_ERROR.fullmatch(stripped) else text


def point_cell(text: str) -> Cell:
    """As `text_cell`, for files that separate by semicolons, as programs do that write a decimal comma: there
    a point before three digits may stand for thousands."""
    found = text_cell(text)
    is_doubtful = isinstance(found, str) and _THOUSANDS.fullmatch(found.strip())
    return Odd("thousands", text.strip()) if is_doubtful else found


def sheet_of(
    name: str, header: Sequence[Cell], rows: Sequence[tuple[int, Sequence[Any]]],
    to_cell: Callable[[Any], Cell],
) -> RawSheet:  # fmt: skip
    """The sheet of rows that are all as wide as the header; `to_cell` is asked once a value."""
    numbers = np.fromiter((number for number, _ in rows), np.int32, len(rows))
    by_column = zip(*(cells for _, cells in rows), strict=True) if rows else [()] * len(header)
    columns = [_column(h, cells, to_cell) for h, cells in zip(header, by_column, strict=True)]
    while columns and columns[-1].header == "" and columns[-1].values in ((), ("",)):
        columns.pop()
    return RawSheet(name, numbers, tuple(columns))


def _column(header: Cell, values: Sequence[Any], to_cell: Callable[[Any], Cell]) -> RawColumn:
    index = {value: i for i, value in enumerate(dict.fromkeys(values))}
    codes = np.fromiter(map(index.__getitem__, values), np.int32, len(values))
    return column_of(header, list(index), codes, to_cell)


def column_of(
    header: Cell, values: Sequence[Any], codes: Codes, to_cell: Callable[[Any], Cell]
) -> RawColumn:
    """The column of distinct values and their codes; different values may be the same cell."""
    cells = [to_cell(value) for value in values]
    distinct = {cell: i for i, cell in enumerate(dict.fromkeys(cells))}
    if len(distinct) < len(cells):  # 7.0 and "7" are different values and the same cell
        codes = np.array([distinct[cell] for cell in cells], np.int32)[codes]
    return RawColumn(header, tuple(distinct), codes)


def require_rows(what: str, count: int) -> None:
    """Raises UnreadableFileError where a sheet or CSV has more rows than are read."""
    if count > limits.MAX_ROWS:
        raise UnreadableFileError(
            f"{what} has more than {limits.MAX_ROWS:,} rows.",
            "Split it by case into several files.", "file.size",
        )  # fmt: skip


def require_columns(what: str, count: int) -> None:
    """Raises UnreadableFileError where a sheet or CSV has more columns than are read."""
    if count > limits.MAX_COLUMNS:
        raise UnreadableFileError(
            f"{what} has more than {limits.MAX_COLUMNS} columns.",
            "Use the columns of the template only.", "file.size",
        )  # fmt: skip


def decode(what: str, data: bytes) -> str:
    """Strict UTF-8, with or without its mark; line ends become \\n. Raises UnreadableFileError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_wide(data):
        raise UnreadableFileError(
            f'{what} is UTF-16 (Excel calls it "Unicode text").', _AS_UTF8, "file.encoding"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the mark
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        row = len(_LINE_END.findall(data[:at])) + 1
        raise UnreadableFileError(
            f"{what} is not UTF-8: row {row}, byte {at + 1} of the file.", _AS_UTF8, "file.encoding"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


_AS_UTF8 = 'Save it as UTF-8; in Excel, as "CSV UTF-8 (comma delimited)".'


def _looks_wide(data: bytes) -> bool:
    """Two bytes a letter without the mark: every other byte of the start is NUL."""
    return len(data) >= 8 and (not any(data[1:8:2]) or not any(data[0:8:2]))


def place(row: int, column: int) -> str:
    """The address of a cell; row from 1, column from 0."""
    return cell_name(column, row)
