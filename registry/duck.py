"""Opens a warehouse file the only way it may be opened: to read it, and nothing beside it.

`read_only` alone still lets a query read and write other files; external access is switched off
and the configuration locked as well. This module knows no form and no database, so that the
public dashboard may use it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

import duckdb

_ONE_AT_A_TIME = threading.Lock()

POINTER, FAILURE = "current.json", "last_failure.json"
_NONE_BUILT = "Nothing is served yet; run mst build, and for the public mst release publish."


class NoWarehouseError(Exception):
    """No warehouse has been built yet, or nothing published."""


class QueryError(Exception):
    """What is asked is no single statement; the message says what to do."""


class TooMuchError(QueryError):
    """A query took too long or gave too many rows."""


@dataclass(frozen=True)
class Standing:
    """What is served: the release, the day of its data, when it was built. `failed` is a later build
    that did not succeed: its release, when it began, and why."""

    release: str
    data_day: str
    built_at: datetime
    failed: tuple[str, datetime, str] | None


def standing(pointer: Path) -> Standing:
    """What `current.json` and the word of a later failure beside it say. Raises NoWarehouseError."""
    try:
        said = json.loads(pointer.read_text(encoding="utf-8"))
        built_at = datetime.fromisoformat(said["built_at"])
        data_day = str(said["data_cut"] or "unknown")[:10]
        return Standing(said["release"], data_day, built_at, _failed(pointer))
    except (FileNotFoundError, KeyError, json.JSONDecodeError) as error:
        raise NoWarehouseError(_NONE_BUILT) from error


def _failed(pointer: Path) -> tuple[str, datetime, str] | None:
    try:
        said: dict[str, Any] = json.loads(pointer.with_name(FAILURE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return said["release"], datetime.fromisoformat(said["began_at"]), said["why"]


def served_folder(pointer: Path) -> Path:
    """The folder of the build that `current.json` names. Raises NoWarehouseError."""
    try:
        build = json.loads(pointer.read_text(encoding="utf-8"))["build"]
    except (FileNotFoundError, KeyError, json.JSONDecodeError) as error:
        raise NoWarehouseError(_NONE_BUILT) from error
    return pointer.parent / str(build)


def open_served(pointer: Path, audience: str) -> duckdb.DuckDBPyConnection:
    """A connection to the file of the build that is served. Raises NoWarehouseError.

    A build that was replaced, and removed, between the look at the pointer and at the file is let go.
    """
    while True:
        folder = served_folder(pointer)
        try:
            return open_locked(folder / f"{audience}.duckdb")
        except duckdb.IOException:
            if served_folder(pointer) == folder:
                raise


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
    # connections of one process to one file share its configuration: the first has locked it
    with _ONE_AT_A_TIME:
        if connection.execute("select current_setting('lock_configuration')").fetchone() == (
            False,
        ):
            # a bar among the rows of a command would spoil them
            connection.execute("set enable_progress_bar = false; set lock_configuration = true")
    return connection


def ask(
    connection: duckdb.DuckDBPyConnection, query: str, *, seconds: float, rows: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names, each once, and rows of a query. Raises QueryError, TooMuchError after so many seconds or rows."""
    statements = connection.extract_statements(query)
    if len(statements) != 1:
        raise QueryError(
            "Several statements; ask them one at a time."
            if statements
            else "There is no statement in the query; write one, such as: select count(*) from dim_patient"
        )
    stop = threading.Timer(seconds, connection.interrupt)
    stop.start()
    try:
        found = connection.execute(statements[0])
        names = _apart([column[0] for column in found.description or []])
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


def _apart(names: Sequence[str]) -> list[str]:
    """The names with those that come again numbered, as in a table made of the query: a, a_1."""
    apart = list[str]()
    for name in names:
        numbered = (f"{name}_{number}" for number in count(1))
        apart.append(next(one for one in chain([name], numbered) if one not in apart))
    return apart
