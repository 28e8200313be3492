"""Reads a center's own workbook or CSV folder with its dates and ids, in a child that may die.

The registry's reader turns every date into a mark without content, on purpose; this one keeps them,
because it runs at the center and only here may a date still be a date. Hidden sheets, comments and
document properties are not read at all.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
import resource
import unicodedata
import zipfile
from collections.abc import Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pebble import ProcessExpired, concurrent

from registry.intake import limits
from registry.intake.raw import UnreadableFileError
from registry.workbook import plain_text


@dataclass(frozen=True)
class Faulty:
    """A cell that holds no value: an error such as a division by zero, a formula never calculated,
    or a length of time where a spreadsheet made one out of something else."""

    kind: Literal["error", "formula", "duration"]


Cell = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | Faulty


@dataclass(frozen=True)
class SourceSheet:
    """A sheet as the center wrote it; "" is a blank cell, row numbers are those on the screen."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Source:
    """The visible sheets, and how many sheets were hidden and therefore not read."""

    name: str
    sheets: tuple[SourceSheet, ...]
    hidden_sheets: int = 0


def read_source(path: Path) -> Source:
    """The center's file. Raises UnreadableFileError with words for the coordinator."""
    _require_size(path)
    try:
        found: Source = _read_in_child(path).result()
    except UnreadableFileError:
        raise
    except (ProcessExpired, FutureTimeoutError, MemoryError, Exception) as error:
        raise UnreadableFileError(
            "This file could not be read safely.",
            "Open it, copy the rows into a fresh workbook, and try that.",
        ) from error
    return found


def _require_size(path: Path) -> None:
    if path.is_dir():
        files = sorted(path.glob("*.csv"))
        if not files:
            raise UnreadableFileError("The folder holds no CSV file.", "Name the right folder.")
    elif path.is_file():
        files = [path]
    else:
        raise UnreadableFileError("There is no such file.", "Check the name and the folder.")
    if sum(file.stat().st_size for file in files) > limits.MAX_FILE_BYTES:
        raise UnreadableFileError(
            f"The file is larger than {limits.MAX_FILE_BYTES // 1024**2} MB.",
            "Split it by patient into several files.",
        )


@concurrent.process(timeout=limits.CHILD_WALL_SECONDS)
def _read_in_child(path: Path) -> Source:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_CPU_SECONDS,) * 2)
    _limit_memory()
    if path.is_dir():
        files = sorted(path.glob("*.csv"))
        return Source(path.name, tuple(_csv_sheet(file) for file in files))
    return _workbook(path)


def _limit_memory() -> None:
    """Allow the child so much more than the process it was forked from already uses."""
    used = Path("/proc/self/statm")
    pages = int(used.read_text().split()[0]) if used.exists() else 0
    limit = pages * resource.getpagesize() + limits.CHILD_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _workbook(path: Path) -> Source:
    # lxml would read entities that the guarded standard parser refuses
    os.environ["OPENPYXL_LXML"] = "False"
    import openpyxl

    if path.suffix.lower() not in (".xlsx", ".xlsm") or not zipfile.is_zipfile(path):
        raise UnreadableFileError(
            "The file is not an Excel workbook (.xlsx), or it has a password.",
            "Save it as Excel workbook (.xlsx) without a password, or as a folder of CSV files.",
        )
    calculated = _has_formulas(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(path, read_only=True) if calculated else None
    except (KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableFileError(
            "The workbook is damaged.", "Open it in Excel, save it again as .xlsx, and try that."
        ) from error
    visible = [s for s in book.worksheets if s.sheet_state == "visible"]
    sheets = tuple(_sheet(s, formulas[s.title] if formulas else None) for s in visible)
    return Source(path.name, sheets, len(book.worksheets) - len(visible))


def _has_formulas(path: Path) -> bool:
    """Whether any sheet holds a formula; counts while it unpacks, for a directory may lie."""
    unpacked, found = 0, False
    with zipfile.ZipFile(path) as container:
        for part in container.infolist():
            with container.open(part) as stream:
                while piece := stream.read(1024**2):
                    unpacked += len(piece)
                    found |= "worksheets/" in part.filename and (b"<f>" in piece or b"<f " in piece)
                    if unpacked > limits.MAX_UNPACKED_BYTES or b"<!ENTITY" in piece:
                        raise UnreadableFileError(
                            "The workbook is too large once unpacked.",
                            "Copy the rows into a fresh workbook, and try that.",
                        )
    return found


def _sheet(sheet: Any, formulas: Any | None) -> SourceSheet:
    sheet.reset_dimensions()
    rows = (tuple(_cell(c) for c in cells) for cells in sheet.iter_rows())
    if formulas is not None:
        formulas.reset_dimensions()
        written = formulas.iter_rows(values_only=True)
        rows = (_uncalculated(a, b) for a, b in zip(rows, written, strict=True))
    return _as_sheet(sheet.title.strip(), enumerate(rows, start=1))


def _uncalculated(cells: tuple[Cell, ...], written: tuple[Any, ...]) -> tuple[Cell, ...]:
    """A formula whose result was never stored reads as a blank, which it is not."""
    return tuple(
        Faulty("formula") if cell == "" and isinstance(w, str) and w.startswith("=") else cell
        for cell, w in zip(cells, written, strict=False)
    )


def _as_sheet(name: str, rows: Iterator[tuple[int, tuple[Cell, ...]]]) -> SourceSheet:
    _, header = next(rows, (1, ()))
    if len(header) > limits.MAX_COLUMNS:
        raise UnreadableFileError(
            f"Sheet {name} has more than {limits.MAX_COLUMNS} columns.", "Delete unused columns."
        )
    kept = []
    for number, cells in rows:
        if any(cell != "" for cell in cells):
            kept.append((number, cells))
        if len(kept) > limits.MAX_ROWS:
            raise UnreadableFileError(
                f"Sheet {name} has more than {limits.MAX_ROWS} rows.", "Split it by patient."
            )
    return SourceSheet(name, tuple(_header(cell) for cell in header), tuple(kept))


def _header(cell: Cell) -> str:
    return " ".join(str(cell).split()) if isinstance(cell, str | int | float) else "(no name)"


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return Faulty("error")
    if isinstance(value, datetime.timedelta):
        return Faulty("duration")
    if isinstance(value, bool | int | float | datetime.date | datetime.time):
        return value
    # a spreadsheet writes control characters as _x000D_; they must not hide in an id
    return tidy(re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), str(value)))


def tidy(text: str) -> str:
    """Composed characters, plain spaces, none at the ends."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip()


def _csv_sheet(file: Path) -> SourceSheet:
    csv.field_size_limit(limits.MAX_CELL_CHARACTERS * 4)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{file.name} is not UTF-8.", "Save it as CSV UTF-8.") from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [
            (reader.line_num, tuple(tidy(plain_text(cell)) for cell in cells)) for cells in reader
        ]
    except csv.Error as error:
        raise UnreadableFileError(
            f"{file.name}, line {reader.line_num}: the quotes or line ends are broken.",
            "Save the sheet again as CSV UTF-8.",
        ) from error
    width = len(rows[0][1]) if rows else 0
    for number, cells in rows:
        if any(cells[width:]):
            raise UnreadableFileError(
                f"{file.name}, line {number} has more cells than the header.",
                "Put text that contains the separator in quotes.",
            )
    return _as_sheet(file.stem.strip(), iter(rows))
