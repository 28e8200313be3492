"""The box of a comment, as the drawing (VML) of a sheet describes it."""

from __future__ import annotations

import re

from registry.roundtrip.worksheet import Worksheet, column_of

EMPTY_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
SHAPE_TYPE_ID = "_x0000_t202"
_BOX_WIDTH, _LINE_CHARACTERS, _ROW_PIXELS, _LINE_PIXELS = 340, 50, 20, 17


def reading_order(cell: str) -> tuple[int, int]:
    return row_of(cell), column_of(cell)


def row_of(cell: str) -> int:
    return int(re.sub(r"\D", "", cell)) - 1


def _anchor(sheet: Worksheet, cell: str, text: str) -> str:
    """Left, top, right and bottom of the box: right of the cell and as tall as the text."""
    column, row = column_of(cell) + 1, row_of(cell)
    left, wide = column, 0
    while wide < _BOX_WIDTH and column < left + 12:
        here = int(sheet.width(column) * 7 + 5) if sheet.width(column) else 0
        rest = min(here, _BOX_WIDTH - wide)
        wide, column = wide + here, column + 1
    lines = sum(1 + len(line) // _LINE_CHARACTERS for line in text.splitlines())
    rows = -(-(lines * _LINE_PIXELS + 14) // _ROW_PIXELS)
    return f"{left}, 12, {row}, 4, {column - 1}, {rest}, {row + rows}, 4"


def shape(number: int, cell: str, text: str, sheet: Worksheet) -> str:
    """A hidden box right of the cell, large enough for the text."""
    return (
        '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel" '
        f'id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="position:absolute;margin-left:80pt;margin-top:2pt;width:255pt;height:80pt;'
        f'z-index:{number - 1024};visibility:hidden" fillcolor="#fff6d6" o:insetmode="auto">'
        '<v:fill color2="#fff6d6"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{_anchor(sheet, cell, text)}</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row_of(cell)}</x:Row>"
        f"<x:Column>{column_of(cell)}</x:Column></x:ClientData></v:shape>"
    )
