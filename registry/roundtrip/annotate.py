"""The center's own workbook comes back: failing cells marked and commented, what is open to answer in.

Cells are never rewritten. What is added is conditional formats, comments and three sheets; what an
earlier return added is taken off first.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from registry.findings import Finding, Severity
from registry.forms import FORMS
from registry.intake import reader
from registry.queries.model import OpenQuery
from registry.roundtrip.guard import guarded
from registry.roundtrip.marks import MARK_WORDS, clear_marks, set_marks
from registry.roundtrip.model import ANSWER, COMMENT, QUERY, MissingItem
from registry.roundtrip.notes import HEADS, Notes
from registry.roundtrip.package import Package
from registry.roundtrip.page import Looks, Page, render
from registry.roundtrip.pages import GivenAnswers, findings_page, missing_page, queries_page
from registry.roundtrip.places import Place, Places, RowNumbers, question, question_of
from registry.roundtrip.plain import write_plain
from registry.roundtrip.stamp import new_cover, stamped
from registry.roundtrip.styles import Styles
from registry.roundtrip.words import comment_of, comment_of_query
from registry.roundtrip.worksheet import Worksheet, shared_strings
from registry.workbook.names import ABOUT_SHEET, FINDINGS_SHEET, MISSING_SHEET, QUERIES_SHEET
from registry.workbook.seal import sealed

Progress = Callable[[str], None]
_LONGEST = 2_000
_ORDER: tuple[Severity, ...] = ("reject", "query", "inform")


@dataclass(frozen=True, kw_only=True)
class Return:
    """What is to be written into the workbook. `stamp` None: nothing was stored, so the file keeps
    its stamp, and the answers in it are kept for the day it is sent."""

    findings: Sequence[Finding]
    queries: Sequence[OpenQuery] = ()
    missing: Sequence[MissingItem] | None = ()
    stamp: int | None = None
    rows: RowNumbers = field(default_factory=dict)


def annotate(
    source: Path, target: Path, *, findings: Sequence[Finding],
    queries: Sequence[OpenQuery] = (), missing: Sequence[MissingItem] | None = (),
    stamp: int | None = None, rows: RowNumbers | None = None, name: str | None = None,
    progress: Progress = lambda _: None,
) -> None:  # fmt: skip
    """Writes `source` to `target` (.xlsx) with its marks; `source` has passed the reader.

    `missing` None: it was not looked at. CSVs and JSON come back as a fresh workbook with their rows as text. `rows` places queries that no
    finding asks, `name` is what the sender called a spooled file. Raises UnreadableFileError if the workbook cannot be worked on.
    """
    what = Return(findings=findings, queries=queries, missing=missing, stamp=stamp, rows=rows or {})
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".return-") as folder:
        book = _as_workbook(source, name, Path(folder), progress)
        made = Path(folder) / "marked.xlsx"
        progress("marking the workbook")
        guarded(_Work(book, made, what))
        os.replace(made, target)


def _as_workbook(source: Path, name: str | None, folder: Path, progress: Progress) -> Path:
    if source.is_file() and _is_zip(source):
        return source
    progress("writing the rows into a workbook")
    book = folder / "plain.xlsx"
    write_plain(reader.read(source, name=name), book)
    return book


def _is_zip(source: Path) -> bool:
    """By content: a spooled upload has no telling name."""
    with source.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


@dataclass(frozen=True)
class _Work:
    source: Path
    target: Path
    what: Return

    def __call__(self) -> None:
        mark(Package(self.source), self.what).write(self.target)


def mark(package: Package, what: Return) -> Package:
    """The package with its marks, comments and sheets; changed in place."""
    given = _kept_answers(package, what)
    for name in (FINDINGS_SHEET, QUERIES_SHEET, MISSING_SHEET):
        package.remove_sheet(name)
    parts = {f: p for f in FORMS if (p := package.sheet_part(f)) in package.parts and p}
    sheets = {form: Worksheet(package.parts[part]) for form, part in parts.items()}
    places = Places(package, sheets)
    found = [(f, places.of_finding(f)) for f in what.findings]
    questions = {question(f): f for f in what.findings}
    asked = [(q, places.of_query(q, questions, what.rows)) for q in what.queries]
    lacking = None if what.missing is None else [(m, places.of_missing(m)) for m in what.missing]
    styles_part = package.related(package.path, "styles") or ""
    styles = Styles(package.parts[styles_part])
    looks = Looks(styles)
    _mark_sheets(package, parts, sheets, found, asked, styles)
    _stamp(package, what.stamp, looks)
    _add_pages(
        package, looks, findings_page(found), queries_page(asked, given), missing_page(lacking)
    )
    package.parts[styles_part] = styles.dump()
    return package


def _mark_sheets(
    package: Package, parts: dict[str, str], sheets: dict[str, Worksheet],
    found: list[tuple[Finding, Place | None]], asked: list[tuple[OpenQuery, Place | None]],
    styles: Styles,
) -> None:  # fmt: skip
    marks = _marks(found, asked)
    for form, sheet in sheets.items():
        here = {cell: marks_ for (f, cell), marks_ in marks.items() if f == form}
        if not here and not _was_marked(package, parts[form]):
            continue
        notes = Notes(package, parts[form], sheet)
        notes.clear()
        clear_marks(sheet)
        set_marks(sheet, {cell: marks_[0][0] for cell, marks_ in here.items()}, styles)
        notes.write({cell: _joined([text for _, text in m]) for cell, m in here.items()})
        notes.save()
        package.parts[parts[form]] = sheet.dump()


def _joined(texts: Sequence[str]) -> str:
    """A comment that still fits on a screen; the sheet of findings has them all."""
    shown = "\n\n".join(dict.fromkeys(texts))
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]} … (more in the sheet {FINDINGS_SHEET})"
    return sealed(shown)


def _was_marked(package: Package, part: str) -> bool:
    """Sheets that carry nothing of ours go through byte by byte."""
    comments = package.parts.get(package.related(part, "comments") or "", b"")
    return MARK_WORDS in package.parts[part] or any(h.encode() in comments for h in HEADS)


def _marks(
    found: list[tuple[Finding, Place | None]], asked: list[tuple[OpenQuery, Place | None]]
) -> dict[tuple[str, str], list[tuple[Severity, str]]]:
    """By form and cell the comments to show there, the most severe first."""
    marks: dict[tuple[str, str], list[tuple[Severity, str]]] = {}
    queries = {question_of(query): query for query, _ in asked}
    told = {question(finding) for finding, _ in found}
    for finding, place in found:
        query = queries.get(question(finding))
        if place is not None:
            marks.setdefault((place.form, place.cell), []).append(
                (finding.severity, comment_of(finding, query))
            )
    for query, place in asked:
        if place is not None and question_of(query) not in told:
            marks.setdefault((place.form, place.cell), []).append(
                ("query", comment_of_query(query))
            )
    for here in marks.values():
        here.sort(key=lambda m: _ORDER.index(m[0]))
    return marks


def _kept_answers(package: Package, what: Return) -> GivenAnswers:
    """Answers that stand in the file and were not taken in: all of them if nothing was stored, else
    those that could not be read."""
    part = package.sheet_part(QUERIES_SHEET)
    if part not in package.parts or part is None:
        return {}
    refused = {f.row for f in what.findings if f.form == QUERIES_SHEET}
    sheet, shared = Worksheet(package.parts[part]), _shared(package)
    at = sheet.header(shared)
    return {
        int(number): (cells.get(at.get(ANSWER, -1), ""), cells.get(at.get(COMMENT, -1), ""))
        for row, cells in sheet.rows(shared)
        if (number := cells.get(at.get(QUERY, -1), "").strip()).isdecimal()
        and (what.stamp is None or row in refused)
    }


def _shared(package: Package) -> list[str]:
    part = package.related(package.path, "sharedStrings")
    return shared_strings(package.parts.get(part) if part else None)


def _stamp(package: Package, number: int | None, looks: Looks) -> None:
    if number is None:
        return
    part = package.sheet_part(ABOUT_SHEET)
    cover = stamped(package.parts[part], _shared(package), number) if part else None
    if part and cover is not None:
        package.parts[part] = cover
        return
    package.remove_sheet(ABOUT_SHEET)
    package.add_sheet(ABOUT_SHEET, new_cover(number, looks), 0)


def _add_pages(
    package: Package, looks: Looks, findings: Page, queries: Page, missing: Page
) -> None:
    """Behind the cover, so that they are seen; the workbook opens with the findings."""
    for name in package.sheet_names():
        part = package.sheet_part(name)
        if part in package.parts and part is not None and b"tabSelected" in package.parts[part]:
            sheet = Worksheet(package.parts[part])
            sheet.deselect()
            package.parts[part] = sheet.dump()
    titles = [name.strip().casefold() for name in package.sheet_names()]
    start = titles.index(ABOUT_SHEET.casefold()) + 1 if ABOUT_SHEET.casefold() in titles else 0
    package.add_sheet(FINDINGS_SHEET, render(findings, looks, selected=True), start)
    package.add_sheet(QUERIES_SHEET, render(queries, looks), start + 1)
    package.add_sheet(MISSING_SHEET, render(missing, looks), start + 2)
    package.activate(FINDINGS_SHEET)
