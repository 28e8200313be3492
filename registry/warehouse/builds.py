"""The builds that lie in the warehouse's folder: which hold a case, and how one goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import duckdb

from registry.duck import POINTER
from registry.files import TakenError, aside, only_one
from registry.warehouse.shelf import Build, current


def served(home: Path) -> Build | None:
    """The build that is served, None if there is none."""
    try:
        return current(home)
    except FileNotFoundError:
        return None


def holding(home: Path, is_wanted: Callable[[str, str], bool]) -> list[Path]:
    """The folders of the builds that hold a case, told by center and case."""
    files = sorted((home / "warehouse").glob("[!.]*/steward.duckdb"))
    return [file.parent for file in files if any(is_wanted(*case) for case in _cases(file))]


def remove(home: Path, folders: Collection[Path]) -> None:
    """Remove builds, and what builds that broke off left behind; one still served goes out of service."""
    build = served(home)
    if build is not None and build.folder in folders:
        (home / "warehouse" / POINTER).unlink()
    for folder in folders:
        shutil.rmtree(folder)
    root = home / "warehouse"
    if root.exists():
        # a build in the making notices an erasure itself
        with suppress(TakenError), only_one(root / ".lock", ""), aside(root, ".building-"):
            pass


def _cases(file: Path) -> set[tuple[str, str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select t.table_name from duckdb_tables() as t "
            "where 2 = (select count(*) from duckdb_columns() as c where c.table_oid = t.table_oid "
            "and c.column_name in ('center_id', 'case_id'))"
        ).fetchall()
        found: set[tuple[str, str]] = set()
        for (table,) in tables:
            found |= set(
                connection.execute(
                    f'select distinct center_id, case_id from "{table}" where case_id is not null'
                ).fetchall()
            )
        return found
