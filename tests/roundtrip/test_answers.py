"""Answers typed into the sheet Queries, read one by one."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from registry.findings import Finding
from registry.intake.raw import Cell, Odd, RawSheet
from registry.intake.reader import read
from registry.queries.model import Answer, AnswerCode
from registry.roundtrip.annotate import annotate
from registry.roundtrip.answers import answers
from registry.roundtrip.model import QUERY_COLUMNS
from registry.workbook import write_csv_folder, write_workbook
from tests.roundtrip.material import query


def sheet(*rows: tuple[Cell, Cell, Cell]) -> RawSheet:
    """The sheet with query, answer and comment of each row, from row 2 on."""
    filled: list[tuple[int, list[Cell]]] = []
    for number, (asked, answer, comment) in enumerate(rows, start=2):
        cells: list[Cell] = [""] * len(QUERY_COLUMNS)
        cells[0], cells[-2], cells[-1] = asked, answer, comment
        filled.append((number, cells))
    return RawSheet.of("Queries", QUERY_COLUMNS, filled)


def told(*rows: tuple[Cell, Cell, Cell]) -> list[tuple[str, str | None]]:
    """Rule and cell of each complaint; no answer may be taken from such rows."""
    given, findings = answers(sheet(*rows))
    assert given == ()
    return [(f.rule, f.cell) for f in findings]


def test_two_hundred_queries_answered_in_a_file_give_two_hundred_answers(tmp_path: Path) -> None:
    own, back = tmp_path / "own.xlsx", tmp_path / "back.xlsx"
    write_workbook(own, {"patient": [{"case_id": f"P{n:03d}"} for n in range(200)]})
    asked = [query(1000 + n, case_id=f"P{n:03d}") for n in range(200)]
    rows = {("patient", f"P{n:03d}", ""): n + 2 for n in range(200)}
    annotate(own, back, findings=(), queries=asked, rows=rows, stamp=3)
    book = openpyxl.load_workbook(back)
    codes = list(AnswerCode)
    for n in range(200):
        book["Queries"].cell(n + 2, 10).value = codes[n % 4].value
        book["Queries"].cell(n + 2, 11).value = f"seen {n}"
    book.save(back)
    raw = read(back)
    assert raw.answers is not None
    given, findings = answers(raw.answers)
    assert findings == ()
    assert list(given) == [
        Answer(1000 + n, codes[n % 4].value, f"seen {n}", f"J{n + 2}") for n in range(200)
    ]


def test_a_csv_of_answers_is_read_like_the_sheet(tmp_path: Path) -> None:
    write_csv_folder(tmp_path, {"patient": [{"case_id": "P1", "sex": "female"}]})
    (tmp_path / "Queries.csv").write_text(
        "query,answer,comment\n7,not in scope,\n", encoding="utf-8"
    )
    raw = read(tmp_path)
    assert raw.answers is not None
    assert answers(raw.answers) == ((Answer(7, "not in scope", "", "B2"),), ())


def test_rows_without_an_answer_are_still_open() -> None:
    assert answers(sheet(("1", "", ""), ("x", " ", ""))) == ((), ())


def test_words_are_taken_without_case_and_extra_blanks() -> None:
    (given,), findings = answers(sheet(("12.0", " Confirmed  As Is ", " see chart ")))
    assert given == Answer(12, "confirmed as is", "see chart", "J2")
    assert findings == ()


@pytest.mark.parametrize("asked", ["", "twelve", "-1", "0", "1.5", "1e3", "12 13", "١٢", "9" * 40, Odd("error"), Odd("date")])  # fmt: skip
def test_a_query_that_is_no_number_of_the_registry(asked: Cell) -> None:
    assert told((asked, "corrected", "")) == [("answer.query", "A2")]


@pytest.mark.parametrize("answer", ["yes", "corrected!", Odd("formula"), Odd("time", "02:01")])
def test_an_answer_that_is_not_in_the_list(answer: Cell) -> None:
    assert told(("1", answer, "")) == [("answer.code", "J2")]


def test_a_comment_alone_is_no_answer() -> None:
    assert told(("1", "", "see chart")) == [("answer.code", "J2")]


@pytest.mark.parametrize("comment", [Odd("date"), "x" * 1001])
def test_a_comment_that_is_no_text(comment: Cell) -> None:
    assert told(("1", "corrected", comment)) == [("answer.comment", "K2")]


def test_two_different_answers_to_one_query_are_both_named() -> None:
    rows = (("1", "corrected", ""), ("1", "not in scope", ""))
    assert told(*rows) == [("answer.twice", "J2"), ("answer.twice", "J3")]
    _, findings = answers(sheet(*rows))
    assert "J2 and J3" in findings[0].message
    assert isinstance(findings[0], Finding)


def test_the_same_answer_twice_counts_once() -> None:
    given, findings = answers(sheet(("1", "corrected", ""), ("1", "corrected", "")))
    assert [a.query_id for a in given] == [1]
    assert findings == ()


def test_a_bad_answer_does_not_stop_the_good_ones() -> None:
    given, findings = answers(
        sheet(("1", "corrected", ""), ("2", "perhaps", ""), ("3", "not in scope", ""))
    )
    assert [a.query_id for a in given] == [1, 3]
    assert [f.cell for f in findings] == ["J3"]


def test_a_sheet_without_its_columns_is_named() -> None:
    given, findings = answers(
        RawSheet.of("Queries", ["number", "words"], [(2, ["1", "corrected"])])
    )
    assert given == ()
    assert [f.rule for f in findings] == ["answer.no_column", "answer.no_column"]


def test_no_complaint_repeats_what_the_file_says() -> None:
    _, findings = answers(
        sheet(("SECRET", "corrected", ""), ("1", "SECRET", ""), ("2", "", "SECRET"))
    )
    assert len(findings) == 3
    assert "SECRET" not in repr(findings)
