"""A workbook of our own making, and what the fast reader makes of it.

calamine is fast, but one cell in the far corner makes it ask for 500 GB, and so does a number of shared
strings that is a lie. So it never sees a sender's file: it gets the rows that `sheet_xml` has looked
through, the shared strings and the styles, in a container written here, and nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.etree.ElementTree import Element

import python_calamine

from registry.intake.kinds import damaged
from registry.intake.sheet_xml import plain, without_struck
from registry.intake.workbook_parts import Parts, elements

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_SST = re.compile(rb"<sst\b[^>]*>")


def values(
    parts: Parts, main: str, tree: Element, rows: list[bytes]
) -> list[list[tuple[int, list[Any]]]]:
    """For each sheet its rows with the number that Excel shows; blank rows are left out."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(_rebuilt(parts, main, tree, rows))
        return [_numbered(book.get_sheet_by_index(i)) for i in range(len(rows))]
    except MemoryError:
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise damaged() from error


def _numbered(sheet: Any) -> list[tuple[int, list[Any]]]:
    if sheet.start is None:
        return []
    margin, blank = [""] * sheet.start[1], [""] * sheet.width
    return [
        (number, margin + cells)
        for number, cells in enumerate(sheet.iter_rows(), start=1)
        if cells != blank and any(map(_filled, cells))
    ]


def _filled(cell: Any) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _rebuilt(parts: Parts, main: str, tree: Element, rows: list[bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as container:
        for name, text in _frame(len(rows), _counts_from_1904(tree)).items():
            container.writestr(name, text)
        for link in parts.links(main).values():
            if link.kind in ("sharedStrings", "styles") and link.target in parts.content:
                # the declared number of strings is believed by the reader, so it goes
                content = _SST.sub(b"<sst>", plain(parts.content[link.target]), count=1)
                content = without_struck(content)
                container.writestr(f"xl/{link.kind}.xml", content)
        for i, data in enumerate(rows):
            xml = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>'
            container.writestr(f"xl/worksheets/sheet{i}.xml", xml % (_MAIN.encode(), data))
    file.seek(0)
    return file


def _frame(count: int, from_1904: bool) -> dict[str, str]:
    """The parts every workbook needs, for sheets named s0, s1, ..."""
    sheets = "".join(f'<sheet name="s{i}" sheetId="{i + 1}" r:id="r{i}"/>' for i in range(count))
    links = "".join(_rel(f"r{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(count))
    others = "".join(_rel(kind, kind, f"{kind}.xml") for kind in ("sharedStrings", "styles"))
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _RELS.format(_rel("r", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _RELS.format(links + others),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(from_1904)}"/><sheets>{sheets}</sheets></workbook>',
    }


def _rel(id_: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _counts_from_1904(tree: Element) -> bool:
    return any(e.get("date1904") in ("1", "true") for e in elements(tree, "workbookPr"))
