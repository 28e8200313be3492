"""A file as read, before anything is believed: cells as text, and what kept a cell from being one.

Columns are kept as their distinct cells and one code a row, so that whatever is asked of a cell
(its type, whether it names a person) is asked once a value and not once a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from registry.findings import Finding

OddKind = Literal[
    "date", "time", "duration", "error", "formula", "cut", "struck", "shown", "beside", "thousands"
]


@dataclass(frozen=True)
class Odd:
    """A cell that is no plain value: "formula" has no stored result, "cut" is a number of more digits
    than Excel keeps, "struck" is struck out, "shown" is a number shown as something else, "beside" one with
    a unit beside it, "thousands" one that may have a point for thousands.

    A time and a duration keep a text, as HH:MM, and a number with a unit the number.
    """

    kind: OddKind
    text: str = ""


Cell = str | Odd
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class RawColumn:
    """One column of a sheet: the header, the distinct cells in order of appearance ("" is blank),
    and for each row the index of its cell among them."""

    header: Cell
    values: tuple[Cell, ...]
    codes: Codes

    @classmethod
    def of(cls, header: Cell, cells: Iterable[Cell]) -> RawColumn:
        index: dict[Cell, int] = {}
        codes = np.fromiter((index.setdefault(c, len(index)) for c in cells), np.int32)
        return cls(header, tuple(index), codes)

    def cells(self) -> list[Cell]:
        """One cell a row."""
        return [self.values[code] for code in self.codes]


@dataclass(frozen=True, eq=False)
class RawSheet:
    """One sheet or CSV file. `rows` are the row numbers that the sender sees (the header is row 1);
    rows without any content are left out. Column i stands in spreadsheet column i, from 0; columns
    beyond the last header have the header ""."""

    name: str
    rows: npt.NDArray[np.int32]
    columns: tuple[RawColumn, ...]

    @classmethod
    def of(
        cls, name: str, header: Sequence[Cell], rows: Sequence[tuple[int, Sequence[Cell]]]
    ) -> RawSheet:
        """From rows of differing width; blank rows and blank columns at the end are dropped."""
        kept = [(n, cells) for n, cells in rows if any(c != "" for c in cells)]
        width = max([len(header), *(len(cells) for _, cells in kept)])
        names = [*header, *[""] * (width - len(header))]
        columns = [
            RawColumn.of(names[i], (cells[i] if i < len(cells) else "" for _, cells in kept))
            for i in range(width)
        ]
        while columns and columns[-1].header == "" and columns[-1].values in ((), ("",)):
            columns.pop()
        return cls(name, np.fromiter((n for n, _ in kept), np.int32), tuple(columns))


@dataclass(frozen=True, eq=False)
class RawFile:
    """What was read of a workbook, a folder of CSVs, a CSV or a JSON file.

    `sheets` are the case record forms (and what is none of them, by its name); `answers` is the
    sheet in which queries are answered. `form_version` and `based_on` are the stamp of the file, None
    where it has none: the forms it was made for, and the last submission it knows of. `notices` are
    what the sender should know although the file can be read.
    """

    name: str
    sha256: str
    sheets: tuple[RawSheet, ...]
    answers: RawSheet | None = None
    form_version: str | None = None
    based_on: int | None = None
    notices: tuple[Finding, ...] = ()


class UnreadableFileError(Exception):
    """The file as a whole cannot be taken; `message` and `fix` are for the coordinator."""

    def __init__(self, message: str, fix: str, rule: str = "file.unreadable") -> None:
        super().__init__(message, fix, rule)
        self.message = message
        self.fix = fix
        self.rule = rule
