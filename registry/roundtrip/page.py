"""A sheet of text the registry adds to a workbook: every cell a string or a whole number, no formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from registry.findings import Severity, cell_name
from registry.roundtrip.styles import MARK_LOOKS, Styles
from registry.roundtrip.xml import attribute, content
from registry.workbook.safe import is_risky

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TITLE, _HEAD = "FF0B3C49", "FF13717F"
_LINE_POINTS = 15
_MARGIN_CHARACTERS = 3
"""What a cell's padding takes, and letters wider than a digit."""


@dataclass(frozen=True)
class Cell:
    """`link` is a place in the workbook such as 'patient'!C5; `look` names one of `Looks`."""

    value: str | int
    look: str = "text"
    link: str = ""


@dataclass(frozen=True)
class Column:
    title: str
    width: float


@dataclass(frozen=True)
class Choice:
    """Words offered in one column, with what a click on the cell says."""

    column: int
    words: Sequence[str]
    prompt: str


@dataclass(frozen=True)
class Page:
    """`intro` are lines above the header; where rows are read back there are none."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    intro: Sequence[str] = ()
    choice: Choice | None = None
    color: str = _HEAD


class Looks:
    """Numbers of the cell formats, by name."""

    def __init__(self, styles: Styles) -> None:
        self._of: dict[str, int] = {
            "title": styles.cell(bold=True, size=18, ink=_TITLE, wrap=False, line=False),
            "intro": styles.cell(wrap=False, line=False),
            "head": styles.cell(bold=True, ink="FFFFFFFF", fill=_HEAD),
            "text": styles.cell(),
            "strong": styles.cell(bold=True),
            "link": styles.cell(bold=True, ink=_HEAD, underline=True),
            "answer": styles.cell(fill="FFFFF8DC"),
            "quoted": styles.cell(quoted=True),
            "answer quoted": styles.cell(fill="FFFFF8DC", quoted=True),
            **{
                severity: styles.cell(bold=True, fill=MARK_LOOKS[severity][0])
                for severity in MARK_LOOKS
            },
        }

    def number(self, cell: Cell) -> int:
        if isinstance(cell.value, str) and is_risky(cell.value):
            return self._of["answer quoted" if cell.look == "answer" else "quoted"]
        return self._of[cell.look]


def render(page: Page, looks: Looks, *, selected: bool = False) -> bytes:
    """The worksheet part of a page."""
    head = len(page.intro) + 1
    last = max(len(page.rows), 1) + head
    edge = cell_name(len(page.columns) - 1, last)
    parts = [
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        f'<sheetPr><tabColor rgb="{page.color}"/><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<sheetViews><sheetView showGridLines="0" {"tabSelected=" + chr(34) + "1" + chr(34) if selected else ""} '
        f'workbookViewId="0"><pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" '
        f'state="frozen"/><selection pane="bottomLeft" activeCell="A{head + 1}" '
        f'sqref="A{head + 1}"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>',
        _cols(page.columns),
        f"<sheetData>{_rows(page, looks, head)}</sheetData>",
        f'<autoFilter ref="A{head}:{edge}"/>',
        _validation(page, head, last),
        _links(page, head),
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>',
    ]
    return "".join(parts).encode()


def _cols(columns: Sequence[Column]) -> str:
    each = "".join(
        f'<col min="{n}" max="{n}" width="{c.width}" customWidth="1"/>'
        for n, c in enumerate(columns, start=1)
    )
    return f"<cols>{each}</cols>"


def _rows(page: Page, looks: Looks, head: int) -> str:
    lines: list[Sequence[Cell]] = [
        [Cell(words, "intro" if number else "title")] for number, words in enumerate(page.intro)
    ]
    lines.append([Cell(c.title, "head") for c in page.columns])
    lines += page.rows
    return "".join(
        f'<row r="{number}" {_height(number, cells, page)}>'
        + "".join(_cell(cell_name(i, number), cell, looks) for i, cell in enumerate(cells))
        + "</row>"
        for number, cells in enumerate(lines, start=1)
    )


def _height(number: int, cells: Sequence[Cell], page: Page) -> str:
    """High enough for the wrapped words: LibreOffice does not fit rows of a file that Excel made."""
    if number <= len(page.intro):
        return 'ht="30" customHeight="1"' if number == 1 else ""
    lines = (
        len(wrap(str(cell.value), int(column.width) - _MARGIN_CHARACTERS))
        for cell, column in zip(cells, page.columns, strict=True)
    )
    return f'ht="{_LINE_POINTS * max(1, *lines)}"'


def _cell(name: str, cell: Cell, looks: Looks) -> str:
    look = looks.number(cell)
    if cell.value == "":
        return f'<c r="{name}" s="{look}"/>'
    if isinstance(cell.value, int):
        return f'<c r="{name}" s="{look}"><v>{cell.value}</v></c>'
    text = content(cell.value)
    return f'<c r="{name}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _validation(page: Page, head: int, last: int) -> str:
    if page.choice is None:
        return ""
    words = content(",".join(page.choice.words))
    area = f"{cell_name(page.choice.column, head + 1)}:{cell_name(page.choice.column, last)}"
    return (
        '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" '
        'showErrorMessage="1" errorTitle="Not in the list" error="Please choose one of the answers." '
        f'promptTitle="Answer" prompt={attribute(page.choice.prompt)} sqref="{area}">'
        f'<formula1>"{words}"</formula1></dataValidation></dataValidations>'
    )


def _links(page: Page, head: int) -> str:
    found = [
        f'<hyperlink ref="{cell_name(i, number)}" location={attribute(cell.link)} '
        f"display={attribute(str(cell.value))}/>"
        for number, cells in enumerate(page.rows, start=head + 1)
        for i, cell in enumerate(cells)
        if cell.link
    ]
    return f"<hyperlinks>{''.join(found)}</hyperlinks>" if found else ""


def severity_word(severity: Severity) -> str:
    return {"reject": "must be fixed", "query": "please check", "inform": "information"}[severity]
