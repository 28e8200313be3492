"""Text that a spreadsheet would take for a formula, and how it is written so that it stays text.

A cell that starts with = + - @ TAB CR or LF, or a full-width form of those signs, is run as a formula
by some spreadsheets (OWASP, CSV injection). In a CSV such text gets an apostrophe in front, which
`plain_text` takes off again. In a workbook it is stored as a string and needs none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_STARTS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def is_risky(text: str) -> bool:
    """Whether a spreadsheet may run the text. A number such as -5.2 is none."""
    return _STARTS.match(text) is not None and _NUMBER.fullmatch(text) is None


def safe_text(text: str) -> str:
    """The text for a CSV cell: with an apostrophe in front if a spreadsheet may run it."""
    return f"'{text}" if is_risky(text) else text


def plain_text(text: str) -> str:
    """The text that `safe_text` was given."""
    return text[1:] if text.startswith("'") and is_risky(text) else text


def csv_text(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A CSV of the rows under their names, in which no cell is one that a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for cells in (names, *(row.values() for row in rows)):
        writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()
