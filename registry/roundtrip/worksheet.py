"""One worksheet part. Its cells are never parsed or rewritten, only what stands before and behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from xml.dom.minidom import Element

from registry.roundtrip.xml import (
    attribute,
    children,
    descendants,
    dump,
    insert_ordered,
    local,
    parse,
    root,
    text_of,
)

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""The children of a worksheet in the order of ECMA-376, 18.3.1.99."""

_CELLS = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^>]*)?(/?)>")
_ROWS = re.compile(rb"<(?:[\w.-]+:)?row\b[^>]*?(?:/>|>.*?</(?:[\w.-]+:)?row>)", re.DOTALL)
_ROW_NUMBER = re.compile(rb"""<[^>]*?\sr=["'](\d+)["']""")
DEFAULT_WIDTH = 8.43


class Worksheet:
    def __init__(self, data: bytes) -> None:
        found = _CELLS.search(data)
        if found is None:
            raise ValueError("a worksheet without cells")
        self._empty = b"<" + found.group(1) + b"sheetData/>"
        end = found.end() if found.group(2) else data.rindex(b"</" + found.group(1) + b"sheetData>")
        close = data.index(b">", end) + 1 if not found.group(2) else end
        self._cells = data[found.start() : close]
        self.document = parse(data[: found.start()] + self._empty + data[close:])
        self.root: Element = root(self.document)

    def dump(self) -> bytes:
        return dump(self.document).replace(self._empty, self._cells, 1)

    def insert(self, node: Element) -> None:
        insert_ordered(self.root, node, ORDER)

    def header(self, shared: list[str]) -> dict[str, int]:
        """Column of each header cell of row 1, from 0, by its text without case and blanks."""
        row = _ROWS.search(self._cells)
        names: dict[str, int] = {}
        for place, text in self._texts(row.group() if row else b"", shared):
            names.setdefault(text.strip().casefold(), place)
        return names

    def rows(self, shared: list[str]) -> Iterator[tuple[int, dict[int, str]]]:
        """Row numbers and texts by column, from 0. Parses every cell: for small sheets only."""
        for number, row in enumerate(_ROWS.findall(self._cells), start=1):
            stated = _ROW_NUMBER.match(row)
            yield int(stated.group(1)) if stated else number, dict(self._texts(row, shared))

    def _texts(self, row: bytes, shared: list[str]) -> Iterator[tuple[int, str]]:
        spaces = " ".join(
            f"{n}={attribute(v)}" for n, v in self.root.attributes.items() if n.startswith("xmlns")
        )
        held = root(parse(f"<held {spaces}>".encode() + row + b"</held>"))
        for number, cell in enumerate(descendants(held, "c")):
            place = column_of(cell.getAttribute("r")) if cell.hasAttribute("r") else number
            yield place, cell_text(cell, shared)

    def width(self, column: int) -> float:
        """Width of a column, counted from 0, in characters."""
        for first, last, width in self._widths:
            if first <= column + 1 <= last:
                return width
        return DEFAULT_WIDTH

    @cached_property
    def _widths(self) -> list[tuple[int, int, float]]:
        return [
            (
                int(col.getAttribute("min")),
                int(col.getAttribute("max")),
                0.0
                if col.getAttribute("hidden") in ("1", "true")
                else float(col.getAttribute("width") or DEFAULT_WIDTH),
            )
            for cols in children(self.root, "cols")
            for col in children(cols, "col")
        ]

    def deselect(self) -> None:
        """Two selected sheets would be edited as a group."""
        for view in descendants(self.root, "sheetView"):
            if view.hasAttribute("tabSelected"):
                view.removeAttribute("tabSelected")


def cell_text(cell: Element, shared: list[str]) -> str:
    """The text of a cell element."""
    for part in children(cell):
        if local(part) == "is":
            return string_text(part)
        if local(part) == "v":
            value = text_of(part)
            return shared[int(value)] if cell.getAttribute("t") == "s" else value
    return ""


def string_text(item: Element) -> str:
    """The text of a string item, plain or rich, without its phonetic runs."""
    parts = []
    for child in children(item):
        if local(child) == "t":
            parts.append(text_of(child))
        elif local(child) == "r":
            parts += [text_of(t) for t in children(child, "t")]
    return "".join(parts)


def shared_strings(data: bytes | None) -> list[str]:
    """The table of strings that cells refer to by number."""
    return [] if data is None else [string_text(i) for i in children(root(parse(data)), "si")]


def column_of(cell: str) -> int:
    """Column of a cell name, from 0: C5 is 2."""
    number = 0
    for letter in re.sub(r"[^A-Z]", "", cell.upper()):
        number = number * 26 + ord(letter) - 64
    return number - 1
