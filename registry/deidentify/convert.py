"""Turns the center's rows into rows of a submission, and says what that does before it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.deidentify.age_cells import age_of, withhold_implied
from registry.deidentify.day_cells import day_of
from registry.deidentify.days import DateOrder
from registry.deidentify.fault import FaultError, NoDiagnosisError
from registry.deidentify.id_cells import id_of
from registry.deidentify.keyfile import KeyFileError, SiteKey
from registry.deidentify.layout import AGES, CLOCK_OF_DAY, ID_COLUMNS, Placed, Use, is_day
from registry.deidentify.ledger import Ledger
from registry.deidentify.local_ids import text_of
from registry.deidentify.preview import Preview
from registry.deidentify.screening import Text, screen
from registry.deidentify.sheets import Anchor, FormSheet, RowOf, anchors, match, without_diagnosis
from registry.deidentify.source import Source
from registry.deidentify.summary import Outcome, preview_of
from registry.deidentify.values import Value, is_free_text, listed_word, missing_word, read_value
from registry.findings import Finding
from registry.forms import FORMS, Column
from registry.forms.base import CENTER_ID_PATTERN
from registry.forms.upload import UPLOAD_COLUMNS

Row = dict[str, Value]


@dataclass(frozen=True)
class Prepared:
    """What is ready to leave: nothing of it is written yet. `key` has the table of new ids."""

    preview: Preview
    rows: Mapping[str, Sequence[Row]] = field(repr=False)
    key: SiteKey = field(repr=False)
    ledger: Ledger = field(repr=False)


@dataclass
class _Run:
    center_id: str | None
    order: DateOrder
    ledger: Ledger
    anchors: Mapping[str, Anchor] = field(default_factory=dict)
    refused: list[Finding] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    uncounted: dict[str, RowOf] = field(default_factory=dict)
    example: str = ""
    times_dropped: dict[str, int] = field(default_factory=dict)


def prepare(
    source: Source, key: SiteKey, *, center_id: str | None = None,
    order: DateOrder = DateOrder.ISO, blank_identifiers: bool = False,
) -> Prepared:  # fmt: skip
    """De-identify in memory. `center_id` fills a file without that column.

    Never raises for what stands in the file: that is in `preview.refused`. Raises KeyFileError for a
    key that was reported as compromised.
    """
    if key.compromised:
        raise KeyFileError("This key was reported as compromised.", "Use the key that replaced it.")
    run = _Run(center_id, order, Ledger(key.pseudonyms()))
    sheets, removed = match(source, run.refused.append)
    run.anchors = anchors(sheets, order, run.refused.append)
    rows = {sheet.form: [_row(run, sheet, row) for row in sheet.rows] for sheet in sheets}
    run.refused += dict.fromkeys(without_diagnosis(sheets, run.uncounted))
    local_ids = {part for what in run.ledger.known for part in what[1:]}
    blanked = screen(
        run.texts, local_ids, blank=blank_identifiers, refuse=run.refused.append
    )  # fmt: skip
    withheld = withhold_implied(rows)
    outcome = Outcome(
        source, key, sheets, removed, rows, run.ledger, tuple(run.refused), blanked, run.example,
        run.times_dropped, withheld,
    )  # fmt: skip
    return Prepared(preview_of(outcome), rows, key.grown(run.ledger.pseudonyms), run.ledger)


def _row(run: _Run, sheet: FormSheet, row: RowOf) -> Row:
    leaving: Row = {}
    for column in FORMS[sheet.form].columns().values():
        try:
            _fill(run, sheet, row, column, leaving)
        except NoDiagnosisError:
            if row.case:
                run.uncounted.setdefault(row.case, row)
        except FaultError as fault:
            placed = sheet.used(column.name, *Use) or Placed(0, column.name, Use.KEPT, column.name)
            run.refused.append(row.refusal(placed, fault))
    for extra in UPLOAD_COLUMNS.values():
        stated = sheet.used(extra.name, Use.KEPT)
        if stated is None or row.at(stated) == "":
            continue
        try:
            leaving[extra.name] = listed_word(str(row.at(stated)), extra.codes)
        except FaultError as fault:
            run.refused.append(row.refusal(stated, fault))
    return leaving


def _fill(run: _Run, sheet: FormSheet, row: RowOf, column: Column, leaving: Row) -> None:
    """Put the value of one column into the row that leaves. Raises FaultError."""
    name = column.name
    anchor = run.anchors.get(row.case, Anchor())
    placed = sheet.used(name, Use.KEPT, Use.ID, Use.AGE)
    cell = row.at(placed) if placed else ""
    if name == "center_id":
        leaving[name] = _center(run, text_of(cell) if cell != "" else "")
    elif name in ID_COLUMNS:
        leaving[name] = id_of(run.ledger, row, name, cell)
    elif is_day(sheet.form, name):
        _fill_day(run, sheet, row, column, anchor, leaving)
    elif (sheet.form, name) in AGES:
        leaving[name] = age_of(cell, column, anchor)
    elif name == "diagnosis_year":
        leaving[name] = _year(read_value(cell, column), anchor)
    elif placed is not None and cell != "":
        _keep(run, row, placed, column, leaving)


def _center(run: _Run, written: str) -> str:
    """One center a file: the one named by the user or else the first that is written."""
    center = written or run.center_id or ""
    if not re.fullmatch(CENTER_ID_PATTERN, center):
        raise FaultError(
            "center", "is not filled with the code of your center.",
            "Fill it in every row, or name your center once (--center, on the page the field Center).",
        )  # fmt: skip
    run.center_id = run.center_id or center
    if center != run.center_id:
        raise FaultError("center", "is another center than the rest.", "Send one file a center.")
    return center


def _fill_day(
    run: _Run, sheet: FormSheet, row: RowOf, column: Column, anchor: Anchor, leaving: Row
) -> None:
    found = day_of(sheet, row, column, anchor, run.order) if row.case else None
    if found is None:
        return
    placed, day = found
    leaving[column.name] = day.value
    if day.was_date and day.value != 0 and not run.example:
        run.example = f"{sheet.form}, row {row.number}: {placed.header} becomes day {day.value}"
    if day.clock is None:
        return
    clock = CLOCK_OF_DAY.get((sheet.form, column.name))
    if clock is None:
        where = f"{sheet.form}.{placed.header}"
        run.times_dropped[where] = run.times_dropped.get(where, 0) + 1
    else:
        leaving[clock] = day.clock


def _year(written: Value, anchor: Anchor) -> Value:
    if anchor.diagnosis is None:
        return written
    if isinstance(written, int) and written != anchor.diagnosis.year:
        raise FaultError(
            "year",
            "is not the year of diagnosis_date.",
            "Correct one of the two, or leave it empty.",
        )
    return anchor.diagnosis.year


def _keep(run: _Run, row: RowOf, placed: Placed, column: Column, leaving: Row) -> None:
    """A value as it is. Free text, and text where none belongs, is screened when all is read."""
    cell = row.at(placed)
    try:
        value = read_value(cell, column)
    except FaultError as fault:
        if not isinstance(cell, str):
            raise
        run.texts.append(Text(row, placed, column, cell, leaving, fault))
        return
    if (clock := leaving.get(column.name)) is not None and value != clock:
        raise FaultError(
            "time", "is not the time of the date beside it.", "Keep the one that holds."
        )
    leaving[column.name] = value
    if is_free_text(column) and isinstance(value, str) and missing_word(value, column) is None:
        run.texts.append(Text(row, placed, column, value, leaving))
