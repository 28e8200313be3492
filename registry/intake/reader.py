"""Reads a workbook, CSVs or a JSON file in a child process that may die without harm.

Some workbooks of a few kilobytes make a reader ask for hundreds of gigabytes and abort; no
`try` helps against that. The child has limits on memory, CPU and time, and the parent only ever
sees plain text. The bytes are read once: what is hashed is what is read.
"""

from __future__ import annotations

import codecs
import gc
import hashlib
import resource
import threading
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path, PurePath

import pandas  # noqa: F401  Arrow asks for it at its first array, which would be in the child
import pyarrow as pa
from pebble import ProcessExpired, concurrent

from registry.findings import Finding
from registry.forms.upload import BASED_ON_NOTHING, BASED_ON_WORDS, FORM_VERSION_WORDS

# the child is forked and imports nothing: what another thread was just importing it would wait for, and never get
from registry.intake import csv_folder, json_file, limits, workbook_file
from registry.intake.kinds import kind_of
from registry.intake.raw import RawFile, UnreadableFileError
from registry.intake.side_channels import notice
from registry.workbook.names import QUERIES_SHEET, is_own

for _encoding in ("utf-8-sig", "utf-16-le", "cp437"):
    codecs.lookup(_encoding)  # found by an import too

_ABOUT = "about"
_MAX_DIGITS = 9
_CHILDREN = threading.BoundedSemaphore(limits.CHILDREN_AT_ONCE)
_UNSAFE = (
    "This file could not be read safely.",
    "Copy the rows into a fresh template and upload that.",
    "file.unsafe",
)


def read(path: Path, *, name: str | None = None) -> RawFile:
    """What `path` holds as text: a workbook, a CSV, a folder of CSVs or a JSON file.

    `name` is what the sender called the file, where `path` is a spooled copy. Raises
    UnreadableFileError with words for the coordinator.
    """
    try:
        files, others = _contents(path, name or path.name)
    except OSError as error:
        raise UnreadableFileError(
            "The file cannot be opened.", "Close it in other programs and try again."
        ) from error
    empty = RawFile(name or path.name, _digest(files, folder=path.is_dir()), ())
    try:
        with _CHILDREN:
            raw: RawFile = _read_in_child(files, path.is_dir(), empty).result()
    except UnreadableFileError:
        raise
    except (ProcessExpired, FutureTimeoutError, MemoryError, Exception) as error:
        raise UnreadableFileError(*_UNSAFE) from error
    return replace(raw, notices=(*raw.notices, *_not_read(others)))


def _contents(path: Path, name: str) -> tuple[dict[str, bytes], int]:
    """The bytes by file name, and how many files of a folder are not read."""
    if path.is_dir():
        listed = [f for f in sorted(path.iterdir()) if not f.name.startswith(".")]
        files = {f.name: f for f in listed if f.is_file() and f.suffix.lower() == ".csv"}
        if not files:
            raise UnreadableFileError(
                "The folder holds no CSV file.", "Fill a folder made by mst template."
            )
    elif path.is_file():
        listed, files = [path], {name: path}
    else:
        raise UnreadableFileError("There is no such file.", "Check the name and the folder.")
    if sum(file.stat().st_size for file in files.values()) > limits.MAX_FILE_BYTES:
        raise UnreadableFileError(
            f"The file is larger than {limits.MAX_FILE_BYTES // 1024**2} MB.",
            "Split it by case into several files.", "file.size",
        )  # fmt: skip
    others = sum(f.name not in files and f.name != "README.txt" for f in listed)
    return {n: f.read_bytes() for n, f in files.items()}, others if path.is_dir() else 0


def digest(path: Path) -> str:
    """What tells this file from every other, in hexadecimal. Raises UnreadableFileError."""
    files, _ = _contents(path, path.name)
    return _digest(files, folder=path.is_dir())


def _digest(files: Mapping[str, bytes], *, folder: bool) -> str:
    total = hashlib.sha256()
    for name, content in files.items():
        # names and lengths are part of the digest, so that moving a row between files changes it
        total.update(f"{name if folder else ''}:{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()


# the library's types call the argument mp_context, and its code takes only context
@concurrent.process(timeout=limits.CHILD_WALL_SECONDS, context=get_context("fork"))  # type: ignore[call-overload, untyped-decorator]
def _read_in_child(files: Mapping[str, bytes], folder: bool, empty: RawFile) -> RawFile:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_CPU_SECONDS,) * 2)
    _limit_memory()
    # Arrow's own allocator sets a gigabyte aside before it hands out the first byte
    pa.set_memory_pool(pa.system_memory_pool())
    gc.disable()  # nothing here is worth a search for cycles; the child ends soon
    kinds = {kind_of(name, content) for name, content in files.items() if content or not folder}
    if folder or kinds == {"csv"}:
        return _csvs(files, empty)
    (content,) = files.values()
    if kinds == {"json"}:
        sheets, version, based_on = json_file.read(content)
        return _stamped(replace(empty, sheets=sheets), version, based_on)
    book = workbook_file.read(content)
    read_ = replace(empty, sheets=book.sheets, answers=book.answers, notices=book.notices)
    return _stamped(read_, book.form_version, book.based_on)


def _csvs(files: Mapping[str, bytes], empty: RawFile) -> RawFile:
    forms = {name: content for name, content in files.items() if not is_own(PurePath(name).stem)}
    about = [c for n, c in files.items() if PurePath(n).stem.strip().casefold() == _ABOUT]
    answers = [
        c for n, c in files.items()
        if PurePath(n).stem.strip().casefold() == QUERIES_SHEET.casefold()
    ]  # fmt: skip
    if len(answers) > 1:
        raise UnreadableFileError(
            f"Two CSV files are named {QUERIES_SHEET} but for capitals or blanks.",
            "Put them together.",
        )
    raw = replace(
        empty,
        sheets=csv_folder.sheets(forms),
        answers=csv_folder.sheet(QUERIES_SHEET, answers[0]) if answers else None,
    )
    said = csv_folder.pairs(f"{_ABOUT}.csv", about[0]) if about else {}
    version, based_on = (said.get(w.casefold()) for w in (FORM_VERSION_WORDS, BASED_ON_WORDS))
    if about and not (version or based_on):
        raise UnreadableFileError(
            f"{_ABOUT}.csv says neither {FORM_VERSION_WORDS} nor {BASED_ON_WORDS}.",
            "Copy the file again from the template or the export, or delete it.", "file.stamp",
        )  # fmt: skip
    return _stamped(raw, version, based_on)


def _stamped(raw: RawFile, version: str | None, based_on: str | None) -> RawFile:
    """With the stamp of the file. Raises UnreadableFileError for a base that is no number."""
    said = (based_on or "").strip().removeprefix("#")
    if said.casefold() in ("", BASED_ON_NOTHING):
        return replace(raw, form_version=version)
    if not (said.isascii() and said.isdigit() and len(said) <= _MAX_DIGITS):
        raise UnreadableFileError(
            f"What the file says beside {BASED_ON_WORDS} is not the number of a submission.",
            f"Write back the number that stood there, or {BASED_ON_NOTHING}.", "file.stamp",
        )  # fmt: skip
    return replace(raw, form_version=version, based_on=int(said))


def _not_read(others: int) -> tuple[Finding, ...]:
    if not others:
        return ()
    message = (
        f"The folder holds {others} more file(s) or folder(s) that are no CSV; they were not read."
    )
    return (notice("file.not_read", message, "Nothing to do, unless they hold cases."),)


def _limit_memory() -> None:
    """Allow the child so much more than the process it was forked from already uses."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path(
        "/proc/self/statm"
    ).exists() else 0  # fmt: skip
    limit = pages * resource.getpagesize() + limits.CHILD_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
