"""From cells to rows: headers matched, identifiers refused, cells typed, keys made unique."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from registry.findings import Finding, cell_name
from registry.forms import FORM_VERSION, FORMS, Column, Item
from registry.forms.arrow import ARROW_TYPES
from registry.forms.base import CASE_ID_PATTERN, CENTER_UNIT, READABLE_VERSIONS
from registry.forms.upload import UPLOAD_COLUMNS, is_example
from registry.intake.cells import Notice, Refusal
from registry.intake.columns import TypedColumn, type_column
from registry.intake.gate import Gate
from registry.intake.header import Header, match_header
from registry.intake.raw import RawFile, RawSheet
from registry.intake.rows import Key, Mask, Rows


@dataclass(frozen=True, eq=False)
class StagedForm:
    """The rows of a form that can be told apart, what the file says of each besides its answers, and
    which cells were refused, as (row of the file, column)."""

    rows: Rows
    reasons: tuple[str | None, ...]
    deletes: Mask


@dataclass
class Staged:
    """What a file holds. `refused` means that the file as a whole cannot be taken."""

    forms: dict[str, StagedForm] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    rows_per_case: Counter[str | None] = field(default_factory=Counter)
    refused: bool = False
    examples: int = 0
    seen: set[str] = field(default_factory=set)

    @property
    def row_count(self) -> int:
        return self.rows_per_case.total()

    @property
    def cases(self) -> set[str]:
        return {case for case in self.rows_per_case if case is not None and case != CENTER_UNIT}


def stage(raw: RawFile, center_id: str) -> Staged:
    """Type every row of every sheet; all faults of the file are found in one pass."""
    staged = Staged(findings=list(raw.notices))
    staged.refused = any(f.severity == "reject" for f in raw.notices)
    if raw.form_version not in (None, *READABLE_VERSIONS):
        _refuse(staged, "file.version", "The file was made for other forms than this registry's.",
                f"Copy its rows into the template of version {FORM_VERSION}.")  # fmt: skip
    gate = Gate()
    for sheet in raw.sheets:
        _stage_sheet(sheet, center_id, staged, gate)
    if staged.examples:
        staged.findings.append(_example_notice(staged.examples))
    staged.findings += _near_ids(filter(None, staged.rows_per_case))
    if not staged.row_count and not staged.refused and raw.answers is None:
        _refuse(staged, "file.no_rows", "The file holds no rows: 0 cases found.",
                "Fill at least one case; the example row of the template does not count.")  # fmt: skip
    return staged


def _refuse(staged: Staged, rule: str, message: str, fix: str) -> None:
    staged.refused = True
    staged.findings.append(
        Finding(rule=rule, severity="reject", category="conformance", message=message, fix=fix)
    )


def _stage_sheet(sheet: RawSheet, center_id: str, staged: Staged, gate: Gate) -> None:
    form = sheet.name.strip().casefold()
    if form not in FORMS:
        if sheet.columns:
            staged.rows_per_case[None] += len(sheet.rows)
            near = difflib.get_close_matches(form, FORMS, n=1, cutoff=0.6)
            _refuse(staged, "file.unknown_sheet",
                    "A sheet is not one of the forms.",
                    (f"Did you mean {near[0]}? " if near else "")
                    + f"Rename it to one of: {', '.join(FORMS)}; or remove it.")  # fmt: skip
        return
    if form in staged.seen:
        staged.rows_per_case[None] += len(sheet.rows)
        _refuse(staged, "file.double_sheet", f"The form {form} comes twice.",
                "Put the rows of both into one sheet.")  # fmt: skip
        return
    staged.seen.add(form)
    header = match_header(sheet, form)
    typed = _type(sheet, form, header)
    found = [*header.findings, *_identifiers(gate, sheet, form, header, typed)]
    staged.findings += found
    if not header.answers and len(sheet.rows) and not found:
        _refuse(staged, "file.no_columns", f"{form} has rows and none of the form's columns.",
                "Row 1 holds the column names; copy them from the template.")  # fmt: skip
    if found or not header.answers:
        staged.refused |= bool(found)
        staged.rows_per_case[None] += len(sheet.rows)
        return
    _Sheet(sheet, form, header, typed, center_id).into(staged)


def _type(sheet: RawSheet, form: str, header: Header) -> dict[str, TypedColumn]:
    columns = FORMS[form].columns()
    return {
        name: type_column(sheet.columns[i], columns[name]) for name, i in header.answers.items()
    }


def _identifiers(
    gate: Gate, sheet: RawSheet, form: str, header: Header, typed: Mapping[str, TypedColumn]
) -> Iterator[Finding]:
    columns: dict[int, Column | None] = {
        i: None for i in range(len(sheet.columns)) if i not in header.upload.values()
    }
    columns |= {i: FORMS[form].columns()[name] for name, i in header.answers.items()}
    refused = {i: typed[name].refused for name, i in header.answers.items()}
    yield from gate.identifiers(sheet, form, columns, refused)


class _Sheet:
    """One sheet of a form on its way to rows."""

    def __init__(
        self, sheet: RawSheet, form: str, header: Header, typed: Mapping[str, TypedColumn],
        center_id: str,
    ) -> None:  # fmt: skip
        self.sheet, self.form, self.header = sheet, form, header
        self.refused: list[tuple[int, str | None, Refusal]] = [
            (int(row), name, refusal)
            for name, column in typed.items() for refusal, rows in column.refused for row in rows
        ]  # fmt: skip
        self.noticed: list[tuple[int, str, Refusal | Notice]] = [
            (int(row), name, notice)
            for name, column in typed.items() for notice, rows in column.noticed for row in rows
        ]  # fmt: skip
        self.upload = {name: self._upload(name) for name in UPLOAD_COLUMNS}
        self.rows = self._rows(typed)
        self.examples = self._examples()
        self._check_center(center_id)
        self._check_keys()
        self._check_blank_headers()

    def into(self, staged: Staged) -> None:
        real = ~self.examples
        staged.examples += int(self.examples.sum())
        cases = self.rows.case_ids
        staged.rows_per_case.update(case for case, keep in zip(cases, real, strict=True) if keep)
        staged.findings += [
            self._finding(row, name, told)
            for row, name, told in [*self.refused, *self.noticed] if real[row]
        ]  # fmt: skip
        keys = FORMS[self.form].key()
        for row in {row for row, name, _ in self.refused if name in keys}:
            real[row] = False
        kept, twice = self._unique(real)
        staged.findings += twice
        staged.forms[self.form] = StagedForm(
            self.rows.where(kept),
            tuple(r for r, keep in zip(self.upload["change_reason"], kept, strict=True) if keep),
            np.array([a is not None for a in self.upload["row_action"]], np.bool_)[kept],
        )

    def _rows(self, typed: Mapping[str, TypedColumn]) -> Rows:
        size = len(self.sheet.rows)
        answers = {
            c.name: typed[c.name].values if c.name in typed else pa.nulls(size, ARROW_TYPES[c.type])
            for c in FORMS[self.form].columns().values()
        }
        if "case_id" in typed:
            answers["case_id"] = self._case_ids(answers["case_id"])
        missing = {n: c.missing for n, c in typed.items() if c.missing is not None}
        return Rows(
            self.form, pa.table(answers), missing, self.sheet.rows, {**self.header.answers, **self.header.upload}
        )  # fmt: skip

    def _case_ids(self, given: pa.Array) -> pa.Array:
        """Pseudonyms as the form wants them; what cannot be one is refused and not kept."""
        refusal = Refusal("cell.case_id", "case_id is not written as a pseudonym.",
                          "Write up to 40 letters, digits, - or _, beginning with a letter or digit.")  # fmt: skip
        kept: list[str | None] = given.to_pylist()
        fitting = {case for case in set(kept) if case and re.fullmatch(CASE_ID_PATTERN, case)}
        for row, case in enumerate(kept):
            if case is not None and case not in fitting:
                self.refused.append((row, "case_id", refusal))
                kept[row] = None
        return pa.array(kept, pa.string())

    def _upload(self, name: str) -> list[str | None]:
        """The words of a column that is no answer of the form, one a row."""
        if name not in self.header.upload:
            return [None] * len(self.sheet.rows)
        column = UPLOAD_COLUMNS[name]
        item = Item(column.label, column.words, codes=column.codes)
        typed = type_column(
            self.sheet.columns[self.header.upload[name]], Column(name, "text", item)
        )
        words: list[str | None] = typed.values.to_pylist()
        allowed = {code.value for code in column.codes}
        wrong = {int(row) for _, rows in typed.refused for row in rows}
        wrong |= set(np.flatnonzero(typed.missing).tolist()) if typed.missing is not None else set()
        for row, word in enumerate(words):
            if row in wrong or (word is not None and word not in allowed):
                refusal = Refusal(
                    f"cell.{name}", f"{name} is not one of its words.",
                    f"Leave it blank or write one of: {', '.join(column.codes)}.",
                )  # fmt: skip
                self.refused.append((row, name, refusal))
                words[row] = None
        return words

    def _check_center(self, center_id: str) -> None:
        refusal = Refusal("case.other_center", "The row belongs to another center.",
                          "Submit it as that center, or correct center_id.")  # fmt: skip
        stated = self.rows.answers.column("center_id")
        other = pc.fill_null(pc.not_equal(stated, center_id), False).to_numpy() & ~self.examples
        self.refused += [(int(row), "center_id", refusal) for row in np.flatnonzero(other)]
        place = self.rows.answers.column_names.index("center_id")
        own = pa.repeat(pa.scalar(center_id, pa.string()), len(stated))
        self.rows = replace(
            self.rows, answers=self.rows.answers.set_column(place, "center_id", own)
        )

    def _examples(self) -> Mask:
        named = self.rows.answers.column("center_id" if self.form == "center" else "case_id")
        examples = [
            name for name in named.unique().to_pylist() if is_example(self.form, name, name)
        ]
        found: Mask = pc.is_in(named, pa.array(examples, named.type)).to_numpy(zero_copy_only=False)
        return found

    def _check_keys(self) -> None:
        told = {(row, name) for row, name, _ in self.refused}
        for name in FORMS[self.form].key():
            refusal = Refusal("row.key", f"{name} is empty; without it the row cannot be told from "
                              "others.", f"Fill in {name}.")  # fmt: skip
            for row in np.flatnonzero(self.rows.answers.column(name).is_null().to_numpy()):
                if (int(row), name) not in told:
                    self.refused.append((int(row), name, refusal))

    def _check_blank_headers(self) -> None:
        for index, column in enumerate(self.sheet.columns):
            if column.header != "":
                continue
            for row in np.flatnonzero([column.values[c] != "" for c in column.codes]):
                place = cell_name(index, int(self.sheet.rows[row]))
                self.refused.append(
                    (int(row), None, Refusal("cell.beyond", f"Cell {place} of {self.form} lies "
                     "outside the columns of the form.", "Clear it or move its content."))
                )  # fmt: skip

    def _finding(self, row: int, name: str | None, told: Refusal | Notice) -> Finding:
        case = self.rows.case_ids[row]
        return Finding(
            rule=told.rule, severity="reject" if isinstance(told, Refusal) else "inform",
            category="conformance", message=told.message, fix=told.fix, form=self.form,
            row=int(self.sheet.rows[row]), column=name, cell=self.rows.cell(row, name) if name else None, case_id=case,
        )  # fmt: skip

    def _unique(self, candidates: Mask) -> tuple[Mask, list[Finding]]:
        """The first row of each key, and what to say of the others."""
        kept = candidates.copy()
        first: dict[Key, int] = {}
        told: list[Finding] = []
        places = np.flatnonzero(candidates)
        if len({self.rows.keys[row] for row in places}) == len(places):
            return kept, told
        for row in places:
            earlier = first.setdefault(self.rows.keys[row], int(row))
            if earlier != row:
                kept[row] = False
                told.append(self._twice(int(row), earlier))
        return kept, told

    @cached_property
    def contents(self) -> list[tuple[object, ...]]:
        """What each row says, to compare rows of the same key."""
        answers = (column.to_pylist() for column in self.rows.answers.columns)
        codes = (codes.tolist() for codes in self.rows.missing.values())
        return list(zip(*answers, *codes, *self.upload.values(), strict=True))

    def _twice(self, row: int, earlier: int) -> Finding:
        same = self.contents[row] == self.contents[earlier]
        column = FORMS[self.form].key()[-1]
        return Finding(
            rule="row.twice", severity="inform" if same else "reject", category="conformance",
            message=f"The row repeats row {self.sheet.rows[earlier]}"
            + (" and is read once." if same else " with other answers."),
            fix="Nothing to do." if same else "Keep one of the two rows.",
            form=self.form, row=int(self.sheet.rows[row]), case_id=self.rows.case_ids[row],
            column=column, cell=self.rows.cell(row, column),
        )  # fmt: skip


def _near_ids(cases: Iterable[str]) -> Iterator[Finding]:
    """A word on case ids of one file that differ in capitals alone."""
    alike: dict[str, list[str]] = {}
    for case in cases:
        alike.setdefault(case.casefold(), []).append(case)
    for first, *others in alike.values():
        for other in others:
            yield Finding(
                rule="file.near_ids", severity="inform", category="plausibility", case_id=other,
                message=f"The cases {first} and {other} differ only in capitals and are kept as two.",
                fix="If they are one patient, write the case_id alike in every row.",
            )  # fmt: skip


def _example_notice(count: int) -> Finding:
    return Finding(
        rule="file.example", severity="inform", category="conformance",
        message=f"{count} example row of the template was passed over."
        if count == 1 else f"{count} example rows of the template were passed over.",
        fix="Nothing to do; they may be deleted.",
    )  # fmt: skip
