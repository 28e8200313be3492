"""Lays the rows of a file over the stored ones: what is new, what changes, what may not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from registry.findings import Finding
from registry.forms import FORMS
from registry.forms.upload import ChangeReason
from registry.intake.rows import CLEARED, CODES, Key, Mask, Numbers, Rows
from registry.intake.stage import StagedForm

ChangeKind = Literal["changed", "filled", "cleared", "row deleted", "older"]


@dataclass(frozen=True)
class Change:
    """One stored answer that the file would change. "older": it was changed meanwhile by somebody
    else, and the file does not know; nothing of the case is taken."""

    kind: ChangeKind
    form: str
    case_id: str
    record: str
    column: str | None
    old: Any
    new: Any
    row: int | None = None
    cell: str | None = None


@dataclass(frozen=True, eq=False)
class Stored:
    """The current rows of a form, and the submission that brought each."""

    rows: Rows
    since: Numbers


@dataclass(frozen=True, eq=False)
class Merged:
    """The rows of a form as they would be. `rows` are the file's laid over the stored ones, `rest` the
    stored ones that the file does not mention; `is_new`, `is_changed`, `deletes` and `reasons` (of changes)
    go with `rows`."""

    rows: Rows
    rest: Rows
    is_new: Mask
    is_changed: Mask
    deletes: Mask
    reasons: tuple[str | None, ...]
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()

    def current(self) -> Rows:
        """Every row that would stand."""
        return self.rows.where(~self.deletes).then(self.rest)


def merge(
    staged: StagedForm, stored: Stored, *, reason: str | None,
    signed: frozenset[str] = frozenset(),
) -> Merged:  # fmt: skip
    """Lay a form's rows over the stored ones.

    A blank cell leaves a stored answer as it is. `reason` holds for rows that give none. A change of a
    case that was `signed` needs a reason even where it only fills a blank or adds a row.
    """
    behind = _behind(staged.rows, stored.rows)
    known = behind >= 0
    reasons = _reasons(staged, known, reason, signed)
    if not known.any():
        merged = Merged(_without_cleared(staged.rows), stored.rows, ~known, ~known & ~staged.deletes,
                        staged.deletes, reasons)  # fmt: skip
        told = (*_nothing_to_delete(staged, ~known), *_added_to_signed(merged, signed))
        return replace(merged, findings=told)
    rows, changed = _lay_over(staged.rows, stored.rows, behind, known)
    mentioned = np.zeros(len(stored.rows), np.bool_)
    mentioned[behind[known]] = True
    is_changed = np.any([*changed.values(), ~known, staged.deletes & known], axis=0)
    merged = Merged(rows, stored.rows.where(~mentioned), ~known, is_changed & ~(staged.deletes & ~known),
                    staged.deletes, reasons)  # fmt: skip
    changes = tuple(_changes(merged, stored.rows, behind, changed))
    told = (
        *_nothing_to_delete(staged, ~known), *_complaints(merged, changes, signed),
        *_added_to_signed(merged, signed),
    )  # fmt: skip
    return replace(merged, changes=changes, findings=told)


def _reasons(
    staged: StagedForm, known: Mask, reason: str | None, signed: frozenset[str]
) -> tuple[str | None, ...]:
    """Why each row changes what is there; a new row of a case that nobody signed changes nothing."""
    return tuple(
        (given or reason) if is_known or case in signed else None
        for given, is_known, case in zip(staged.reasons, known.tolist(), staged.rows.case_ids, strict=True)
    )  # fmt: skip


def _without_cleared(rows: Rows) -> Rows:
    """New rows have nothing to clear."""
    kept = {n: np.where(c == CLEARED, 0, c).astype(np.int8) for n, c in rows.missing.items()}
    return replace(rows, missing=kept)


def _behind(rows: Rows, stored: Rows) -> Numbers:
    """For each row the stored row of the same key, -1 where there is none."""
    if not len(stored):
        return np.full(len(rows), -1, np.int32)
    index: dict[Key, int] = {key: i for i, key in enumerate(stored.keys)}
    return np.fromiter((index.get(key, -1) for key in rows.keys), np.int32, len(rows))


def _lay_over(
    rows: Rows, stored: Rows, behind: Numbers, known: Mask
) -> tuple[Rows, dict[str, Mask]]:
    """The merged rows, and for each column where the answer differs from the stored one."""
    take = pa.array(behind, mask=~known)
    answers, missing, changed = {}, {}, {}
    for name in FORMS[rows.form].columns():
        new, codes = rows.answers.column(name), rows.codes(name)
        old = stored.answers.column(name).take(take)
        old_codes = np.where(known, stored.codes(name)[np.maximum(behind, 0)], 0).astype(np.int8)
        blank = pc.is_null(new).to_numpy() & (codes == 0)
        answers[name] = pc.if_else(pa.array(blank), old, new)
        codes = np.where(blank, old_codes, np.where(codes == CLEARED, 0, codes)).astype(np.int8)
        if codes.any():
            missing[name] = codes
        differs = ~_same(answers[name], old) | (codes != old_codes)
        if (differs & known).any():
            changed[name] = differs & known
    return replace(rows, answers=pa.table(answers), missing=missing), changed


def _same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    """Where two columns hold the same, nulls included."""
    equal = pc.fill_null(pc.equal(one, other), False).to_numpy()
    both = pc.and_(pc.is_null(one), pc.is_null(other)).to_numpy()
    same: Mask = equal | both
    return same


def _changes(
    merged: Merged, stored: Rows, behind: Numbers, changed: Mapping[str, Mask]
) -> Iterator[Change]:
    rows = merged.rows
    for row in np.flatnonzero(merged.deletes & (behind >= 0)).tolist():
        yield Change("row deleted", rows.form, rows.case_ids[row], rows.record(row), None, None, None,
                     int(rows.numbers[row]), rows.cell(row, "row_action"))  # fmt: skip
    for name, mask in changed.items():
        for row in np.flatnonzero(mask & ~merged.deletes).tolist():
            old = _said(stored, int(behind[row]), name)
            new = _said(rows, int(row), name)
            kind: ChangeKind = "filled" if old is None else "cleared" if new is None else "changed"
            yield Change(kind, rows.form, rows.case_ids[row], rows.record(row), name, old, new,
                         int(rows.numbers[row]), rows.cell(row, name))  # fmt: skip


def _said(rows: Rows, row: int, column: str) -> Any:
    """The answer, or the word that says why there is none."""
    code = int(rows.codes(column)[row])
    return CODES[code - 1].value if 0 < code < CLEARED else rows.answers.column(column)[row].as_py()


def _complaints(
    merged: Merged, changes: tuple[Change, ...], signed: frozenset[str]
) -> Iterator[Finding]:
    """Changes of accepted answers that come without a reason."""
    reason = dict(zip(merged.rows.numbers.tolist(), merged.reasons, strict=True))
    need = [c for c in changes if not reason[c.row] and (c.kind != "filled" or c.case_id in signed)]
    for row in sorted({c.row for c in need if c.row is not None}):
        first = next(c for c in need if c.row == row)
        columns = ", ".join(c.column or "the whole row" for c in changes if c.row == row)
        yield _no_reason(
            first.form, f"Accepted answers would change ({columns}) and no reason is given.",
            row=row, column=first.column, cell=first.cell, case_id=first.case_id, record=first.record,
        )  # fmt: skip


def _added_to_signed(merged: Merged, signed: frozenset[str]) -> Iterator[Finding]:
    rows = merged.rows
    for row in np.flatnonzero(merged.is_new & ~merged.deletes).tolist():
        if rows.case_ids[row] in signed and not merged.reasons[row]:
            yield _no_reason(
                rows.form, "A row would be added to a case that was signed, and no reason is given.",
                row=int(rows.numbers[row]), case_id=rows.case_ids[row], record=rows.record(row),
            )  # fmt: skip


def _no_reason(form: str, message: str, **place: Any) -> Finding:
    return Finding(
        rule="change.reason", severity="reject", category="conformance", form=form, message=message,
        fix="Write in the column change_reason of this row, or choose for the whole file, one of: "
        f"{', '.join(ChangeReason)}.",
        why="The history of a case tells why each answer changed.", **place,
    )  # fmt: skip


def _nothing_to_delete(staged: StagedForm, unknown: Mask) -> Iterator[Finding]:
    for row in np.flatnonzero(staged.deletes & unknown).tolist():
        yield Finding(
            rule="change.nothing_to_delete", severity="inform", category="conformance",
            message="The row is to be deleted, and the registry has no such row.",
            fix="Nothing to do; if you meant another row, correct its key.",
            form=staged.rows.form, row=int(staged.rows.numbers[row]), case_id=staged.rows.case_ids[row],
            cell=staged.rows.cell(int(row), "row_action"), record=staged.rows.record(int(row)),
        )  # fmt: skip
