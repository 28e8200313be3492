"""Marked cells: conditional formats with a formula of our own, laid over the center's formats.

A mark never replaces a fill: taking it off again shows the cell as the center made it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.dom.minidom import Element

from registry.findings import Severity, cell_name
from registry.roundtrip.styles import Styles
from registry.roundtrip.worksheet import Worksheet, column_of
from registry.roundtrip.xml import children, descendants, graft, text_of

MARK_WORDS = b"registry mark"
MARKER = f'N("{MARK_WORDS.decode()}")=0'
"""Always true; it is how a mark is known again, and spreadsheets keep it."""

_AREAS = 200
_SEVERITIES: tuple[Severity, ...] = ("reject", "query", "inform")


def clear_marks(sheet: Worksheet) -> None:
    """Takes off the marks of earlier returns, also where the center copied them to."""
    for formats in children(sheet.root, "conditionalFormatting"):
        ours = [rule for rule in children(formats, "cfRule") if _is_mark(rule)]
        for rule in ours:
            formats.removeChild(rule)
        if ours and not children(formats, "cfRule"):
            sheet.root.removeChild(formats)


def set_marks(sheet: Worksheet, cells: Mapping[str, Severity], styles: Styles) -> None:
    """Marks each cell; the marks come before the center's own conditional formats."""
    added = []
    for severity in _SEVERITIES:
        places = areas(cell for cell, mark in cells.items() if mark == severity)
        for start in range(0, len(places), _AREAS):
            added.append(_add(sheet, places[start : start + _AREAS], styles.mark(severity)))
    _rank(sheet, added)


def _add(sheet: Worksheet, places: list[str], style: int) -> Element:
    formats = graft(
        sheet.root,
        f'<conditionalFormatting sqref="{" ".join(places)}">'
        f'<cfRule type="expression" dxfId="{style}" priority="1">'
        f"<formula>{MARKER}</formula></cfRule></conditionalFormatting>",
    )
    sheet.insert(formats)
    return children(formats)[0]


def _rank(sheet: Worksheet, first: list[Element]) -> None:
    """Gives every rule its own priority: ours, then the center's in their order."""
    everyone = list(descendants(sheet.root, "cfRule"))
    rest = [rule for rule in everyone if not any(rule is mark for mark in first)]
    rest.sort(key=lambda rule: int(rule.getAttribute("priority") or 0))
    for number, rule in enumerate([*first, *rest], start=1):
        rule.setAttribute("priority", str(number))


def _is_mark(rule: Element) -> bool:
    formulas = [text_of(node) for node in children(rule, "formula")]
    return [re.sub(r"\s", "", text) for text in formulas] == [re.sub(r"\s", "", MARKER)]


def areas(cells: Iterable[str]) -> list[str]:
    """Cells as ranges, those below each other in one: A2 A3 A5 gives A2:A3 A5."""
    places = sorted({(column_of(c), int(re.sub(r"\D", "", c))) for c in cells})
    ranges: list[tuple[int, int, int]] = []
    for column, row in places:
        if ranges and ranges[-1][0] == column and ranges[-1][2] == row - 1:
            ranges[-1] = (column, ranges[-1][1], row)
        else:
            ranges.append((column, row, row))
    return [
        cell_name(c, a) if a == b else f"{cell_name(c, a)}:{cell_name(c, b)}" for c, a, b in ranges
    ]
