"""Rows of a file over stored rows, held against the same done cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.intake.merge import Stored, merge
from registry.intake.rows import CLEARED, CODES, Rows
from registry.intake.stage import StagedForm

FORM = "patient"
COLUMNS = ("sex", "height_cm", "weight_kg")
BLANK, CLEAR = "(blank)", "(clear)"
Cell = Any

cells = st.sampled_from([BLANK, CLEAR, "unknown", "not done", "a", "b"])
stored_cells = st.sampled_from([BLANK, "unknown", "not done", "a", "b"])
cases = st.sampled_from(["P1", "P2", "P3", "P4"])


def table(kind: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, dict[str, Cell]]]:
    return st.dictionaries(cases, st.fixed_dictionaries(dict.fromkeys(COLUMNS, kind)), max_size=4)


def value(column: str, cell: str) -> Any:
    if cell not in ("a", "b"):
        return None
    return {"sex": cell}.get(column, {"a": 1.5, "b": 2.5}[cell])


def as_rows(table: dict[str, dict[str, Cell]]) -> Rows:
    entries = [
        {"center_id": "C01", "case_id": case, **{c: value(c, v) for c, v in row.items()},
         "missing": {c: v for c, v in row.items() if v in ("unknown", "not done")}}
        for case, row in table.items()
    ]  # fmt: skip
    rows = Rows.of(FORM, entries)
    missing = dict(rows.missing)
    for column in COLUMNS:
        cleared = np.array([row[column] == CLEAR for row in table.values()], np.bool_)
        if cleared.any():
            missing[column] = np.where(cleared, CLEARED, rows.codes(column)).astype(np.int8)
    return Rows(rows.form, rows.answers, missing, rows.numbers)


def as_table(rows: Rows) -> dict[str, dict[str, Cell]]:
    words = {None: BLANK, "a": "a", "b": "b", 1.5: "a", 2.5: "b"}
    return {
        case: {
            c: CODES[rows.codes(c)[i] - 1].value if rows.codes(c)[i]
            else words[rows.answers.column(c)[i].as_py()]
            for c in COLUMNS
        }
        for i, case in enumerate(rows.case_ids)
    }  # fmt: skip


def by_hand(new: dict[str, Cell], old: dict[str, Cell] | None) -> dict[str, Cell]:
    old = old or dict.fromkeys(COLUMNS, BLANK)
    said = {c: {BLANK: old[c], CLEAR: BLANK}.get(new[c], new[c]) for c in COLUMNS}
    return said


@settings(max_examples=300, deadline=None)
@given(file=table(cells), stored=table(stored_cells), deleted=st.sets(cases), reason=st.booleans())
def test_a_file_is_laid_over_what_is_stored(
    file: dict[str, dict[str, Cell]], stored: dict[str, dict[str, Cell]], deleted: set[str],
    reason: bool,
) -> None:  # fmt: skip
    deletes = np.array([case in deleted for case in file], np.bool_)
    staged = StagedForm(as_rows(file), (None,) * len(file), deletes)
    before = as_rows(stored)
    merged = merge(
        staged, Stored(before, np.ones(len(stored), np.int64)), reason="other" if reason else None
    )

    expected = {c: row for c, row in stored.items() if c not in file}
    expected |= {c: by_hand(row, stored.get(c)) for c, row in file.items() if c not in deleted}
    assert as_table(merged.current()) == expected

    changed = {
        c for c, row in file.items()
        if (c in stored and (c in deleted or by_hand(row, stored[c]) != stored[c]))
        or (c not in stored and c not in deleted)
    }  # fmt: skip
    rows = zip(merged.rows.case_ids, merged.is_changed, strict=True)
    assert {case for case, is_changed in rows if is_changed} == changed

    told = {(c.case_id, c.column): (c.old, c.new) for c in merged.changes if c.column}
    cells_changed = {
        (case, column) for case in file.keys() & stored.keys() - deleted for column in COLUMNS
        if by_hand(file[case], stored[case])[column] != stored[case][column]
    }  # fmt: skip
    assert set(told) == cells_changed
    asked = {f.case_id for f in merged.findings if f.rule == "change.reason"}
    overwritten = {case for case, column in cells_changed if stored[case][column] != BLANK}
    assert asked == (set() if reason else overwritten | (deleted & file.keys() & stored.keys()))


def test_a_row_to_delete_that_is_not_there_is_told_and_not_stored() -> None:
    staged = StagedForm(as_rows({"P1": dict.fromkeys(COLUMNS, "a")}), (None,), np.array([True]))
    merged = merge(staged, Stored(Rows.empty(FORM), np.empty(0, np.int64)), reason=None)
    assert [f.rule for f in merged.findings] == ["change.nothing_to_delete"]
    assert not merged.is_changed.any()
    assert len(merged.current()) == 0
