"""XML parts of a workbook, changed in place: prefixes, unknown attributes and order stay as they were.

The standard minidom keeps the names a spreadsheet wrote, which its readers insist on (mc:Ignorable
names prefixes); it is given no DTD and no entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.dom.minidom import Document, Element, Node
from xml.sax.saxutils import escape, quoteattr

from defusedxml import minidom  # type: ignore[import-untyped]

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
# no text holds these three code points: Unicode keeps them free of characters
_PROTECTED = {ord("\t"): 0xFDD0, ord("\n"): 0xFDD1, ord("\r"): 0xFDD2}
_MARKS = {0xFDD0: b"&#9;", 0xFDD1: b"&#10;", 0xFDD2: b"&#13;"}
_BREAKS = frozenset("\t\n\r")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def parse(data: bytes) -> Document:
    document: Document = minidom.parseString(data, forbid_dtd=True)
    return document


def dump(document: Document) -> bytes:
    """The part as UTF-8. Line breaks in attributes stay character references: bare ones would be
    read back as blanks."""
    _protect(root(document))
    written: bytes = document.toxml(encoding="UTF-8", standalone=True)
    for mark, reference in _MARKS.items():
        written = written.replace(chr(mark).encode(), reference)
    return written


def _protect(element: Element) -> None:
    for name, value in element.attributes.items():
        if _BREAKS.intersection(value):
            element.setAttribute(name, value.translate(_PROTECTED))
    for child in children(element):
        _protect(child)


def root(document: Document) -> Element:
    found = document.documentElement
    assert found is not None
    return found


def local(node: Node) -> str:
    """The name of an element without its prefix."""
    return (node.nodeName or "").rpartition(":")[2]


def children(parent: Node, name: str | None = None) -> list[Element]:
    return [
        node
        for node in parent.childNodes
        if isinstance(node, Element) and (name is None or local(node) == name)
    ]


def descendants(parent: Node, name: str) -> Iterator[Element]:
    for node in children(parent):
        if local(node) == name:
            yield node
        yield from descendants(node, name)


def text_of(node: Node) -> str:
    """All text below a node."""
    if node.nodeType in (Node.TEXT_NODE, Node.CDATA_SECTION_NODE):
        return str(node.nodeValue)
    return "".join(text_of(child) for child in node.childNodes)


def graft(parent: Element, snippet: str) -> Element:
    """The element of `snippet` as a child for `parent`, not yet placed: it takes the prefix of the
    parent and with it the namespace."""
    prefix = parent.nodeName.rpartition(":")[0]
    document = parent.ownerDocument
    assert document is not None
    node = document.importNode(root(parse(snippet.encode())), True)
    assert isinstance(node, Element)
    if prefix:
        _rename(node, prefix)
    return node


def _rename(node: Element, prefix: str) -> None:
    if ":" not in node.nodeName:
        node.tagName = node.nodeName = f"{prefix}:{node.nodeName}"
    for child in children(node):
        _rename(child, prefix)


def insert_ordered(parent: Element, node: Element, order: Iterable[str]) -> None:
    """Puts `node` behind its predecessors in `order`, the sequence the schema prescribes."""
    rank = {name: number for number, name in enumerate(order)}
    mine = rank[local(node)]
    behind = next((n for n in children(parent) if rank.get(local(n), -1) > mine), None)
    parent.insertBefore(node, behind)


def content(text: str) -> str:
    """Text for an element of a workbook; what XML cannot hold is written as _x000D_."""
    kept = _LOOKS_ESCAPED.sub("_x005F_", text)
    return escape(_NOT_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", kept))


def attribute(text: str) -> str:
    """Text as a quoted attribute."""
    return quoteattr(_NOT_XML.sub(" ", text))
