"""The center's sheets matched to the forms, and the dates that everything is counted from."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry.deidentify.days import DateOrder, read_moment
from registry.deidentify.fault import FaultError, NoDiagnosisError
from registry.deidentify.layout import Placed, Use, named_twice, place
from registry.deidentify.local_ids import normalise, text_of
from registry.deidentify.preview import RemovedSheet, finding
from registry.deidentify.source import Cell, Source, SourceSheet
from registry.findings import Finding, cell_name
from registry.forms import FORMS
from registry.forms.base import CaseForm
from registry.forms.upload import is_example
from registry.workbook import is_own

_TWO_DATES = FaultError(
    "two_diagnoses", "differs from an earlier row of the same patient.",
    "Give each patient one row and one diagnosis date.",
)  # fmt: skip
Refuse = Callable[[Finding], None]


@dataclass(frozen=True)
class RowOf:
    """One row of a form's sheet. `case` is the normalised local id, "" where there is none."""

    form: str
    number: int
    cells: tuple[Cell, ...]
    case: str

    def at(self, placed: Placed) -> Cell:
        return self.cells[placed.index] if placed.index < len(self.cells) else ""

    def refusal(self, placed: Placed, fault: FaultError) -> Finding:
        """The fault with its place."""
        return finding(
            fault.rule, self.form, f"{placed.header} {fault.message}", fault.fix, row=self.number,
            column=placed.header, cell=cell_name(placed.index, self.number),
        )  # fmt: skip


@dataclass(frozen=True)
class FormSheet:
    form: str
    columns: tuple[Placed, ...]
    rows: tuple[RowOf, ...]

    def used(self, target: str, *uses: Use) -> Placed | None:
        """The column of the sheet that fills `target`."""
        return next((p for p in self.columns if p.target == target and p.use in uses), None)

    def first(self, use: Use) -> Placed | None:
        return next((p for p in self.columns if p.use is use), None)


@dataclass(frozen=True)
class Anchor:
    """What the patient sheet says about a case; neither date leaves."""

    diagnosis: datetime.date | None = None
    birth: datetime.date | None = None


def match(source: Source, refuse: Refuse) -> tuple[tuple[FormSheet, ...], tuple[RemovedSheet, ...]]:
    """The sheets that are forms, in the order of the forms, and those that are not sent."""
    named: dict[str, SourceSheet] = {}
    removed = []
    for sheet in source.sheets:
        form = "_".join(sheet.name.strip().casefold().split())
        if is_own(sheet.name):
            continue  # explanations and lists that the registry itself put there
        if form not in FORMS:
            removed.append(
                RemovedSheet(f"sheet {sheet.name}", "no form of the registry has this name")
            )
        elif form in named:
            refuse(finding("sheet_twice", form, "The sheet stands twice.", "Keep one of them."))
        else:
            named[form] = sheet
    if source.hidden_sheets:
        hidden = (
            "1 hidden sheet"
            if source.hidden_sheets == 1
            else f"{source.hidden_sheets} hidden sheets"
        )
        removed.append(RemovedSheet(hidden, "what is hidden is not read"))
    return tuple(_form_sheet(f, named[f], refuse) for f in FORMS if f in named), tuple(removed)


def _form_sheet(form: str, sheet: SourceSheet, refuse: Refuse) -> FormSheet:
    width = max((len(cells) for _, cells in sheet.rows), default=0)
    header = [*sheet.header, *[""] * (width - len(sheet.header))]
    placed = place(form, header)
    for column in named_twice(placed):
        refuse(
            finding(
                "column_twice", form, f"The column {column} stands twice.",
                "Keep the one that holds, and delete the other.", row=1, column=column,
            )
        )  # fmt: skip
    ids = next((p for p in placed if p.target == "case_id"), None)
    if ids is None and issubclass(FORMS[form], CaseForm) and sheet.rows:
        refuse(
            finding(
                "no_case_id", form, "The sheet has no column case_id.",
                "Name the column with the hospital's patient number case_id.", row=1,
            )
        )  # fmt: skip
    return FormSheet(form, placed, tuple(_rows(form, sheet, placed, refuse)))


def _at(row: RowOf, placed: Placed | None) -> Cell:
    return row.at(placed) if placed else ""


def _rows(
    form: str, sheet: SourceSheet, placed: Sequence[Placed], refuse: Refuse
) -> Iterator[RowOf]:
    """The rows without the example of the template."""
    center, ids = (
        next((p for p in placed if p.target == name), None) for name in ("center_id", "case_id")
    )
    for number, cells in sheet.rows:
        row = RowOf(form, number, cells, "")
        if is_example(form, _at(row, center), _at(row, ids)):
            continue
        if ids is not None:
            try:
                row = RowOf(form, number, cells, normalise(text_of(row.at(ids))))
            except FaultError as fault:
                refuse(row.refusal(ids, fault))
        yield row


def anchors(sheets: Sequence[FormSheet], order: DateOrder, refuse: Refuse) -> dict[str, Anchor]:
    """Diagnosis and birth date of each case of the patient sheet."""
    found: dict[str, Anchor] = {}
    patient = next((s for s in sheets if s.form == "patient"), None)
    for row in patient.rows if patient else ():
        assert patient is not None
        anchor = Anchor(
            *(_date(patient, row, use, order, refuse) for use in (Use.DIAGNOSIS, Use.BIRTH))
        )
        before = found.setdefault(row.case, anchor)
        placed = patient.first(Use.DIAGNOSIS)
        if row.case and before.diagnosis != anchor.diagnosis and placed is not None:
            refuse(row.refusal(placed, _TWO_DATES))
    return found


def without_diagnosis(sheets: Sequence[FormSheet], rows: Mapping[str, RowOf]) -> Iterator[Finding]:
    """One finding a case, at its cause. `rows` has a row of each case that needed the date."""
    patient = next((s for s in sheets if s.form == "patient"), None)
    known = {row.case: row for row in patient.rows} if patient else {}
    for case, row in rows.items():
        placed = patient.first(Use.DIAGNOSIS) if patient else None
        if case in known and placed is not None:
            yield known[case].refusal(placed, NoDiagnosisError())
        elif case in known:
            yield finding(
                "no_diagnosis_date", "patient", "The sheet has no column diagnosis_date.",
                "Add it, with the day of diagnosis of each patient.", row=1,
            )  # fmt: skip
        else:
            yield finding(
                "no_patient", row.form, "The patient of the row is not on the sheet patient.",
                "Add the patient there with the diagnosis date, or correct case_id.", row=row.number,
            )  # fmt: skip


def _date(
    sheet: FormSheet, row: RowOf, use: Use, order: DateOrder, refuse: Refuse
) -> datetime.date | None:
    placed = sheet.first(use)
    if placed is None or row.at(placed) == "":
        return None
    try:
        return read_moment(row.at(placed), order).day
    except FaultError as fault:
        refuse(row.refusal(placed, fault))
        return None
