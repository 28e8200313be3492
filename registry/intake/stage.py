"""From cells to rows: headers matched, cells typed, keys made unique, stored rows laid beneath."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from registry.findings import Finding, cell_name
from registry.forms import FORMS, Column, MissingCode
from registry.intake.cells import Refusal, type_cell
from registry.intake.raw import Cell, RawFile, RawSheet

Key = tuple[Any, ...]
CENTER_UNIT = "-"  # the center's own row is decided on like a case, under this name


@dataclass(frozen=True)
class Row:
    """One typed row. `number` is its row in the file, None if it was stored before."""

    form: str
    number: int | None
    values: Mapping[str, Any]
    missing: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> Key:
        return tuple(self.values.get(name) for name in FORMS[self.form].key())

    @property
    def case_id(self) -> str | None:
        return CENTER_UNIT if self.form == "center" else self.values.get("case_id")

    def sha256(self) -> str:
        """A digest of the content: the same answers give the same digest."""
        content = {"values": dict(self.values), "missing": dict(self.missing)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def without(self, column: str) -> Row:
        """This row with one answer made unknown."""
        return replace(self, values={**self.values, column: None})

    def over(self, stored: Row) -> Row:
        """This row laid over a stored one: an empty cell leaves the stored answer as it was."""
        values, missing = dict(stored.values), dict(stored.missing)
        for name, value in self.values.items():
            if value is not None:
                values[name] = value
                missing.pop(name, None)
        for name, code in self.missing.items():
            values[name] = None
            missing[name] = code
        return Row(self.form, self.number, values, missing, self.places)


@dataclass
class Staged:
    """What a file holds. `refused` means that the file as a whole cannot be taken."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    row_count: int = 0
    rows_per_case: dict[str | None, int] = field(default_factory=dict)
    refused: bool = False


def stage(raw: RawFile, center_id: str) -> Staged:
    """Type every row of every sheet; all faults of the file are found in one pass."""
    staged = Staged()
    for sheet in raw.sheets:
        _stage_sheet(sheet, center_id, staged)
    if not staged.row_count and not staged.refused:
        _refuse(staged, "file.no_rows", "The file holds no rows.", "Fill at least one case.")
    return staged


def _refuse(staged: Staged, rule: str, message: str, fix: str, form: str | None = None) -> None:
    staged.refused = True
    staged.findings.append(
        Finding(
            rule=rule,
            severity="reject",
            category="conformance",
            message=message,
            fix=fix,
            form=form,
        )
    )


def _stage_sheet(sheet: RawSheet, center_id: str, staged: Staged) -> None:
    form = sheet.name.casefold()
    if form not in FORMS:
        if sheet.rows or sheet.header:
            staged.row_count += len(sheet.rows)
            _refuse(staged, "file.unknown_sheet", "A sheet is not one of the forms.",
                    f"Rename it to one of: {', '.join(FORMS)}; or remove it.")  # fmt: skip
        return
    columns = _match_header(sheet, form, staged)
    staged.row_count += len(sheet.rows)
    if columns is None:
        return
    seen: dict[Key, Row] = {}
    for number, cells in sheet.rows:
        row = _type_row(form, number, cells, columns, center_id, staged)
        if row is not None:
            _keep_unique(row, seen, staged)
    staged.rows += seen.values()


def _match_header(sheet: RawSheet, form: str, staged: Staged) -> list[Column] | None:
    """The column of each header cell, or None if the header cannot be matched."""
    known = FORMS[form].columns()
    names = [c.strip().casefold() if isinstance(c, str) else "" for c in sheet.header]
    unknown = [i for i, name in enumerate(names) if name not in known]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    lost = [n for n in FORMS[form].key() if n not in names and n != "center_id"]
    for index in unknown:
        _refuse(staged, "file.unknown_column",
                f"The header in {cell_name(index, 1)} of {form} is not a column of the form.",
                "Use the headers of the template; remove columns that are not in it.", form)  # fmt: skip
    for name in doubled:
        _refuse(staged, "file.double_column", f"{form} has the column {name} twice.",
                "Keep one of them.", form)  # fmt: skip
    for name in lost if sheet.rows or names else ():
        _refuse(staged, "file.no_key", f"{form} has no column {name}.",
                f"Add the column {name} from the template.", form)  # fmt: skip
    return None if unknown or doubled or lost else [known[name] for name in names]


def _type_row(
    form: str, number: int, cells: tuple[Cell, ...], columns: list[Column], center_id: str,
    staged: Staged,
) -> Row | None:  # fmt: skip
    values: dict[str, Any] = dict.fromkeys(FORMS[form].columns())
    missing: dict[str, str] = {}
    places = {c.name: cell_name(i, number) for i, c in enumerate(columns)}
    refusals: list[tuple[Column, Refusal]] = []
    for column, cell in zip(columns, (*cells, *[""] * len(columns)), strict=False):
        typed = type_cell(cell, column)
        if isinstance(typed, Refusal):
            refusals.append((column, typed))
        elif isinstance(typed, MissingCode):
            missing[column.name] = typed.value
        else:
            values[column.name] = typed
    _add_extra_cells(form, number, cells, columns, refusals)
    _check_center(values, center_id, columns, refusals)
    _check_key(form, values, refusals)
    row = Row(form, number, values, missing, places)
    staged.rows_per_case[row.case_id] = staged.rows_per_case.get(row.case_id, 0) + 1
    staged.findings += [
        Finding(rule=r.rule, severity="reject", category="conformance", message=r.message,
                fix=r.fix, form=form, row=number, column=c.name, cell=places.get(c.name),
                case_id=row.case_id)
        for c, r in refusals
    ]  # fmt: skip
    return None if any(c.item.key for c, _ in refusals) else row


def _add_extra_cells(
    form: str, number: int, cells: tuple[Cell, ...], columns: list[Column],
    refusals: list[tuple[Column, Refusal]],
) -> None:  # fmt: skip
    if any(cell != "" for cell in cells[len(columns) :]):
        refusals.append(
            (columns[-1], Refusal("cell.beyond", f"Cell {cell_name(len(columns), number)} of {form} "
             "lies outside the columns of the form.", "Clear it or move its content."))
        )  # fmt: skip


def _check_center(
    values: dict[str, Any], center_id: str, columns: list[Column],
    refusals: list[tuple[Column, Refusal]],
) -> None:  # fmt: skip
    if values["center_id"] not in (None, center_id):
        column = next(c for c in columns if c.name == "center_id")
        refusals.append(
            (column, Refusal("case.other_center", "The row belongs to another center.",
             "Submit it as that center, or correct center_id."))
        )  # fmt: skip
    values["center_id"] = center_id


def _check_key(form: str, values: dict[str, Any], refusals: list[tuple[Column, Refusal]]) -> None:
    told = {column.name for column, _ in refusals}
    for name in FORMS[form].key():
        if values[name] is None and name not in told:
            refusals.append(
                (FORMS[form].columns()[name], Refusal("row.key", f"{name} is empty; without it the "
                 "row cannot be told from others.", f"Fill in {name}."))
            )  # fmt: skip


def _keep_unique(row: Row, seen: dict[Key, Row], staged: Staged) -> None:
    first = seen.get(row.key)
    if first is None:
        seen[row.key] = row
        return
    same = row.sha256() == first.sha256()
    staged.findings.append(
        Finding(
            rule="row.twice", severity="inform" if same else "reject", category="conformance",
            message=f"The row repeats row {first.number}"
            + (" and is read once." if same else " with other answers."),
            fix="Nothing to do." if same else "Keep one of the two rows.",
            form=row.form, row=row.number, case_id=row.case_id,
            column=FORMS[row.form].key()[-1], cell=row.places.get(FORMS[row.form].key()[-1]),
        )
    )  # fmt: skip


def from_stored(form: str, stored: Iterable[Mapping[str, Any]]) -> dict[Key, Row]:
    """Rows read from the database, by key."""
    names = list(FORMS[form].columns())
    rows = (Row(form, None, {n: r[n] for n in names}, r["missing"]) for r in stored)
    return {row.key: row for row in rows}
