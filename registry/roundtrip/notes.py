"""Comments on cells: the registry's own are set and taken off, all others stay.

A comment is two things in a workbook: its text in the comments part, its box in a drawing (VML).
Where a cell already has a comment, the registry's text is put in front of it as a part of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.dom.minidom import Document, Element
from xml.parsers.expat import ExpatError

from registry.roundtrip.boxes import (
    EMPTY_DRAWING,
    SHAPE_TYPE,
    SHAPE_TYPE_ID,
    reading_order,
    row_of,
    shape,
)
from registry.roundtrip.package import Package
from registry.roundtrip.worksheet import Worksheet, column_of
from registry.roundtrip.xml import (
    children,
    content,
    descendants,
    dump,
    graft,
    parse,
    root,
    text_of,
)
from registry.workbook.names import COMMENT_AUTHOR
from registry.workbook.seal import SEPARATOR

SEVERITY_HEADS = {
    "reject": "MUST BE FIXED",
    "query": "PLEASE CHECK OR EXPLAIN",
    "inform": "FOR YOUR INFORMATION",
}
HEADS = tuple(SEVERITY_HEADS.values())
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HERE, _ID = "registry-here", "_x0000_s"


class Notes:
    """The comments of one sheet."""

    def __init__(self, package: Package, part: str, sheet: Worksheet) -> None:
        self._package, self._part, self._sheet = package, part, sheet
        self._text_part = package.related(part, "comments")
        self._box_part = self._drawing()
        self._texts = parse(self._data(self._text_part) or _no_comments())
        self._new_boxes: list[str] = []
        self._boxes = self._parse_boxes()
        self._new_texts: list[str] = []
        self._changed = False

    def clear(self) -> None:
        """Takes off what an earlier return wrote."""
        gone = [c for c in self._comments() if _strip(c)]
        if not gone:
            return
        self._changed = True
        places = {c.getAttribute("ref") for c in gone if not text_of(c)}
        for comment in gone:
            if comment.getAttribute("ref") in places and comment.parentNode is not None:
                comment.parentNode.removeChild(comment)
        self._remove_boxes(places)

    def write(self, texts: Mapping[str, str]) -> None:
        """Writes one comment a cell; `texts` begin with one of the heads."""
        if not texts:
            return
        self._changed = True
        known = {c.getAttribute("ref"): c for c in self._comments()}
        author = self._author()
        for cell in texts.keys() & known.keys():
            _put_in_front(known[cell], texts[cell])
        new = {cell: texts[cell] for cell in sorted(texts, key=reading_order) if cell not in known}
        self._new_texts += [_comment(cell, author, text) for cell, text in new.items()]
        self._add_boxes(new)

    def save(self) -> None:
        if not self._changed:
            return
        if self._text_part is None:
            self._text_part = self._package.add_part("comments_registry", "xml", "comments", b"")
            self._package.relate(self._part, "comments", self._text_part)
        self._package.parts[self._text_part] = _with_new(
            self._texts, next(descendants(root(self._texts), "commentList")), self._new_texts
        )
        if self._box_part is None:
            self._box_part = self._package.add_part("drawings/registry", "vml", "vmlDrawing", b"")
            self._refer(self._package.relate(self._part, "vmlDrawing", self._box_part))
        self._package.parts[self._box_part] = _with_new(
            self._boxes, root(self._boxes), self._new_boxes
        )

    def _drawing(self) -> str | None:
        """The drawing that holds the boxes; headers and footers may have another one."""
        for node in children(self._sheet.root, "legacyDrawing"):
            names = [n for n in node.attributes.keys() if n.endswith(":id")]  # noqa: SIM118
            return self._package.target(self._part, node.getAttribute(names[0]))
        return None

    def _data(self, part: str | None) -> bytes | None:
        return self._package.parts.get(part) if part else None

    def _parse_boxes(self) -> Document:
        try:
            return parse(self._data(self._box_part) or EMPTY_DRAWING.encode())
        except ExpatError:  # some writers put HTML in there; the boxes are made anew
            self._boxes = parse(EMPTY_DRAWING.encode())
            self._add_boxes({c.getAttribute("ref"): text_of(c) for c in self._comments()})
            return self._boxes

    def _refer(self, relation: str) -> None:
        self._sheet.insert(
            graft(
                self._sheet.root,
                f'<legacyDrawing xmlns:r="{_R}" r:id="{relation}"/>',
            )
        )

    def _comments(self) -> list[Element]:
        return list(descendants(root(self._texts), "comment"))

    def _author(self) -> int:
        holder = next(descendants(root(self._texts), "authors"))
        names = [text_of(node) for node in children(holder)]
        if COMMENT_AUTHOR not in names:
            holder.appendChild(graft(holder, f"<author>{COMMENT_AUTHOR}</author>"))
            names.append(COMMENT_AUTHOR)
        return names.index(COMMENT_AUTHOR)

    def _remove_boxes(self, cells: set[str]) -> None:
        places = {(row_of(cell), column_of(cell)) for cell in cells}
        for box in children(root(self._boxes), "shape"):
            found = (_number(box, "Row"), _number(box, "Column"))
            if found in places and box.parentNode is not None:
                box.parentNode.removeChild(box)

    def _add_boxes(self, texts: Mapping[str, str]) -> None:
        holder = root(self._boxes)
        ids = [node.getAttribute("id") for node in children(holder, "shape")]
        numbers = [int(i.removeprefix(_ID)) for i in ids if re.fullmatch(rf"{_ID}\d+", i)]
        if not any(n.getAttribute("id") == SHAPE_TYPE_ID for n in children(holder, "shapetype")):
            self._new_boxes.append(SHAPE_TYPE)
        for number, (cell, text) in enumerate(texts.items(), start=max(numbers, default=1024) + 1):
            self._new_boxes.append(shape(number, cell, text, self._sheet))


def _with_new(document: Document, holder: Element, snippets: list[str]) -> bytes:
    """The part with the snippets at the end of `holder`; as text, for there may be thousands."""
    assert holder.ownerDocument is not None
    holder.appendChild(holder.ownerDocument.createElement(_HERE))
    prefix = holder.nodeName.rpartition(":")[0]
    space = f' xmlns="{holder.namespaceURI}"' if prefix else ""
    joined = "".join(snippets).replace("<comment ", f"<comment{space} ")
    return dump(document).replace(f"<{_HERE}/>".encode(), joined.encode())


def _no_comments() -> bytes:
    return f'<comments xmlns="{_MAIN}"><authors/><commentList/></comments>'.encode()


def _runs(comment: Element) -> list[Element]:
    return [n for text in children(comment, "text") for n in children(text)]


def _strip(comment: Element) -> bool:
    """Takes our text out of a comment; says whether there was any."""
    if not text_of(comment).startswith(HEADS):
        return False
    for run in _runs(comment):
        # a spreadsheet may have joined our part with the center's; the separator tells them apart
        theirs = text_of(run).partition(SEPARATOR)[2]
        if theirs:
            for node in descendants(run, "t") if run.nodeName.rpartition(":")[2] == "r" else [run]:
                _write(node, theirs)
            return True
        ended = SEPARATOR in text_of(run)
        assert run.parentNode is not None
        run.parentNode.removeChild(run)
        if ended:
            return True
    return True


def _write(node: Element, text: str) -> None:
    assert node.ownerDocument is not None
    while node.firstChild is not None:
        node.removeChild(node.firstChild)
    node.appendChild(node.ownerDocument.createTextNode(text))


def _run(text: str) -> str:
    head, _, rest = text.partition("\n")
    look = '<sz val="10"/><color rgb="FF22333B"/><rFont val="Calibri"/><family val="2"/>'
    return (
        f'<r><rPr><b/>{look}</rPr><t xml:space="preserve">{content(head)}\n</t></r>'
        f'<r><rPr>{look}</rPr><t xml:space="preserve">{content(rest)}</t></r>'
    )


def _comment(cell: str, author: int, text: str) -> str:
    return f'<comment ref="{cell}" authorId="{author}"><text>{_run(text)}</text></comment>'


def _put_in_front(comment: Element, text: str) -> None:
    holder = children(comment, "text")[0]
    plain = children(holder, "t")
    for node in plain:  # a plain text and parts do not mix
        run = graft(holder, "<r/>")
        holder.replaceChild(run, node)
        run.appendChild(node)
    ours = graft(holder, f"<text>{_run(text + SEPARATOR)}</text>")
    first = holder.firstChild
    for node in children(ours):
        holder.insertBefore(node, first)


def _number(shape: Element, name: str) -> int:
    found = next((text_of(node) for node in descendants(shape, name)), "")
    return int(found) if found.strip().isdigit() else -1
