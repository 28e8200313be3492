"""The builds on disk: one is served, named by a pointer; those just before it are kept, the rest goes."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from registry.disclosure import DisclosureError
from registry.duck import FAILURE, POINTER
from registry.files import sync, write_json
from registry.warehouse.runner import DbtError, Warehouse

_KEPT = 3  # the one served and two before it
_NUMBERED = re.compile(r".+-(\d{3,})")
_WHY = {
    DbtError: "a model failed, or a test of the data did",
    DisclosureError: "the public file would have shown too much",
    OSError: "the disk could not be written",
    duckdb.IOException: "the disk could not be written",
}


@dataclass(frozen=True)
class Build(Warehouse):
    """A finished build: its folder, its name, and the release it was made from."""

    build_id: str
    release: str


def current(home: Path) -> Build:
    """The build that is served. Raises `FileNotFoundError` before the first one."""
    pointer = json.loads((home / "warehouse" / POINTER).read_text(encoding="utf-8"))
    name = str(pointer["build"])
    return Build(home / "warehouse" / name, name, str(pointer["release"]))


@contextmanager
def attempt(root: Path, release: str, moment: datetime) -> Iterator[None]:
    """Leave word on the shelf that a build has begun, of a failure why, of a success nothing.

    Written before it is needed, since a process that is killed writes no more.
    """
    said = {"release": release, "began_at": moment.isoformat(timespec="seconds")}
    write_json(root / FAILURE, {**said, "why": "it has not come to its end"})
    try:
        yield
    except Exception as error:
        why = next((words for kind, words in _WHY.items() if isinstance(error, kind)),
                   "a fault of the registry itself")  # fmt: skip
        with contextlib.suppress(OSError):  # the first word stands where the disk is full
            write_json(root / FAILURE, {**said, "why": why})
        raise
    (root / FAILURE).unlink()


def put(made: Path, root: Path, release: str) -> Build:
    """The finished files under a name that no build ever had: DuckDB knows a file again by its path."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "-", release)
    number = max((n for n, _ in _numbered(root)), default=0) + 1
    final = root / f"{stem}-{number:03d}"
    made.rename(final)
    sync(root)
    return Build(final, final.name, release)


def serve(done: Build, words: dict[str, Any]) -> None:
    """Point to the build; `words` say what it was made of and when."""
    write_json(
        done.folder.parent / POINTER, {"build": done.build_id, "release": done.release, **words}
    )


def clear(root: Path) -> None:
    """Remove all but the newest builds. Who still reads one of the others keeps its open files."""
    for _, folder in sorted(_numbered(root))[:-_KEPT]:
        shutil.rmtree(folder)


def _numbered(root: Path) -> Iterator[tuple[int, Path]]:
    """The builds by their numbers, which go on from one release to the next."""
    for folder in root.iterdir():
        if folder.is_dir() and (number := _NUMBERED.fullmatch(folder.name)):
            yield int(number[1]), folder
