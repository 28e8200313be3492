"""Counts what a run did, for the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.deidentify.ages import TOP_AGE
from registry.deidentify.keyfile import SiteKey
from registry.deidentify.layout import CLOCK_OF_DAY, Placed, Use
from registry.deidentify.ledger import Ledger
from registry.deidentify.preview import (
    TWICE,
    LeavingColumn,
    Preview,
    RemovedColumn,
    RemovedSheet,
    SheetPreview,
)
from registry.deidentify.sheets import FormSheet
from registry.deidentify.source import Source
from registry.deidentify.values import Value
from registry.findings import Finding, cell_name
from registry.forms import FORMS
from registry.forms.upload import UPLOAD_COLUMNS

Row = dict[str, Value]

_DERIVED = {
    "center_id": "the center you named",
    "age_at_diagnosis_years": "computed from birth_date; 90 and over is 90",
    "diagnosis_year": "the year of diagnosis_date",
    **dict.fromkeys(CLOCK_OF_DAY.values(), "the time of day of the date"),
}
_NOT_NAMED = "not part of the form"


@dataclass(frozen=True)
class Outcome:
    """Everything a run has found."""

    source: Source
    key: SiteKey
    sheets: Sequence[FormSheet]
    removed_sheets: tuple[RemovedSheet, ...]
    rows: Mapping[str, Sequence[Row]]
    ledger: Ledger
    refused: tuple[Finding, ...]
    blanked: tuple[Finding, ...]
    example: str
    times_dropped: Mapping[str, int]
    ages_withheld: int


def preview_of(outcome: Outcome) -> Preview:
    return Preview(
        file=outcome.source.name, key_name=outcome.key.name, profile=outcome.key.profile,
        sheets=tuple(_sheet(s, outcome.rows[s.form]) for s in outcome.sheets if s.rows),
        removed_sheets=outcome.removed_sheets, patients=outcome.ledger.count("case"),
        donors=outcome.ledger.count("donor"), example=outcome.example,
        notes=tuple(_notes(outcome)), blanked=outcome.blanked, refused=outcome.refused,
    )  # fmt: skip


def _sheet(sheet: FormSheet, rows: Sequence[Row]) -> SheetPreview:
    leaving = []
    for name in [*FORMS[sheet.form].columns(), *UPLOAD_COLUMNS]:
        filled = sum(row.get(name) is not None for row in rows)
        placed = sheet.used(name, *Use)
        if placed is not None and (filled or placed.header):
            leaving.append(LeavingColumn(name, placed.use.value, filled))
        elif filled:
            leaving.append(LeavingColumn(name, _DERIVED[name], filled))
    removed = [_removed(sheet, p) for p in sheet.columns if not p.target and _matters(sheet, p)]
    return SheetPreview(sheet.form, len(rows), tuple(leaving), tuple(removed))


def _filled(sheet: FormSheet, placed: Placed) -> int:
    return sum(row.at(placed) != "" for row in sheet.rows)


def _matters(sheet: FormSheet, placed: Placed) -> bool:
    return bool(placed.header) or _filled(sheet, placed) > 0


def _removed(sheet: FormSheet, placed: Placed) -> RemovedColumn:
    why = placed.use.value
    if placed.use is Use.REMOVED:
        why = f"identifying: {placed.kind}" if placed.kind else _NOT_NAMED
    letter = cell_name(placed.index, 1)[:-1]
    return RemovedColumn(placed.header or "(no name)", letter, why, _filled(sheet, placed))


def _notes(outcome: Outcome) -> list[str]:
    notes = outcome.ledger.notes()
    ages = [row.get("age_at_diagnosis_years") for row in outcome.rows.get("patient", ())]
    if oldest := sum(age == TOP_AGE for age in ages):
        notes.append(f"{oldest:,} patients were 90 or older at diagnosis: they leave as 90.")
    if outcome.ages_withheld:
        notes.append(
            f"{outcome.ages_withheld:,} ages leave as withheld: with the days of the record they "
            "would tell an age over 89."
        )
    for where, count in outcome.times_dropped.items():
        notes.append(
            f"{count:,} times of day in {where} stay here: the form asks for the day only."
        )
    return [*notes, TWICE]
