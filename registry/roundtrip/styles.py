"""Styles the marks and the registry's sheets need, added to a workbook's own without touching any."""

from __future__ import annotations

from xml.dom.minidom import Element

from registry.findings import Severity
from registry.roundtrip.xml import children, dump, graft, insert_ordered, parse, root

_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip

# fill, pattern over it, frame and letters differ, so that no mark depends on seeing its colour
MARK_LOOKS: dict[Severity, tuple[str, str, str, str, str]] = {
    "reject": ("FFF4B6B0", "FFF4B6B0", "solid", "thin", "FFB3261E"),
    "query": ("FFFFE08A", "FFE0A800", "lightUp", "dashed", "FF8A6100"),
    "inform": ("FFD3E5F8", "FFD3E5F8", "solid", "dotted", "FF2F6DA8"),
}


def mark_style(severity: Severity) -> str:
    """The differential format of a marked cell."""
    back, fore, pattern, line, ink = MARK_LOOKS[severity]
    sides = "".join(
        f'<{s} style="{line}"><color rgb="{ink}"/></{s}>'
        for s in ("left", "right", "top", "bottom")
    )
    letters = {"reject": "<b/>", "query": "", "inform": "<i/>"}[severity]
    # a solid differential fill shows its background colour, a pattern shows both
    return (
        f'<dxf><font>{letters}</font><fill><patternFill patternType="{pattern}">'
        f'<fgColor rgb="{fore}"/><bgColor rgb="{back}"/></patternFill></fill>'
        f"<border>{sides}</border></dxf>"
    )


class Styles:
    """The styles part. Asking twice for the same style gives the same number."""

    def __init__(self, data: bytes) -> None:
        self._document = parse(data)
        self._root = root(self._document)

    def dump(self) -> bytes:
        return dump(self._document)

    def mark(self, severity: Severity) -> int:
        return self._number("dxfs", mark_style(severity))

    def cell(
        self, *, bold: bool = False, size: float = 11, ink: str = "FF22333B", fill: str = "",
        underline: bool = False, wrap: bool = True, line: bool = True, quoted: bool = False,
    ) -> int:  # fmt: skip
        """A cell format; `quoted` keeps text that looks like a formula text when it is edited."""
        font = self._number(
            "fonts",
            f"<font>{'<b/>' if bold else ''}{'<u/>' if underline else ''}"
            f'<sz val="{size}"/><color rgb="{ink}"/><name val="Calibri"/></font>',
        )
        solid = f'<patternFill patternType="solid"><fgColor rgb="{fill}"/></patternFill>'
        background = self._number("fills", f"<fill>{solid}</fill>") if fill else 0
        frame = '<bottom style="thin"><color rgb="FFC9D6D9"/></bottom>' if line else "<bottom/>"
        border = self._number(
            "borders",
            f"<border><left/><right/><top/>{frame}<diagonal/></border>",
        )
        return self._number(
            "cellXfs",
            f'<xf numFmtId="49" fontId="{font}" fillId="{background}" '
            f'borderId="{border}" xfId="0"{" quotePrefix=" + chr(34) + "1" + chr(34) if quoted else ""} '
            'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment vertical="top"{" wrapText=" + chr(34) + "1" + chr(34) if wrap else ""}/></xf>',
        )

    def _number(self, group: str, snippet: str) -> int:
        holder = self._holder(group)
        wanted = graft(holder, snippet)
        known = [node.toxml() for node in children(holder)]
        if wanted.toxml() in known:
            return known.index(wanted.toxml())
        holder.appendChild(wanted)
        holder.setAttribute("count", str(len(known) + 1))
        return len(known)

    def _holder(self, group: str) -> Element:
        found = children(self._root, group)
        if found:
            return found[0]
        new = graft(self._root, f'<{group} count="0"/>')
        insert_ordered(self._root, new, _ORDER)
        return new
