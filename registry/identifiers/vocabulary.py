"""The word lists of this package: YAML files beside the code, so that anybody can add a word."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from registry.identifiers.text import folded


@cache
def words(file: str, key: str) -> frozenset[str]:
    """All words under a key of a file, small letters without accents; languages put together."""
    found = read(file)[key]
    if isinstance(found, dict):
        found = [word for language in found.values() for word in language]
    return frozenset(folded(str(word)) for word in found)


@cache
def listed(file: str) -> frozenset[str]:
    """All words of a text file (given_names.txt, surnames.txt): small letters without accents."""
    lines = Path(__file__).with_name(f"{file}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


@cache
def read(file: str) -> Any:
    """The content of a word file; an unreadable one stops the program."""
    path = Path(__file__).with_name(f"{file}.yaml")
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def either(alternatives: frozenset[str] | list[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(_pattern(word) for word in sorted(alternatives, key=lambda w: (-len(w), w)))


def _pattern(word: str) -> str:
    return re.escape(word).replace(r"\ ", r"[ ._-]{0,2}")
