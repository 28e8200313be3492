"""Reads a workbook or a folder of CSVs in a child process that may die without harm.

Some workbooks of a few kilobytes make a reader ask for hundreds of gigabytes and abort; no
`try` helps against that. The child has limits on memory, CPU and time, and the parent only ever
sees plain text.
"""

from __future__ import annotations

import hashlib
import resource
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

from pebble import ProcessExpired, concurrent

from registry.intake import limits
from registry.intake.raw import RawFile, RawSheet, UnreadableFileError

_UNSAFE = UnreadableFileError(
    "This file could not be read safely.",
    "Copy the rows into a fresh template and upload that.",
)


def read(path: Path) -> RawFile:
    """The sheets of `path` as text. Raises UnreadableFileError with words for the coordinator."""
    sha256 = digest(path)
    try:
        sheets = _read_in_child(path).result()
    except UnreadableFileError:
        raise
    except (ProcessExpired, FutureTimeoutError, MemoryError, Exception) as error:
        raise _UNSAFE from error
    return RawFile(path.name, sha256, sheets)


def digest(path: Path) -> str:
    """What tells this file from every other, in hexadecimal. Raises UnreadableFileError."""
    if path.is_dir():
        files = sorted(path.glob("*.csv"))
        if not files:
            raise UnreadableFileError(
                "The folder holds no CSV file.", "Fill a folder made by mst template."
            )
    elif path.is_file():
        files = [path]
    else:
        raise UnreadableFileError("There is no such file.", "Check the name and the folder.")
    size = sum(file.stat().st_size for file in files)
    if size == 0:
        raise UnreadableFileError("The file is empty.", "Fill a template and upload that.")
    if size > limits.MAX_FILE_BYTES:
        raise UnreadableFileError(
            f"The file is larger than {limits.MAX_FILE_BYTES // 1024**2} MB.",
            "Split it by case into several files.",
        )
    total = hashlib.sha256()
    for file in files:
        # names and lengths are part of the digest, so that moving a row between files changes it
        total.update(f"{file.name if path.is_dir() else ''}:{file.stat().st_size}:".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


@concurrent.process(timeout=limits.CHILD_WALL_SECONDS)
def _read_in_child(path: Path) -> tuple[RawSheet, ...]:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_CPU_SECONDS,) * 2)
    _limit_memory()
    from registry.intake import csv_folder, workbook_file

    if path.is_dir():
        return csv_folder.sheets(path)
    return workbook_file.sheets(path)


def _limit_memory() -> None:
    """Allow the child so much more than the process it was forked from already uses."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path(
        "/proc/self/statm"
    ).exists() else 0  # fmt: skip
    limit = pages * resource.getpagesize() + limits.CHILD_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
