"""A short checksum under every comment the registry writes.

Some spreadsheets forget who wrote a comment. By the checksum the registry's words are known again when
the file comes back, and a comment somebody wrote into is not taken for one of them.
"""

from __future__ import annotations

import re
from hashlib import sha256

SEPARATOR = "\n\n· · · · ·\n"
"""Between a comment of the registry and the comment the cell already had."""

_SEALED = re.compile(r"(.*) \(registry ([0-9a-f]{10})\)")


def sealed(text: str) -> str:
    """The text with its checksum in a last line."""
    return f"{text}\n(registry {_checksum(_words(text))})"


def is_sealed(text: str) -> bool:
    """Whether the comment, or each part of a joined one, is as the registry wrote it."""
    parts = _words(text).split(f" {_words(SEPARATOR)} ")
    found = [_SEALED.fullmatch(part) for part in parts]
    return all(f is not None and _checksum(f.group(1)) == f.group(2) for f in found)


def _checksum(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:10]


def _words(text: str) -> str:
    """Spreadsheets break lines in their own ways."""
    return " ".join(text.split())
