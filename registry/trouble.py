"""Troubles of the machine that pass: a full disk, a database that is gone. One place for what is said
of them, so that commands and pages say the same, and never a value or a traceback."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import adbc_driver_manager
import psycopg
from sqlalchemy.exc import DBAPIError

from registry.files import TakenError
from registry.home import home
from registry.store import ServerError

_FULL = "{} is full; nothing was stored. Free some space there and try again."
_READ_ONLY = "{} can only be read; nothing was stored. Make it writable and try again."
_FORBIDDEN = (
    "{} may not be written; nothing was stored. Give the right to write there and try again."
)
_DISKS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _FORBIDDEN,
}
_UNREACHED = (
    "The database cannot be reached; nothing was stored. Try again in a minute; if it stays so, "
    "tell the steward of the registry."
)
_LOST = (
    "The connection to the database was lost: either everything was stored or nothing. Try again; "
    "a file that was stored is known again and never stored twice."
)
_BUSY = "The database is busy with others; nothing was stored. Try again in a minute."
_DATABASE_DISK = "The disk of the database"
# the first of these that an SQLSTATE begins with says what is the matter
_STATES = {
    "53100": _FULL.format(_DATABASE_DISK),
    "25006": _READ_ONLY.format("The database"),
    "53": _BUSY,
    "55P03": _BUSY,
    "40": _BUSY,
    "57014": _BUSY,
    "57P03": _UNREACHED,
    "57P": _LOST,
    "25P": _LOST,
    "08": _LOST,
    "58": "The database cannot use its disk; nothing was stored. Tell the steward of the registry.",
}
_LEAST_BYTES = 32 * 1024**2  # PostgreSQL writes its log ahead in files of 16 MB, one ahead


def trouble(error: BaseException) -> str | None:
    """What to tell a person of a trouble that passes; None for any other error, a bug for one."""
    for each in _chain(error):
        if isinstance(each, TakenError):
            return str(each)
        if isinstance(each, (DBAPIError, psycopg.Error, adbc_driver_manager.Error, ServerError)):
            return _of_database(each)
        if said := _of_disk(each):
            return said
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_database(error: BaseException) -> str | None:
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    source = error.orig if isinstance(error, DBAPIError) and error.orig else error
    state = getattr(source, "sqlstate", None)
    said = next((words for code, words in _STATES.items() if (state or "").startswith(code)), None)
    if said is None and (lost or (state is None and _is_of_connection(source))):
        said = _LOST if lost else _UNREACHED
    if said in (_LOST, _UNREACHED) and _own_disk_is_full():
        return _FULL.format(_DATABASE_DISK)
    return said


def _is_of_connection(error: BaseException) -> bool:
    kinds = (
        ServerError, psycopg.OperationalError, psycopg.InterfaceError,
        adbc_driver_manager.OperationalError,
    )  # fmt: skip
    return isinstance(error, kinds)


def _own_disk_is_full() -> bool:
    """The embedded server stops when it cannot write, and takes its reason with it."""
    return "MST_DATABASE_URL" not in os.environ and _is_full(home())


def _of_disk(error: BaseException) -> str | None:
    for code, words in _DISKS.items():
        # DuckDB, Arrow and dbt hand on the system's words and not its number
        if getattr(error, "errno", None) == code or os.strerror(code) in str(error):
            return words.format(_place(_is_full if words is _FULL else _is_closed))
    return None


def _place(is_ill: Callable[[Path], bool]) -> str:
    """Which disk it is; the system does not say it of a file that is already open."""
    if is_ill(home()):
        return "The disk of the state folder"
    for name in ("spool", "releases", "warehouse", "keys", "cache"):
        if (folder := home() / name).exists() and is_ill(folder):
            return f"The disk with the folder {name} of the registry"
    return "The disk of the file to be written"


def _is_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < _LEAST_BYTES


def _is_closed(folder: Path) -> bool:
    return not os.access(folder, os.W_OK)
