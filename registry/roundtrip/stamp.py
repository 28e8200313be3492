"""The stamp on the cover sheet: the last submission the file knows of."""

from __future__ import annotations

from xml.dom.minidom import Document, Element

from registry.findings import cell_name
from registry.forms import FORM_VERSION
from registry.forms.upload import BASED_ON_WORDS, FORM_VERSION_WORDS
from registry.roundtrip.page import Cell, Column, Looks, Page, render
from registry.roundtrip.worksheet import cell_text, column_of
from registry.roundtrip.xml import (
    children,
    content,
    descendants,
    dump,
    graft,
    parse,
    root,
)


def stamped(about: bytes, shared: list[str], number: int) -> bytes | None:
    """The cover with the number beside its words, or None if the words are not on it."""
    document = parse(about)
    label = _label(document, shared)
    if label is None:
        return None
    _write(_neighbour(label), str(number))
    return dump(document)


def new_cover(number: int, looks: Looks) -> bytes:
    """A cover for a workbook that lost its own."""
    rows = [
        [Cell(FORM_VERSION_WORDS, "strong"), Cell(FORM_VERSION)],
        [Cell(BASED_ON_WORDS, "strong"), Cell(str(number))],
    ]
    columns = [Column("About this file", 26), Column("", 30)]
    return render(Page(columns, rows, ("Microtransplant registry",)), looks)


def _label(document: Document, shared: list[str]) -> Element | None:
    for cell in descendants(root(document), "c"):
        if cell_text(cell, shared).strip().casefold() == BASED_ON_WORDS.casefold():
            return cell
    return None


def _neighbour(label: Element) -> Element:
    """The cell to the right; made if the spreadsheet left it out."""
    row = label.parentNode
    assert isinstance(row, Element)
    cells = children(row, "c")
    place = cells.index(label)
    name = label.getAttribute("r")
    number = int("".join(c for c in name if c.isdigit()))
    wanted = cell_name(column_of(name) + 1, number)
    if place + 1 < len(cells) and cells[place + 1].getAttribute("r") == wanted:
        return cells[place + 1]
    new = graft(row, f'<c r="{wanted}"/>')
    row.insertBefore(new, cells[place + 1] if place + 1 < len(cells) else None)
    return new


def _write(cell: Element, text: str) -> None:
    while cell.firstChild is not None:
        cell.removeChild(cell.firstChild)
    cell.setAttribute("t", "inlineStr")
    cell.appendChild(graft(cell, f"<is><t>{content(text)}</t></is>"))
