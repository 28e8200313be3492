"""What a spreadsheet shows of a number by its format, as far as it differs from the number itself.

A format may add text ("P"000), hide a number (;;;), drop its sign (0;0) or scale it (0,). Who reads the
sheet sees one answer and the file holds another, so such cells are told apart before anything is believed.
"""

from __future__ import annotations

import re
from typing import Literal

Difference = Literal["none", "beside", "other"]
"""none: the number as it is; beside: with a unit or a currency beside it; other: something else."""

_TOKEN = re.compile(r'General|"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|[^"]', re.DOTALL | re.IGNORECASE)
_PLACES = "0#?"
_WITHIN = re.compile(r"[0#?.,/ Ee+-]*")  # decimals, thousands, a fraction, an exponent
_CURRENCY = re.compile(r"(?:[$€£¥₹]|[A-Z]{3}|kr|zł|Kč)?", re.IGNORECASE)
_MINUS = frozenset("-(−")
_UNIT = re.compile(r"[^0-9<>≤≥]*")
_CALENDAR = re.compile(r"[ymdhs]", re.IGNORECASE)


def bare(code: str) -> str:
    """The first section of a format without quoted text, escaped signs and what stands in brackets."""
    return "".join(t for t in _sections(code)[0] if len(t) == 1)


def difference(code: str, number: float) -> Difference:
    """How what is shown differs from the number. Formats of dates and times are none of this."""
    sections = _sections(code)
    if _is_plain(sections):
        return "none"
    section = _section_of(sections, number)
    if section is None or any(t.startswith("[") and t[1:2] in "<>=" for t in section):
        return "other"
    places = [i for i, t in enumerate(section) if t in _PLACES]
    if not places:
        return "other"
    before, within, behind = (
        section[: places[0]], section[places[0] : places[-1] + 1], section[places[-1] + 1 :],
    )  # fmt: skip
    if not _WITHIN.fullmatch("".join(within)) or behind[:1] == [","]:
        return "other"
    prefix, suffix = _said(before), _said(behind)
    if number < 0 and len(sections) > 1:
        if not prefix or prefix[0] not in _MINUS:
            return "other"
        prefix, suffix = prefix[1:].strip(), suffix.removesuffix(")").strip()
    if not _CURRENCY.fullmatch(prefix) or not _UNIT.fullmatch(suffix):
        return "other"
    return "beside" if prefix or suffix else "none"


def _sections(code: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for token in _TOKEN.findall(code):
        if token == ";":
            found.append([])
        else:
            found[-1].append("0" if len(token) == 7 and token.casefold() == "general" else token)
    return found


def _is_plain(sections: list[list[str]]) -> bool:
    """General, text, percent (told by itself), and every date and time."""
    signs = "".join(t for section in sections for t in section if len(t) == 1)
    return (len(sections) == 1 and signs in ("", "@")) or "%" in signs or (
        not set(signs) & set("0#?") and bool(_CALENDAR.search(signs))
    )  # fmt: skip


def _section_of(sections: list[list[str]], number: float) -> list[str] | None:
    """The section that shows a number: above 0, below 0, 0; None where it shows nothing."""
    if number < 0 and len(sections) > 1:
        return sections[1] or None
    if number == 0 and len(sections) > 2:
        return sections[2] or None
    return sections[0] or None


def _said(tokens: list[str]) -> str:
    """The words among the tokens: quoted, escaped, a currency in brackets, or plain signs."""
    words = []
    for token in tokens:
        if token[0] in "_*" and len(token) == 2:
            continue
        if token.startswith("["):
            words.append(token[2:-1].split("-")[0] if token.startswith("[$") else "")
        else:
            words.append(
                token.strip('"') if len(token) > 2 else token[-1] if token[0] == "\\" else token
            )
    return "".join(words).strip()
