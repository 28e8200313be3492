"""Mistakes as centers make them, planted in the rows of one center and listed for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from registry.synthetic.chart import Row, Rows
from registry.synthetic.fault_kinds import RENUMBERED, SPECS, Case, Spec

FAULTY_CASES = 6
HEADER_ROWS = 1


@dataclass(frozen=True)
class Fault:
    """One planted mistake. `row` is the row of the sheet as a spreadsheet numbers it."""

    kind: str
    form: str
    row: int
    column: str
    case_id: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def plant(rows: Rows) -> list[Fault]:
    """Changes `rows` in place: about forty mistakes in at most six cases, one a row."""
    cases = _cases(rows)
    used: set[tuple[str, int]] = set()
    faults: list[Fault] = []
    for turn, spec in enumerate(SPECS):
        found = next(_places(spec, cases, turn, used), None)
        if found is not None:
            faults.append(_change(spec, rows, *found, used))
    return faults + _duplicates(rows, cases) + _gap(rows, cases, used)


def _cases(rows: Rows) -> list[Case]:
    """The busiest case of each outcome, then the busiest of the others."""
    cases = [Case(str(row["case_id"]), rows) for row in rows["patient"]]
    busy = sorted(cases, key=lambda c: -len(c.of("infusion")))
    firsts = {(c.followup["status"], c.followup["relapsed"]): c for c in reversed(busy)}
    chosen = [c for c in busy if c in firsts.values() and c.of("infusion")]
    return (chosen + [c for c in busy if c not in chosen])[:FAULTY_CASES]


def _places(
    spec: Spec, cases: list[Case], turn: int, used: set[tuple[str, int]]
) -> Iterator[tuple[Case, int, Row]]:
    """Rows the mistake fits, starting with another case each turn."""
    for offset in range(len(cases)):
        case = cases[(turn + offset) % len(cases)]
        for index, row in case.of(spec.form):
            if (spec.form, index) not in used and spec.fits(case, row):
                yield case, index, row


def _change(
    spec: Spec, rows: Rows, case: Case, index: int, row: Row, used: set[tuple[str, int]]
) -> Fault:
    used.add((spec.form, index))
    row[spec.column] = spec.value(case, row)
    return Fault(spec.kind, spec.form, index + 1 + HEADER_ROWS, spec.column, case.case_id)


def _duplicates(rows: Rows, cases: list[Case]) -> list[Fault]:
    """Two rows once more at the end of their sheets: one as it is, one with another value."""
    faults = []
    for kind, form, column, new in (
        ("duplicate key, same row", "transfusion", "transfusion_day", None),
        ("duplicate key, other value", "blood_count", "sample_day", ("anc_e9_per_l", 9.9)),
    ):
        held = [(c, row) for c in cases[:2] for _, row in c.of(form)][-1:]
        for case, row in held:
            rows[form].append({**row, **({new[0]: new[1]} if new else {})})
            place = len(rows[form]) + HEADER_ROWS
            faults.append(Fault(kind, form, place, column, case.case_id))
    return faults


def _gap(rows: Rows, cases: list[Case], used: set[tuple[str, int]]) -> list[Fault]:
    """The last course of a case gets the number after the next, everywhere in the case."""
    for case in reversed(cases):
        index, last = case.of("course")[-1]
        number = last["course_no"]
        if not isinstance(number, int) or number < 2 or ("course", index) in used:
            continue
        for form, column in RENUMBERED:
            for _, row in case.of(form):
                if row.get(column) == number:
                    row[column] = number + 1
        place = index + 1 + HEADER_ROWS
        return [Fault("gap in course numbers", "course", place, "course_no", case.case_id)]
    return []
