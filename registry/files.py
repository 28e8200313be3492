"""Files that outlast a crash: whole or not there at all, and written by one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class TakenError(Exception):
    """Another process is doing the same; the message says what. Try again when it has ended."""


@contextmanager
def only_one(lock: Path, taken: str) -> Iterator[int]:
    """Hold the file `lock` during the block, and its descriptor. Raises TakenError(`taken`).

    The system lets go of it when the process dies, however it dies.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TakenError(taken) from None
        yield handle
    finally:
        os.close(handle)


@contextmanager
def aside(root: Path, prefix: str) -> Iterator[Path]:
    """A folder under `root` to write in, gone afterwards. Call it where only one process may be.

    What a process that was killed has left there goes first.
    """
    for left in root.glob(f"{prefix}*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file: a reader finds the old or the new one, and after a crash so does the disk."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
