"""How a form workbook looks: colours, widths and the comment on each column header."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from registry.forms import Column
from registry.forms.upload import EXAMPLE_CASE, UploadColumn

KEY, CORE, EXTENDED = "#0B3C49", "#13717F", "#D7E7EA"
KEY_BODY, LINE, INK, MUTED = "#EEF5F6", "#C9D6D9", "#22333B", "#5F7177"
UPLOAD, EXAMPLE_BODY = "#ECE7DA", "#FFF8DC"
FONT = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "vcenter"}

EXAMPLE_NOTE = (
    f"Example row.\nIt shows what a row looks like. The registry never stores rows of the case "
    f"{EXAMPLE_CASE}: leave this row, or delete it."
)


@dataclass(frozen=True)
class Look:
    """The cell formats of one workbook."""

    headers: dict[str, Format]
    bodies: dict[str, Format]
    quoted: Format
    example: Format
    title: Format
    subtitle: Format
    section: Format
    text: Format
    strong: Format
    note: Format
    link: Format
    code_header: Format
    tab: str = CORE
    muted: str = MUTED

    @classmethod
    def of(cls, book: Workbook) -> Look:
        def make(**more: object) -> Format:
            return book.add_format({**FONT, **more})

        keyed = {"bg_color": KEY_BODY, "border": 1, "border_color": LINE}
        text = {"num_format": "@", "align": "left", "indent": 1}
        number = {"align": "right", "indent": 1}
        head = {"bold": True, "border": 1, "border_color": LINE, "indent": 1}
        return cls(
            headers={
                "key": make(**head, bg_color=KEY, font_color="white", underline=1),
                "core": make(**head, bg_color=CORE, font_color="white"),
                "extended": make(**head, bg_color=EXTENDED),
                "upload": make(**head, bg_color=UPLOAD, italic=True),
            },
            bodies={
                "key text": make(**keyed, **text),
                "key number": make(**keyed, **number),
                "text": make(**text),
                "number": make(**number),
            },
            quoted=make(**text, quote_prefix=True),
            example=make(
                italic=True,
                font_color="#7A6A2F",
                bg_color=EXAMPLE_BODY,
                indent=1,
                align="left",
                border=4,
                border_color="#CBB968",
            ),
            title=make(font_size=22, bold=True, font_color=KEY),
            subtitle=make(font_size=12, font_color=MUTED),
            section=make(font_size=14, bold=True, font_color=CORE, bottom=1, bottom_color=LINE),
            text=make(text_wrap=True, indent=1, num_format="@"),
            strong=make(bold=True, num_format="@"),
            note=make(italic=True, font_color=MUTED, text_wrap=True),
            link=make(bold=True, font_color=CORE, underline=1),
            code_header=make(**head, bg_color=EXTENDED),
        )

    def header(self, column: Column) -> Format:
        return self.headers["key" if column.item.key else column.item.tier]

    def body(self, column: Column) -> Format:
        kind = "text" if column.type in ("text", "boolean") else "number"
        return self.bodies[f"key {kind}" if column.item.key else kind]


def column_width(column: Column) -> float:
    """Wide enough for the header with its filter arrow and for the longest code."""
    longest = max((len(code) for code in column.item.codes or ()), default=0)
    return min(max(len(column.name) + 5, longest + 3, 12), 44)


def header_comment(column: Column) -> str:
    """Label, unit, codes or pattern, limits, why it is asked, where it is used, an example."""
    item = column.item
    lines = [
        item.label,
        _tier_words(column),
        f"Why: {item.why}",
        f"Write: {_what_to_write(column)}",
    ]
    lines += [f"Unit: {item.unit}"] if item.unit else []
    lines += [f"Possible: {_span(item.low, item.high)}"] if item.low is not None else []
    lines += [f"Usual: {_span(*item.plausible)}"] if item.plausible else []
    lines += [f"Used by: {', '.join(item.uses[:6])}"] if item.uses else []
    lines += [f"Example: {item.example}"] if item.example else []
    return "\n".join(lines)


def upload_comment(column: UploadColumn) -> str:
    """What one of the columns at the end of a sheet is for."""
    return "\n".join([column.label, column.words, f"Write: {' | '.join(column.codes)}"])


def comment_options(text: str) -> dict[str, object]:
    """A box that holds the whole comment (about 48 characters a line)."""
    rows = sum(1 + len(line) // 48 for line in text.splitlines())
    return {"width": 330, "height": 24 + 17 * rows, "color": "#FFFDF2", "font_size": 10}


def _tier_words(column: Column) -> str:
    if column.item.key:
        return "Key: always needed, names the row"
    if column.item.tier == "core":
        core = f"Core {column.item.only_if_words}".rstrip()
        return f"{core}: a value, or one of the four words for missing"
    return "Extended: welcome, may stay empty"


def _what_to_write(column: Column) -> str:
    item = column.item
    if item.codes is not None:
        return " | ".join(item.codes)
    if item.pattern_words is not None:
        return item.pattern_words
    words = {"boolean": "yes or no", "integer": "a whole number", "number": "a number"}
    return words.get(column.type, "text")


def _span(low: float | None, high: float | None) -> str:
    return f"{low:g} to {high:g}" if low is not None and high is not None else ""
