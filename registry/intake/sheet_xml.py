"""A plain scan of one sheet's XML, for what the fast reader hides or would choke on.

The reader (calamine) gives an empty cell for #N/A and for a formula that was never calculated, 0.25
for 25 %, and asks for gigabytes when one cell stands in the far corner. So the rows are looked through
first: cells of these kinds are rewritten as text that says what they are, rows without a value are left
out, and a cell far from the others is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from registry.intake import limits
from registry.intake.kinds import damaged
from registry.intake.number_formats import bare, difference
from registry.intake.raw import UnreadableFileError
from registry.intake.workbook_parts import elements

FORMULA = "\ue000formula"
"""The text of a formula without a result. The sign is of private use: no keyboard writes it."""
STRUCK = "\ue000struck"
"""The text of a cell that is struck out, in whole or in part."""
OTHER = "\ue000other"
"""The text of a number whose format shows something else."""
BESIDE = "\ue000beside"
"""Stands before a number whose format shows a unit beside it."""
_FAR_COLUMN = re.compile(rb' r="((?:[A-Z]{3,7}|[J-Z][A-Z]|I[W-Z])[0-9]+)"[^>]*(?<!/)>')
_PREFIX = re.compile(rb"<(\w+):(?:worksheet|sst)\b")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ROW = re.compile(rb"<row\b([^>]*)>")
_NUMBER = re.compile(rb"""\br=["'](\d{1,7})["']""")
_TRUE = rb"""=["'](?:1|true)["']"""
_HIDDEN_ROW = re.compile(rb"\bhidden" + _TRUE)
_HIDDEN_COLUMN = re.compile(rb"<col\b[^>]*\bhidden" + _TRUE)
_MERGED = re.compile(rb"""<mergeCell\b[^>]*\bref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")
_UNCALCULATED = re.compile(
    rb"<c\b([^>]*)(?<!/)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(<v\b[^>]*/>|<v\b[^>]*>\s*</v>)?\s*</c>"
)
_FILLED = (b"<v", b"<is", b"<f")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_STYLE = re.compile(rb"""\bs=["'](\d+)["']""")
_VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</v>")
_HOLDS = re.compile(rb"<v\b[^>]*>[^<]|<t\b[^>]*>[^<]|<f\b")
_STRING = re.compile(rb"<(si|is)\b[^>]*>(.*?)</\1>", re.DOTALL)
_STRIKE = re.compile(rb"""<strike\b(?![^>]*\bval=["'](?:0|false)["'])""")
_ADDRESS = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]+[0-9]+)["']""")


@dataclass(frozen=True)
class Formats:
    """Cell styles (by number) that show something else than the stored value."""

    percent: frozenset[int] = frozenset()
    zeros: tuple[tuple[int, int], ...] = ()  # style, digits shown at least
    others: tuple[tuple[int, str], ...] = ()  # style, a format that adds, hides or scales
    struck: frozenset[int] = frozenset()

    @classmethod
    def of(cls, styles: Element) -> Formats:
        """From the part styles.xml."""
        codes = {9: "0%", 10: "0.00%"}
        codes |= {
            int(e.get("numFmtId", 0)): e.get("formatCode", "") for e in elements(styles, "numFmt")
        }
        cell_formats = list(next(iter(elements(styles, "cellXfs")), ()))
        given = [codes.get(int(e.get("numFmtId", 0)), "") for e in cell_formats]
        shown = list(map(bare, given))
        percent = frozenset(i for i, code in enumerate(shown) if "%" in code)
        others = {i: code for i, code in enumerate(given) if _differs(code)}
        zeros = tuple((i, len(code)) for i, code in enumerate(shown) if re.fullmatch("00+", code))
        fonts = [_is_struck(font) for font in next(iter(elements(styles, "fonts")), ())]
        struck = frozenset(
            i for i, e in enumerate(cell_formats)
            if (font := int(e.get("fontId", 0))) < len(fonts) and fonts[font]
        )  # fmt: skip
        return cls(percent, zeros, tuple(others.items()), struck)


@dataclass(frozen=True)
class SheetXml:
    """One sheet: its rows ready for the reader, and what else was seen."""

    rows: bytes
    merged: tuple[str, ...]
    hidden_rows: int
    hidden_columns: bool


def scan(label: str, xml: bytes, formats: Formats) -> SheetXml:
    """Raises UnreadableFileError for too many rows and for cells far from the others."""
    xml = plain(xml)
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    data = _to_last_value(xml[start:end]) if 0 <= start < end else b""
    kept, last, hidden = [], 0, 0
    for number, row, tag in _filled_rows(data):
        kept.append(row)
        last = max(last, number)
        hidden += _HIDDEN_ROW.search(tag) is not None
    _require_near(label, kept, last)
    rows = b"".join(kept)
    addresses = _ADDRESS.findall(rows)
    if len(set(addresses)) < len(addresses):
        raise damaged()  # of two cells in one place the reader would keep the last
    if far := _FAR_COLUMN.search(rows):
        raise _far(label, far[1].decode())
    merged = tuple(m.decode() for m in _MERGED.findall(xml, max(end, 0)))
    before = xml[: max(start, 0)]
    return SheetXml(
        _rewritten(rows, formats), merged, hidden, _HIDDEN_COLUMN.search(before) is not None
    )


def plain(xml: bytes) -> bytes:
    """The same part without comments, CDATA and a prefix on its element names."""
    if b"<!--" in xml:
        xml = _COMMENT.sub(b"", xml)
    if b"<![CDATA[" in xml:
        xml = _CDATA.sub(lambda m: escape(m[1].decode()).encode(), xml)
    if prefix := _PREFIX.search(xml[:4096]):
        xml = re.sub(rb"(</?)" + prefix[1] + rb":", rb"\1", xml)
    return xml


def without_struck(xml: bytes) -> bytes:
    """The same part with every text of which a run is struck out replaced by what says so."""
    if b"<strike" not in xml:
        return xml
    return _STRING.sub(
        lambda m: b"<%s><t>%s</t></%s>" % (m[1], STRUCK.encode(), m[1])
        if _STRIKE.search(m[2]) else m[0], xml,
    )  # fmt: skip


def _to_last_value(data: bytes) -> bytes:
    """Without the formatted but empty rows at the end, of which there may be a million."""
    last = max(data.rfind(sign) for sign in _FILLED)
    before, end, _ = data[max(last, 0) :].partition(b"</row>")
    return data[: last + len(before + end)] if last >= 0 else b""


def _filled_rows(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, XML and attributes of each row with a value, an inline text or a formula."""
    number = 0
    starts = list(_ROW.finditer(data))
    for tag, following in zip(starts, [*starts[1:], None], strict=False):
        said = _NUMBER.search(tag[1])
        number = int(said[1]) if said else number + 1
        end = following.start() if following else len(data)
        if not said or any(data.find(e, tag.end(), end) >= 0 for e in _FILLED):
            yield number, data[tag.start() : end], tag[1]


def _require_near(label: str, rows: list[bytes], last: int) -> None:
    if len(rows) > limits.MAX_ROWS + 1:
        raise UnreadableFileError(
            f"{label} has more than {limits.MAX_ROWS:,} rows.",
            "Split it by case into several files.", "file.size",
        )  # fmt: skip
    if last > limits.MAX_ROW_NUMBER:
        far = re.search(rb"""\br=["']([A-Z]+[0-9]+)["'][^>]*(?<!/)>""", rows[-1])
        raise _far(label, far[1].decode() if far else f"row {last}")


def _far(label: str, cell: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{label} has a stray value in {cell}, far away from the rest.",
        "Clear that cell (select it and press Delete), save, and upload again.",
        "file.far_cell",
    )


def _rewritten(rows: bytes, formats: Formats) -> bytes:
    rows = without_struck(rows)
    if b"<f" in rows:
        rows = _UNCALCULATED.sub(_formula, rows)
    shown = (*formats.zeros, *formats.others)
    styles = sorted({*formats.percent, *formats.struck, *(style for style, _ in shown)})
    if not styles and b't="e"' not in rows and b"t='e'" not in rows:
        return rows
    wanted = rb"""\bt=["']e["']"""
    if styles:
        wanted += rb"""|\bs=["'](?:%s)["']""" % "|".join(map(str, styles)).encode()
    cells = re.compile(rb"<c\b(?=[^>]*(?:" + wanted + rb"))([^>]*)(?<!/)>(.*?)</c>", re.DOTALL)
    return cells.sub(lambda m: _shown(m, formats), rows)


def _formula(match: re.Match[bytes]) -> bytes:
    kind = _TYPE.search(match[1])
    if kind and kind[1] == b"str" and match[2]:
        return match[0]  # the result is an empty text
    return _text(match[1], FORMULA)


def _shown(match: re.Match[bytes], formats: Formats) -> bytes:
    """The cell as text: the error, or the number as the sender sees it."""
    kind, style, value = _TYPE.search(match[1]), _STYLE.search(match[1]), _VALUE.search(match[2])
    if style and int(style[1]) in formats.struck and _HOLDS.search(match[2]):
        return _text(match[1], STRUCK)
    if kind and kind[1] == b"e":
        return _text(match[1], "#N/A")
    if (kind and kind[1] != b"n") or not style or not value:
        return match[0]
    try:
        number = Decimal(repr(float(value[1])))  # Excel writes 0.07 as 7.0000000000000007E-2
    except ValueError:
        return match[0]
    if int(style[1]) in formats.percent:
        return _text(match[1], f"{(number * 100).normalize():f}%")
    if code := dict(formats.others).get(int(style[1])):
        how = difference(code, float(number))
        if how != "none":
            beside = f"{BESIDE}{number.normalize():f}"
            return _text(match[1], beside if how == "beside" else OTHER)
    digits = dict(formats.zeros).get(int(style[1]))
    if digits and number == number.to_integral_value() and 0 <= number < 10**15:
        return _text(match[1], f"{int(number):0{digits}d}")
    return match[0]


def _text(attributes: bytes, text: str) -> bytes:
    return b'<c%s t="str"><v>%s</v></c>' % (_TYPE.sub(b"", attributes), text.encode())


def _differs(code: str) -> bool:
    """Whether some number is shown as something else than it is."""
    return any(difference(code, number) != "none" for number in (1.0, -1.0, 0.0))


def _is_struck(font: Element) -> bool:
    """Whether a font strikes its text out."""
    return any(e.get("val", "1") not in ("0", "false") for e in elements(font, "strike"))
