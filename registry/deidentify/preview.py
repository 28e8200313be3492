"""What would leave the center, as values, for the command line, JSON and the page alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from registry.findings import Finding

TWICE = (
    "A patient treated at two centers has two pseudonyms: the same patient cannot be recognised "
    "across centers and may be counted twice."
)


@dataclass(frozen=True)
class LeavingColumn:
    name: str
    how: str
    filled: int


@dataclass(frozen=True)
class RemovedColumn:
    """A column of the center's sheet that stays there; `letter` is its place in the spreadsheet."""

    header: str
    letter: str
    why: str
    filled: int


@dataclass(frozen=True)
class SheetPreview:
    form: str
    rows: int
    leaving: tuple[LeavingColumn, ...]
    removed: tuple[RemovedColumn, ...]


@dataclass(frozen=True)
class RemovedSheet:
    what: str
    why: str


@dataclass(frozen=True)
class Preview:
    """Nothing in it repeats a cell of the file, except a number of days in `example`.

    `refused` keeps the file from being written; `blanked` are cells that are left out.
    """

    file: str
    key_name: str
    profile: str
    sheets: tuple[SheetPreview, ...]
    removed_sheets: tuple[RemovedSheet, ...]
    patients: int
    donors: int
    example: str
    notes: tuple[str, ...]
    blanked: tuple[Finding, ...]
    refused: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def rows(self) -> int:
        return sum(sheet.rows for sheet in self.sheets)

    def removed(self) -> list[tuple[str, RemovedColumn]]:
        return [(sheet.form, column) for sheet in self.sheets for column in sheet.removed]


def finding(
    rule: str, form: str, message: str, fix: str, *, row: int | None = None,
    column: str | None = None, cell: str | None = None, blanked: bool = False,
) -> Finding:  # fmt: skip
    return Finding(
        rule=f"deidentify.{rule}", severity="inform" if blanked else "reject",
        category="conformance", form=form, row=row, column=column, cell=cell, message=message,
        fix=fix,
    )  # fmt: skip


def alike(findings: Iterable[Finding]) -> Mapping[tuple[str | None, str, str], list[Finding]]:
    """Findings of the same sheet and the same words together: one line for a column gone wrong."""
    found: dict[tuple[str | None, str, str], list[Finding]] = {}
    for one in findings:
        found.setdefault((one.form, one.message, one.fix), []).append(one)
    return found
