"""What a column header announces, by the lists in headers.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from registry.identifiers.text import cleaned, folded
from registry.identifiers.vocabulary import read

_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class HeaderKind:
    """One kind of identifier with its header words, blanks removed."""

    kind: str
    safe_harbor: str
    whole: frozenset[str]
    words: frozenset[str]
    inside: tuple[str, ...]


@cache
def header_kinds() -> tuple[HeaderKind, ...]:
    """The kinds in the order of the file. Letters A to R: 45 CFR 164.514(b)(2)(i)."""
    return tuple(
        HeaderKind(
            kind=entry["kind"],
            safe_harbor=entry["safe_harbor"],
            whole=frozenset(_joined(w) for w in entry["whole"]),
            words=frozenset(_joined(w) for w in entry["words"]),
            inside=tuple(_joined(w) for w in entry["inside"]),
        )
        for entry in read("headers")
    )


@cache
def screen_header(text: str) -> str | None:
    """The kind of identifier a column header names, in words such as "a name", or None."""
    parts = _parts(text)
    joined = "".join(parts)
    runs = {
        "".join(parts[i:j])
        for i in range(len(parts))
        for j in range(i + 1, min(i + 6, len(parts)) + 1)
    }
    for kind in header_kinds():
        if joined in kind.whole or runs & kind.words or any(s in joined for s in kind.inside):
            return kind.kind
    return None


def _parts(header: str) -> list[str]:
    return _WORD.findall(folded(_CAMEL.sub(" ", cleaned(header))))


def _joined(entry: str) -> str:
    return "".join(_WORD.findall(folded(str(entry))))
