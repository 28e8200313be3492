"""Reads the answers out of the sheet Queries of a workbook that came back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from registry.findings import Finding, cell_name
from registry.intake.raw import Cell, RawSheet
from registry.queries.model import Answer, AnswerCode
from registry.roundtrip.model import ANSWER, COMMENT, QUERY
from registry.workbook.names import QUERIES_SHEET

_CODES = {code.casefold(): code for code in AnswerCode}
_LISTED = ", ".join(AnswerCode)
_LONGEST = 1_000


@dataclass(frozen=True)
class _Line:
    row: int
    query: Cell
    code: Cell
    comment: Cell


def answers(sheet: RawSheet) -> tuple[tuple[Answer, ...], tuple[Finding, ...]]:
    """The answers of the sheet, and a finding for each that cannot be taken.

    A row with neither answer nor comment is still open and is passed over. The same answer twice
    counts once; two different answers to one query are both refused.
    """
    at = {c.header.strip().casefold(): i for i, c in enumerate(sheet.columns) if isinstance(c.header, str)}  # fmt: skip
    lost = [name for name in (QUERY, ANSWER) if name not in at]
    if lost:
        return (), tuple(_no_column(name) for name in lost)
    given: dict[int, list[Answer]] = {}
    findings: list[Finding] = []
    for line in _lines(sheet, at):
        read = _read(line, at)
        if isinstance(read, Finding):
            findings.append(read)
        elif read is not None:
            given.setdefault(read.query_id, []).append(read)
    findings += [f for several in given.values() for f in _contradictions(several)]
    return (
        tuple(several[0] for several in given.values() if not _differ(several)),
        tuple(findings),
    )


def _lines(sheet: RawSheet, at: dict[str, int]) -> Iterator[_Line]:
    blank: list[Cell] = [""] * len(sheet.rows)
    query, code, comment = (
        sheet.columns[at[name]].cells() if name in at else blank
        for name in (QUERY, ANSWER, COMMENT)
    )
    for row, *cells in zip(sheet.rows, query, code, comment, strict=True):
        yield _Line(int(row), *cells)


def _read(line: _Line, at: dict[str, int]) -> Answer | Finding | None:
    def refuse(name: str, rule: str, message: str, fix: str) -> Finding:
        return _finding(rule, message, fix, line.row, name, cell_name(at[name], line.row))

    if _is_blank(line.code) and _is_blank(line.comment):
        return None
    number = _query_id(line.query)
    if number is None:
        return refuse(QUERY, "answer.query", "The number of the query is not one of the registry.",
                      "Leave the column query as it came; answer in the columns answer and comment.")  # fmt: skip
    if _is_blank(line.code):
        return refuse(ANSWER, "answer.code", "There is a comment but no answer.",
                      f"Choose one of: {_LISTED}.")  # fmt: skip
    code = _CODES.get(_words(line.code))
    if code is None:
        return refuse(ANSWER, "answer.code", "The answer is not one of the list.",
                      f"Choose one of: {_LISTED}.")  # fmt: skip
    if not isinstance(line.comment, str) or len(line.comment) > _LONGEST:
        return refuse(COMMENT, "answer.comment", "The comment is not a text of reasonable length.",
                      f"Write at most {_LONGEST:,} characters of text.")  # fmt: skip
    return Answer(number, code.value, line.comment.strip(), cell_name(at[ANSWER], line.row))


def _query_id(cell: Cell) -> int | None:
    """A positive whole number; spreadsheets may have made 12.0 of 12."""
    if not isinstance(cell, str):
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,17})(\.0+)?", cell.strip(), re.ASCII)
    return int(found.group(1)) if found else None


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _words(cell: Cell) -> str:
    return " ".join(cell.split()).casefold() if isinstance(cell, str) else ""


def _differ(several: list[Answer]) -> bool:
    return len({(a.code, a.comment) for a in several}) > 1


def _contradictions(several: list[Answer]) -> list[Finding]:
    if not _differ(several):
        return []
    cells = " and ".join(a.cell for a in several)
    return [
        _finding("answer.twice", f"The same query is answered differently in {cells}.",
                 "Keep one of the answers and clear the others.",
                 int(re.sub(r"\D", "", a.cell)), ANSWER, a.cell)
        for a in several
    ]  # fmt: skip


def _no_column(name: str) -> Finding:
    return _finding("answer.no_column", f"The sheet {QUERIES_SHEET} has no column {name}.",
                    "Answer in the sheet as it came back from the registry.", 1, name, None)  # fmt: skip


def _finding(rule: str, message: str, fix: str, row: int, column: str, cell: str | None) -> Finding:
    """Answers are refused one by one: the rest of the file goes its way, so nothing is a reject."""
    return Finding(
        rule=rule, severity="query", category="conformance", message=message, fix=fix,
        form=QUERIES_SHEET, row=row, column=column, cell=cell,
    )  # fmt: skip
