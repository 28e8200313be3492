"""The whole way: a file with mistakes is checked, comes back, is fixed and answered in, and is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from registry.findings import Finding
from registry.intake.receipt import Receipt
from registry.intake.returned import missing_items, return_workbook, stamp_of
from registry.intake.submit import check, submit
from registry.queries.look import open_queries
from registry.roundtrip.export import export_cases
from registry.workbook import write_workbook
from tests.cases import tidy_case
from tests.roundtrip.material import finding, marked, query


def filled(path: Path, **changes: dict[str, Any]) -> Path:
    """A tidy case as a workbook; `changes` go into the first row of a form."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for form, answers in tidy_case().items():
        for answer in answers:
            cells = dict(answer)
            cells |= cells.pop("missing", {})
            rows.setdefault(form, []).append(cells)
    for form, change in changes.items():
        rows[form][0] |= change
    write_workbook(path, rows)
    return path


def edit(path: Path, sheet: str, column: str, row: int, value: object) -> str:
    """Types a value into a cell and saves; returns the cell's name."""
    book = openpyxl.load_workbook(path)
    at = [c.value for c in book[sheet][1]].index(column) + 1
    cell = book[sheet].cell(row, at)
    cell.value = value
    book.save(path)
    return str(cell.coordinate)


def test_from_mistakes_to_an_accepted_case(empty_database: None, tmp_path: Path) -> None:
    own = filled(tmp_path / "own.xlsx", patient={"weight_kg": 6150, "diagnosis_year": 1996})
    first, second, third = (tmp_path / f"{n}.xlsx" for n in ("first", "second", "third"))

    receipt = check(own, "C01")
    assert receipt.held == receipt.rows
    return_workbook(own, first, receipt)
    marks = marked(openpyxl.load_workbook(first)["patient"])
    assert {f.cell for f in receipt.findings if f.form == "patient" and f.cell} <= marks

    weight = edit(first, "patient", "weight_kg", 2, 61.5)
    receipt = submit(first, "C01", actor="coordinator")
    assert receipt.status == "accepted"
    asked = open_queries("C01")
    assert asked
    return_workbook(first, second, receipt)
    book = openpyxl.load_workbook(second)
    assert weight not in marked(book["patient"])
    assert [row[0].value for row in book["Queries"].iter_rows(min_row=2)] == [
        q.query_id for q in asked
    ]
    assert all(row[5].value for row in book["Queries"].iter_rows(min_row=2)), "each leads to a cell"

    number = edit(second, "Queries", "answer", 2, "source not available")
    receipt = submit(second, "C01", actor="coordinator")
    assert {(a.query_id, a.cell) for a in receipt.answers} == {(asked[0].query_id, number)}
    left = open_queries("C01")
    assert asked[0].query_id not in {q.query_id for q in left}
    return_workbook(second, third, receipt)
    rows = list(openpyxl.load_workbook(third)["Queries"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[9]) for row in rows] == [(q.query_id, None) for q in left]


def test_a_blank_core_item_is_listed_as_missing(empty_database: None, tmp_path: Path) -> None:
    own = filled(tmp_path / "own.xlsx", patient={"sex": None})
    receipt = check(own, "C01")
    items = list(missing_items(receipt))
    assert [(m.case_id, m.form, m.column) for m in items] == [("P001", "patient", "sex")]
    return_workbook(own, tmp_path / "back.xlsx", receipt)
    (row,) = openpyxl.load_workbook(tmp_path / "back.xlsx")["Missing"].iter_rows(
        min_row=4, values_only=True
    )
    assert row[:5] == ("P001", "patient", None, "sex", "C2")
    assert all(row[5:7])


def test_an_export_can_be_sent_back_unchanged(empty_database: None, tmp_path: Path) -> None:
    own = filled(tmp_path / "own.xlsx")
    sent = submit(own, "C01", actor="coordinator")
    assert sent.status == "accepted"
    rows = {
        f: [{k: v for k, v in r.items() if k != "missing"} | r.get("missing", {}) for r in rs]
        for f, rs in tidy_case().items()
    }
    for name in ("again.xlsx", "again.json", "again"):
        export_cases(tmp_path / name, rows, stamp=sent.submission_id)
        receipt = check(tmp_path / name, "C01")
        assert (receipt.status, receipt.unchanged) == ("unchanged", receipt.rows)


@pytest.mark.parametrize(
    ("told", "stamp"),
    [
        ((), 13),
        ((finding("query", "patient", "C2"),), 13),
        ((finding("reject", None, None, rule="case.older"),), None),
        ((finding("reject", None, None, consequences=(finding("reject", None, None, rule="case.older"),)),), None),
    ],
)  # fmt: skip
def test_a_file_refused_for_being_older_keeps_its_stamp(
    told: tuple[Finding, ...], stamp: int | None
) -> None:
    """With the new number it would overwrite, the next time, what it has never seen."""
    receipt = Receipt(
        submission_id=13, status="partly held", center_id="C01", file_name="a.xlsx", file_sha256="",
        form_version="2026.1", consensus_version="2023.1", findings=told, rows=1, accepted=1,
    )  # fmt: skip
    assert stamp_of(receipt) == stamp


def test_a_persons_query_finds_its_row_by_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = filled(tmp_path / "own.xlsx")
    asked = query(5, form="course", record="course_no 2", column="start_day")
    monkeypatch.setattr("registry.intake.returned.open_queries", lambda center: [asked])
    receipt = Receipt(
        status="unchanged", center_id="C01", file_name="a.xlsx", file_sha256="",
        form_version="2026.1", consensus_version="2023.1",
    )  # fmt: skip
    return_workbook(own, tmp_path / "back.xlsx", receipt)
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx")["course"]
    (cell,) = marked(sheet)
    assert sheet.cell(1, sheet[cell].column).value == "start_day"
    assert [c.value for c in sheet[sheet[cell].row]][:3] == ["C01", "P001", 2]
