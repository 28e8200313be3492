"""The sheets Findings, Queries and Missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.findings import Finding
from registry.forms import MissingCode
from registry.queries.model import ANSWER_WORDS, AnswerCode, OpenQuery
from registry.roundtrip.model import ANSWER, QUERY_COLUMNS, MissingItem
from registry.roundtrip.page import Cell, Choice, Column, Page, severity_word
from registry.roundtrip.places import Place
from registry.roundtrip.words import also

GivenAnswers = Mapping[int, tuple[str, str]]
"""Query to its answer and comment, as they stand in the file and are not taken in yet."""

_ORDER = ("reject", "query", "inform")
_QUERY_WIDTHS = (9, 14, 14, 20, 22, 9, 46, 46, 13, 24, 44)
_COLORS = {"Findings": "FFB3261E", "Queries": "FFE0A800", "Missing": "FF8A9BA1"}


def findings_page(findings: Sequence[tuple[Finding, Place | None]]) -> Page:
    ordered = sorted(findings, key=_finding_order)
    columns = [
        Column("how urgent", 16), Column("case", 14), Column("form", 14), Column("record", 20),
        Column("column", 22), Column("cell", 9), Column("what", 50), Column("how to fix", 50),
        Column("also settled by this", 40), Column("why it matters", 40), Column("rule", 26),
    ]  # fmt: skip
    rows = [
        [
            Cell(severity_word(f.severity), f.severity), Cell(f.case_id or "", "strong"),
            Cell(f.form or ""), Cell(f.record or ""), Cell(f.column or ""),
            _where(place, f.cell or _row_words(f)), Cell(f.message), Cell(f.fix), Cell(also(f)),
            Cell(f.why), Cell(f.rule),
        ]
        for f, place in ordered
    ]  # fmt: skip
    return Page(columns, rows, ("What the registry found", _counts(findings)), color=_COLORS["Findings"])  # fmt: skip


def queries_page(queries: Sequence[tuple[OpenQuery, Place | None]], given: GivenAnswers) -> Page:
    """The header stands in row 1, because the answers are read back from here."""
    rows = []
    for q, place in queries:
        answer, comment = given.get(q.query_id, ("", ""))
        rows.append(
            [
                Cell(q.query_id, "strong"), Cell(q.case_id, "strong"), Cell(q.form), Cell(q.record),
                Cell(q.column), _where(place, ""), Cell(q.message), Cell(q.fix), Cell(q.asked_on),
                Cell(answer, "answer"), Cell(comment, "answer"),
            ]
        )  # fmt: skip
    columns = [Column(t, w) for t, w in zip(QUERY_COLUMNS, _QUERY_WIDTHS, strict=True)]
    prompt = "\n".join(f"{code}: {words}" for code, words in ANSWER_WORDS.items())
    choice = Choice(QUERY_COLUMNS.index(ANSWER), list(AnswerCode), prompt)
    return Page(columns, rows, choice=choice, color=_COLORS["Queries"])


def missing_page(missing: Sequence[tuple[MissingItem, Place | None]] | None) -> Page:
    """None: the file was refused as a whole, and nobody looked."""
    columns = [
        Column("case", 14), Column("form", 14), Column("record", 22), Column("column", 30),
        Column("cell", 9), Column("what is asked", 44), Column("why it is asked", 70),
    ]  # fmt: skip
    rows = [
        [
            Cell(m.case_id, "strong"), Cell(m.form), Cell(m.record), Cell(m.column),
            _where(place, m.cell or ""), Cell(m.label), Cell(m.why),
        ]
        for m, place in missing or ()
    ]  # fmt: skip
    words = ", ".join(list(MissingCode)[:-1]) + f" or {list(MissingCode)[-1]}"
    intro = (
        "What is still missing",
        "Not looked at yet: the file as a whole must be put right first (sheet Findings)."
        if missing is None
        else f"{len(missing):,} core answers are blank. Write the value into the cell, or why there is "
        f"none: {words}."
        if missing
        else "Nothing: every core item has a value or a word why there is none.",
    )
    return Page(columns, rows, intro, color=_COLORS["Missing"])


def _finding_order(pair: tuple[Finding, Place | None]) -> tuple[int, str, str, int]:
    f = pair[0]
    return (_ORDER.index(f.severity), f.case_id or "", f.form or "", f.row or 0)


def _counts(findings: Sequence[tuple[Finding, Place | None]]) -> str:
    if not findings:
        return "Nothing: there is nothing to fix in this file."
    counts = {s: sum(f.severity == s for f, _ in findings) for s in _ORDER}
    words = {"reject": "must be fixed", "query": "to check or explain", "inform": "to know"}
    said = ", ".join(f"{n:,} {words[s]}" for s, n in counts.items() if n)
    return (
        f"{said}. A click on the cell leads there; the comment of the cell says the same. "
        "Fix it in your sheets and send this workbook again."
    )


def _where(place: Place | None, words: str) -> Cell:
    return Cell(place.cell, "link", place.link) if place else Cell(words)


def _row_words(finding: Finding) -> str:
    return f"row {finding.row}" if finding.row is not None else ""
