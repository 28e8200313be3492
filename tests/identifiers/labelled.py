"""Reads the labelled strings beside this file."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a tab-separated file; \\u200b and the like stand for what cannot be seen."""
    head, *lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), _seen(line).split("\t"), strict=True)) for line in lines]


def _seen(line: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), line)
