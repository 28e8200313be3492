"""Work on a workbook in a child process that may die without harm (see registry.intake.reader)."""

from __future__ import annotations

import resource
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

from pebble import ProcessExpired, concurrent

from registry.intake import limits
from registry.intake.raw import UnreadableFileError

_MEMORY = 2 * limits.CHILD_MEMORY_BYTES
_UNMARKED = (
    "The workbook could not be marked.",
    "Use the list of findings instead, or copy the rows into a fresh template and send that.",
    "file.unmarked",
)


def guarded(work: Callable[[], None]) -> None:
    """Runs `work` with limits on memory and time. Raises UnreadableFileError if it fails."""
    try:
        _in_child(work).result()
    except UnreadableFileError:
        raise
    except (ProcessExpired, FutureTimeoutError, MemoryError, Exception) as error:
        raise UnreadableFileError(*_UNMARKED) from error


@concurrent.process(timeout=2 * limits.CHILD_WALL_SECONDS)
def _in_child(work: Callable[[], None]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * limits.CHILD_CPU_SECONDS,) * 2)
    limit = _in_use() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    work()


def _in_use() -> int:
    """Bytes the process had when it was forked; the child inherits them."""
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text().split()[0]) if statm.exists() else 0
    return pages * resource.getpagesize()
