"""What a cell says once everything invisible and every way of writing the same letter is gone.

Hospitals send full-width digits, no-break spaces, and zero-width characters inside names; all
detectors look at the same cleaned form, so none of them is dodged by such writing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’ʼ′`´"), "'")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "°": "o"})
_INVISIBLE = {"Cf", "Cs"}
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Cell:
    """One cell: `text` as a reader sees it, `folded` in small letters without accents."""

    text: str
    folded: str


def cell(raw: str) -> Cell:
    """The cell of any string; surrounding blanks, NFC or NFD make no difference."""
    text = cleaned(raw)
    return Cell(text, folded(text))


def cleaned(raw: str) -> str:
    """NFKC, nothing invisible, plain dashes and apostrophes, single blanks."""
    if not raw.isascii():
        # Twice: a mark that an invisible character kept apart joins its letter only afterwards.
        raw = unicodedata.normalize("NFKC", _visible(unicodedata.normalize("NFKC", raw)))
        raw = raw.translate(_DASHES).translate(_QUOTES)
    return _BLANKS.sub(" ", raw).strip()


def folded(text: str) -> str:
    """Small letters, accents stripped, ß as ss."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(c for c in apart if not unicodedata.combining(c))


def _visible(text: str) -> str:
    """Without format characters (zero-width, soft hyphen, direction marks) and surrogates."""
    return "".join(c for c in text if c.isprintable() or unicodedata.category(c) not in _INVISIBLE)
