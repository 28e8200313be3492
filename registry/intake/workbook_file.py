"""An .xlsx file as text. Runs in the child process only."""

from __future__ import annotations

import datetime
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# lxml would read entities that the guarded standard parser refuses
os.environ["OPENPYXL_LXML"] = "False"

import openpyxl

from registry.intake import limits
from registry.intake.raw import Cell, Odd, RawSheet, UnreadableFileError

IGNORED_SHEETS = frozenset({"about", "codes"})
_OLE = b"\xd0\xcf\x11\xe0"
_FORBIDDEN_PARTS = {
    "vbaproject": "macros",
    "externallinks/": "links to other workbooks",
    "embeddings/": "embedded objects",
    "media/": "pictures",
}


def sheets(path: Path) -> tuple[RawSheet, ...]:
    """Every visible sheet but the explanations. Raises UnreadableFileError."""
    _inspect(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
        raise _damaged() from error
    found = [s for s in book.worksheets if s.title.strip().casefold() not in IGNORED_SHEETS]
    hidden = [s.title for s in found if s.sheet_state != "visible"]
    if hidden:
        raise UnreadableFileError(
            f"The workbook has {len(hidden)} hidden sheet(s).",
            "Unhide and remove every sheet that is not part of the template.",
        )
    return tuple(_sheet(sheet) for sheet in found)


def _inspect(path: Path) -> None:
    """Look at the container before anything is unpacked for real."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_OLE):
        raise UnreadableFileError(
            "The file is password-protected or in the old Excel format.",
            "Remove the password and save it as Excel workbook (.xlsx).",
        )
    if not zipfile.is_zipfile(path) or path.suffix.lower() != ".xlsx":
        raise UnreadableFileError(
            "The file is not an Excel workbook (.xlsx).",
            "Upload a workbook made from the template, or a folder of CSV files.",
        )
    with zipfile.ZipFile(path) as container:
        parts = container.infolist()
        _inspect_names([part.filename for part in parts])
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableFileError("The file is encrypted.", "Save it without a password.")
        unpacked = 0
        for part in parts:
            unpacked = _count(container, part, unpacked)


def _inspect_names(names: list[str]) -> None:
    if len(names) > limits.MAX_PARTS or len(set(names)) != len(names):
        raise _damaged()
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _damaged()
    if "xl/workbook.xml" not in names:
        raise _damaged()
    for name in names:
        for part, words in _FORBIDDEN_PARTS.items():
            if part in name.lower():
                raise UnreadableFileError(
                    f"The workbook carries {words}.", "Remove them and save it as .xlsx."
                )


def _count(container: zipfile.ZipFile, part: zipfile.ZipInfo, unpacked: int) -> int:
    """Unpack in small pieces and count, for the sizes in a zip's directory may lie."""
    try:
        with container.open(part) as stream:
            while piece := stream.read(1024**2):
                unpacked += len(piece)
                if unpacked > limits.MAX_UNPACKED_BYTES:
                    raise UnreadableFileError(
                        "The workbook is too large once unpacked.",
                        "Delete unused rows and formatting, or split it by case.",
                    )
                if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                    raise _damaged()
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise _damaged() from error
    return unpacked


def _damaged() -> UnreadableFileError:
    return UnreadableFileError(
        "The workbook is damaged or not a plain Excel workbook.",
        "Open it in Excel, save it again as .xlsx, and upload that.",
    )


def _sheet(sheet: Any) -> RawSheet:
    sheet.reset_dimensions()
    rows = _rows(sheet)
    _, header = next(rows, (1, ()))
    kept = []
    for number, cells in rows:
        if any(cell != "" for cell in cells):
            kept.append((number, cells))
        if len(kept) > limits.MAX_ROWS:
            raise UnreadableFileError(
                f"Sheet {sheet.title} has more than {limits.MAX_ROWS} rows.",
                "Split the file by case.",
            )
    return RawSheet.of(sheet.title.strip(), header, kept)


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = tuple(_text(cell) for cell in cells)
        while texts and texts[-1] == "":
            texts = texts[:-1]
        if len(texts) > limits.MAX_COLUMNS:
            raise UnreadableFileError(
                f"Sheet {sheet.title} has more than {limits.MAX_COLUMNS} columns.",
                "Use the columns of the template only.",
            )
        yield number, texts


def _text(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return Odd("error")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return _clock_or_text(value)


def _clock_or_text(value: Any) -> Cell:
    if isinstance(value, datetime.datetime | datetime.date):
        return Odd("date")
    if isinstance(value, datetime.time):
        return Odd("time", f"{value.hour:02d}:{value.minute:02d}")
    if isinstance(value, datetime.timedelta):
        return Odd("duration")
    # a spreadsheet writes control characters as _x000D_; they must not hide in an id
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), str(value))
