"""A folder with one CSV a form."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from registry.forms.upload import BASED_ON_WORDS, FORM_VERSION_WORDS
from registry.workbook.cells import Rows, Stamp, as_text, column_names, is_number, require_known
from registry.workbook.safe import safe_text

ABOUT_FILE = "about.csv"


def write_csv_folder(path: Path, rows: Rows, *, stamp: Stamp | None = None) -> None:
    """One CSV (UTF-8, comma) for each form named in `rows`, and about.csv with the file's stamp.

    Raises ValueError for a form or column that does not exist.
    """
    require_known(rows)
    stamp = stamp or Stamp()
    path.mkdir(parents=True, exist_ok=True)
    _write(
        path / ABOUT_FILE,
        ("what", "value"),
        [(FORM_VERSION_WORDS, stamp.form_version), (BASED_ON_WORDS, stamp.based_on_words)],
    )
    for form, entries in rows.items():
        columns = column_names(form)
        _write(path / f"{form}.csv", columns, ([r.get(c) for c in columns] for r in entries))


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(_UnixLines(stream), lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)


class _UnixLines:
    """Takes each row and ends it as Unix does. The csv module puts a carriage return inside a text in
    quotes only if rows end in one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: str) -> int:
        return self._stream.write(row.removesuffix("\r\n") + "\n")


def _cell(value: object) -> str:
    return as_text(value) if is_number(value) else safe_text(as_text(value))
