"""A file as read, before anything is believed: cells as text, and what kept a cell from being one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OddKind = Literal["date", "time", "duration", "error"]


@dataclass(frozen=True)
class Odd:
    """A cell that a spreadsheet turned into something else. Only a time keeps its text."""

    kind: OddKind
    text: str = ""


Cell = str | Odd


@dataclass(frozen=True)
class RawSheet:
    """One sheet or CSV file: its header and its non-empty rows with their row numbers."""

    name: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class RawFile:
    name: str
    sha256: str
    sheets: tuple[RawSheet, ...]


class UnreadableFileError(Exception):
    """The file as a whole cannot be taken; `message` and `fix` are for the coordinator."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message, fix)
        self.message = message
        self.fix = fix
