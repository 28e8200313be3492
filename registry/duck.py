"""Opens a warehouse file the only way it may be opened: to read it, and nothing beside it.

`read_only` alone still lets a query read and write other files; external access is switched off
and the configuration locked as well. This module knows no form and no database, so that the
public dashboard may use it.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import duckdb

FAILED_BUILD = "failed.json"  # beside the pointer, as long as the last build has failed


class NoWarehouseError(Exception):
    """No warehouse has been built yet."""


class TooMuchError(Exception):
    """A query took too long or gave too many rows; the message says what to do."""


def served_folder(pointer: Path) -> Path:
    """The folder of the build that `current.json` names. Raises NoWarehouseError."""
    try:
        build = json.loads(pointer.read_text(encoding="utf-8"))["build"]
    except (FileNotFoundError, KeyError, json.JSONDecodeError) as error:
        raise NoWarehouseError("No warehouse has been built yet; run mst build.") from error
    return pointer.parent / str(build)


def open_locked(path: Path, *, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A connection that reads `path` and can neither reach other files nor be unlocked."""
    connection = duckdb.connect(
        str(path),
        read_only=True,
        config={
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "memory_limit": memory_limit,
            "threads": "2",
        },
    )
    # a bar among the rows of a command would spoil them
    connection.execute("set enable_progress_bar = false; set lock_configuration = true")
    return connection


def ask(
    connection: duckdb.DuckDBPyConnection, query: str, *, seconds: float, rows: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a query. Raises TooMuchError after so many seconds or rows."""
    stop = threading.Timer(seconds, connection.interrupt)
    stop.start()
    try:
        found = connection.execute(query)
        names = [column[0] for column in found.description or []]
        told = found.fetchmany(rows + 1)
    except duckdb.InterruptException:
        raise TooMuchError(
            f"The query was stopped after {seconds:g} seconds. Ask for less, or give it more by --seconds."
        ) from None
    finally:
        stop.cancel()
    if len(told) > rows:
        raise TooMuchError(
            f"The query gives more than {rows:,} rows. Ask for fewer, allow more by --rows, or open the "
            "file itself."
        )
    return names, told
