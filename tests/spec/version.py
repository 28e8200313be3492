"""Copies of the current consensus with lines changed, as a new version would be written."""

from __future__ import annotations

import shutil
from pathlib import Path

from registry import consensus


def changed_copy(
    folder: Path, *changes: tuple[str, str, str], name: str = consensus.CURRENT_VERSION
) -> Path:
    """A copy in which each change (file, old, new) was made at its only place."""
    copy = folder / name
    shutil.copytree(consensus.FOLDER / consensus.CURRENT_VERSION, copy)
    for file, old, new in changes:
        text = (copy / file).read_text()
        assert text.count(old) == 1, (file, old, text.count(old))
        (copy / file).write_text(text.replace(old, new))
    return copy
