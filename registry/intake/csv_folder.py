"""A folder of CSV files, one a form, as text. Runs in the child process only."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from registry.intake import limits
from registry.intake.raw import RawSheet, UnreadableFileError

_DELIMITERS = (",", ";", "\t")


def sheets(folder: Path) -> tuple[RawSheet, ...]:
    """Every `<form>.csv` of the folder. Raises UnreadableFileError."""
    csv.field_size_limit(limits.MAX_CELL_CHARACTERS * 4)
    return tuple(_sheet(file) for file in sorted(folder.glob("*.csv")))


def _sheet(file: Path) -> RawSheet:
    text = _decode(file)
    lines = text.splitlines()
    delimiter = max(_DELIMITERS, key=lines[0].count) if lines else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    rows = []
    try:
        for cells in reader:
            if not header:
                header = tuple(cells)
                continue
            if any(cell.strip() for cell in cells):
                _require_width(file, reader.line_num, len(cells), len(header))
                rows.append((reader.line_num, tuple(cells)))
            if len(rows) > limits.MAX_ROWS:
                raise UnreadableFileError(
                    f"{file.name} has more than {limits.MAX_ROWS} rows.", "Split it by case."
                )
    except csv.Error as error:
        raise UnreadableFileError(
            f"{file.name}, row {reader.line_num}: the quotes or line ends are broken.",
            "Save the sheet again as CSV UTF-8.",
        ) from error
    return RawSheet.of(file.stem.strip(), header, rows)


def _require_width(file: Path, row: int, width: int, expected: int) -> None:
    if width != expected:
        raise UnreadableFileError(
            f"{file.name}, row {row}: {width} cells where the header has {expected}.",
            "Put text that contains the separator in quotes; leave absent cells empty.",
        )


def _decode(file: Path) -> str:
    data = file.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError(f"{file.name} is UTF-16.", "Save it as CSV UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise UnreadableFileError(
            f"{file.name} is not UTF-8: row {row}, byte {error.start}.", "Save it as CSV UTF-8."
        ) from error
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise UnreadableFileError(
            f"{file.name}, row {row} holds a NUL character.", "Save it again as CSV UTF-8."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
