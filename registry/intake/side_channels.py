"""What a workbook carries besides its cells, where a patient's name could travel unseen.

Nothing found here is ever read further, kept or repeated. What may hold text about patients is refused,
naming place and kind; what every spreadsheet program writes by itself (the author in the properties, a
range name of a filter) is only mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from registry.findings import Finding
from registry.forms import FORM_VERSION, FORMS
from registry.intake.raw import UnreadableFileError
from registry.intake.workbook_parts import Parts, elements
from registry.workbook.names import COMMENT_AUTHOR, is_own
from registry.workbook.seal import is_sealed

# part of a part's name, what it is
_CARRIERS = (
    ("vbaproject", "macros"),
    ("xl/macrosheets/", "a macro sheet"),
    ("xl/dialogsheets/", "a dialog sheet"),
    ("xl/chartsheets/", "a chart sheet"),
    ("xl/externallinks/", "links to other workbooks"),
    ("xl/embeddings/", "embedded objects"),
    ("xl/activex/", "form controls"),
    ("xl/ctrlprops/", "form controls"),
    ("/media/", "pictures"),
    ("xl/threadedcomments/", "threaded comments"),
    ("xl/pivotcache/", "a pivot table with a copy of its data"),
    ("xl/pivottables/", "a pivot table"),
    ("xl/charts/", "a chart"),
    ("xl/diagrams/", "a diagram"),
    ("xl/revisions/", "a history of changes"),
    ("xl/connections.xml", "links to a database"),
    ("xl/querytables/", "links to a database"),
    ("xl/model/", "a data model"),
    ("xl/ink/", "handwriting"),
    ("xl/webextensions/", "add-ins"),
)
_DRAWN = re.compile(rb"<(?:\w+:)?(?:sp|pic|graphicFrame|cxnSp|grpSp|contentPart)\b")
_CONTROL = re.compile(rb"""ObjectType=["'](?!Note["'])""")
_HEADER_FOOTER = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]+)<")
_PRINT_CODE = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&K\d\d[+-]\d{3}|&\d+|&[A-Za-z]')
_PAGE_WORDS = frozenset(
    {"page", "pages", "of", "seite", "von", "página", "pagina", "pág", "pag", "de", "di", "sur",
     "van", "sida", "av", "strana", "z", "oldal", "sivu", "side", "strona", "stran", "第", "页", "頁",
     "共", "ページ", "страница", "из"}
)  # fmt: skip
_REFERENCE = re.compile(
    r"(?:'[^'\"]+'|[\w.]+)?!?\$?[A-Z]*\$?\d*(?::\$?[A-Z]*\$?\d*)?|#REF!|\w*!?#REF!"
)
# properties that document systems write without being asked
_LABELS = (
    "msip_label_",
    "contenttypeid",
    "sensitivity",
    "ksoproductbuildver",
    "icv",
    "mediaserviceimagetags",
)
_OWN_PROPERTIES = frozenset({"Microtransplant registry", FORM_VERSION})
_ABOUT = ("title", "subject", "description", "keywords", "category", "contentStatus")
_PEOPLE = ("creator", "lastModifiedBy", "Company", "Manager")


@dataclass(frozen=True)
class Sheet:
    """A sheet as the workbook lists it; `position` counts from 1."""

    name: str
    part: str
    state: str
    position: int

    @property
    def label(self) -> str:
        """The name if it is one of the registry's, else only where the sheet stands."""
        known = self.name.strip().casefold() in FORMS or is_own(self.name)
        return f"Sheet {self.name.strip()}" if known else f"Sheet number {self.position}"


def inspect(parts: Parts, workbook: Element, sheets: list[Sheet]) -> tuple[Finding, ...]:
    """Notices about what is not read. Raises UnreadableFileError with everything to be removed."""
    carried = list(dict.fromkeys([*_in_names(parts), *_in_sheets(parts, sheets),
                                  *_in_defined_names(workbook), *_in_properties(parts)]))  # fmt: skip
    if carried:
        raise UnreadableFileError(
            "The workbook carries more than its cells, and that could name a patient: "
            + "; ".join(carried) + ".",
            "Remove it (in Excel: File, Info, Inspect Document), or copy the rows into a fresh "
            "template, and upload that.", "file.carries",
        )  # fmt: skip
    return tuple(_notices(parts, workbook))


def _in_names(parts: Parts) -> Iterator[str]:
    for name in parts.names:
        yield from (what for sign, what in _CARRIERS if sign in name)
        content = parts.content.get(name, b"")
        if name.startswith("customxml/item") and b"schemas.microsoft.com/" not in content:
            if "props" not in name:
                yield "custom XML data"
        elif "/drawings/" in name and (_DRAWN.search(content) or _CONTROL.search(content)):
            yield "a text box, drawing or control"


def _in_sheets(parts: Parts, sheets: list[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        if sheet.state != "visible" and not is_own(sheet.name):
            kind = "very hidden" if sheet.state == "veryHidden" else "hidden"
            yield f"a {kind} sheet (number {sheet.position} of {len(sheets)})"
        xml = parts.content[sheet.part]
        printed = _HEADER_FOOTER.findall(xml, max(xml.rfind(b"sheetData"), 0))
        if any(_says_more(text) for text in printed):
            yield f"a page header or footer with text ({sheet.label})"
        for link in parts.links(sheet.part).values():
            if link.kind == "hyperlink" and link.external:
                yield f"a link to a web page, file or address ({sheet.label})"
            elif link.kind == "comments" and link.target in parts.content:
                yield from _comments(parts.xml(link.target), sheet)


def _says_more(text: bytes) -> bool:
    said = text.decode("utf-8", "replace").replace("&amp;", "&").replace("&quot;", '"')
    words = re.findall(r"[^\W\d_]+|\d+", _PRINT_CODE.sub(" ", said))
    return any(word.casefold() not in _PAGE_WORDS for word in words)


def _comments(tree: Element, sheet: Sheet) -> Iterator[str]:
    """Comments that are not word for word the registry's own, whoever is said to have written them."""
    authors = ["".join(e.itertext()).strip() for e in elements(tree, "author")]
    for comment in elements(tree, "comment"):
        cell, number = comment.get("ref", ""), comment.get("authorId", "")
        author = authors[int(number)] if number in map(str, range(len(authors))) else ""
        if is_sealed(_words(comment)) or _is_old_header(cell, author, _words(comment)):
            continue
        known = re.fullmatch("[A-Z]{1,3}[0-9]{1,7}", cell)
        yield f"a comment in {cell if known else 'a cell'} ({sheet.label})"


def _is_old_header(cell: str, author: str, words: str) -> bool:
    """Templates made before comments were sealed only say who wrote them."""
    in_header = re.fullmatch("[A-Z]{1,3}1", cell) is not None
    return in_header and author == COMMENT_AUTHOR and "(registry " not in words


def _words(comment: Element) -> str:
    return "".join(e.text or "" for e in elements(comment, "t"))


def _in_defined_names(workbook: Element) -> Iterator[str]:
    for name in elements(workbook, "definedName"):
        if not _is_plain(name) or name.get("comment"):
            yield "a defined name that holds text or a formula"


def _is_plain(name: Element) -> bool:
    text = (name.text or "").strip()
    return all(_REFERENCE.fullmatch(piece) for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    """The areas of a reference; a comma inside a quoted sheet name is none."""
    return re.findall(r"(?:'[^']*'|[^,])+", text)


def _in_properties(parts: Parts) -> Iterator[str]:
    for name, text in _properties(parts, "docprops/core.xml"):
        if name in _ABOUT and text not in _OWN_PROPERTIES:
            yield f"a document property ({name})"
    if "docprops/custom.xml" in parts.content:
        names = [
            e.get("name", "").lower()
            for e in elements(parts.xml("docprops/custom.xml"), "property")
        ]
        if any(not name.startswith(_LABELS) for name in names):
            yield "custom document properties"


def _properties(parts: Parts, part: str) -> Iterator[tuple[str, str]]:
    if part in parts.content:
        for element in parts.xml(part):
            text = (element.text or "").strip()
            if isinstance(element.tag, str) and text:
                yield element.tag.rsplit("}", 1)[-1], text


def _notices(parts: Parts, workbook: Element) -> Iterator[Finding]:
    said = {n for p in ("docprops/core.xml", "docprops/app.xml") for n, _ in _properties(parts, p)}
    if said & set(_PEOPLE):
        yield notice(
            "file.author", "The workbook's properties name its author; they are not read or kept.",
            "Nothing to do. To remove them: File, Info, Inspect Document.",
        )  # fmt: skip
    names = [e.get("name", "") for e in elements(workbook, "definedName")]
    if any(not name.startswith("_xlnm.") for name in names):
        yield notice(
            "file.defined_name", "The workbook has range names of its own; they are not read or kept.",
            "Nothing to do.",
        )  # fmt: skip
    if any(name.startswith("docprops/thumbnail") for name in parts.names):
        yield notice(
            "file.preview", "The workbook carries a preview picture; it is not read or kept.",
            "Nothing to do.",
        )  # fmt: skip
    if "docprops/custom.xml" in parts.content:
        yield notice(
            "file.label", "The workbook's properties carry a label of a document system; it is not "
            "read or kept.", "Nothing to do.",
        )  # fmt: skip


def notice(rule: str, message: str, fix: str, form: str | None = None) -> Finding:
    """Something the sender should know although the file can be read."""
    return Finding(
        rule=rule, severity="inform", category="conformance", message=message, fix=fix, form=form
    )
