"""Builds the warehouse from a release: three files made aside, checked, then served by a pointer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from registry.consensus import Consensus, in_force
from registry.disclosure import verify_public
from registry.files import aside, only_one, sync
from registry.forms import FORMS, CenterForm
from registry.forms.arrow import QUERY_FILE, QUERY_SCHEMA, raw_sql_types, sql_columns
from registry.warehouse import shelf
from registry.warehouse.runner import DbtError, Warehouse, project_variables, run_dbt
from registry.warehouse.score import judging, variables, verdict_rows
from registry.warehouse.shelf import Build

_TAKEN = "Another build is running; nothing was done. Try again when it has ended."


def build(
    release_dir: Path,
    home: Path,
    *,
    progress: Callable[[str], None],
    versions: Sequence[Consensus] | None = None,
    at: datetime | None = None,
) -> Build:
    """Builds all models from the Parquet files of a release and starts serving them.

    Nothing is served unless every model and test succeeded and the public file was verified: a
    failed build raises (`DbtError`, `DisclosureError`) and the last one stays current. While another
    process builds, `TakenError` is raised. `versions` of the consensus, oldest first, judge the
    events of their years, the last all that is later; by default those in force. `at` is now.
    """
    moment = at or datetime.now(UTC)
    manifest = _manifest(release_dir)
    release = str(manifest.get("name") or release_dir.name)
    root = home / "warehouse"
    with (
        only_one(root / ".lock", _TAKEN),
        aside(root, ".building-") as scratch,
        shelf.attempt(root, release, moment),
    ):
        files = Warehouse(scratch / "files")
        files.folder.mkdir()
        _make(files, release_dir, manifest, home, in_force() if versions is None else versions,
              scratch, progress)  # fmt: skip
        if _manifest(release_dir) != manifest:
            raise DbtError("A case was erased from the release while it was built; build it again.")
        done = shelf.put(files.folder, root, release)
        shelf.serve(done, {
            "built_from": str(release_dir), "data_cut": manifest.get("created_at"),
            "built_at": moment.isoformat(timespec="seconds"),
        })  # fmt: skip
        shelf.clear(root)
    progress(f"serving {done.build_id}")
    return done


def _make(
    files: Warehouse,
    release_dir: Path,
    manifest: Mapping[str, Any],
    home: Path,
    versions: Sequence[Consensus],
    scratch: Path,
    progress: Callable[[str], None],
) -> None:
    """The three files, complete, checked and on the disk."""
    judges = judging(release_dir, versions)
    known = variables(judges[-1], judges)
    if len(judges) > 1:
        known["earlier_verdicts"] = True
    words = _release_words(manifest) | {"queries_told": (release_dir / QUERY_FILE).exists()}
    progress("reading the release")
    _attach_raw(files.steward, release_dir)
    _score_earlier(files.steward, release_dir, home, judges, progress)
    progress("building the models")
    run_dbt(
        ["build", "--exclude-resource-type", "unit_test"],
        warehouse=files, variables=project_variables(known, words),
        scratch=scratch, cache=home / "cache", on_done=progress,
    )  # fmt: skip
    _close_steward(files.steward)
    progress("verifying the public file")
    verify_public(files.public)
    for path in files.files():
        sync(path)


def consensus_vars() -> dict[str, Any]:
    """The variables of dbt that come from the current consensus."""
    return variables(in_force()[-1])


def _manifest(release_dir: Path) -> dict[str, Any]:
    path = release_dir / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _release_words(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the public learns of a release: names and versions, never its counts."""
    return {
        "release": manifest.get("name"),
        "data_cut": manifest.get("created_at"),
        "form_version": manifest.get("form_version"),
        "consensus_version": manifest.get("consensus_version"),
        "code_version": manifest.get("code_version"),
    }


def _attach_raw(steward: Path, release_dir: Path) -> None:
    """One view a form over its Parquet file; a form without a file is an empty table."""
    with duckdb.connect(str(steward)) as connection:
        connection.execute("create schema raw")
        for name, form in FORMS.items():
            connection.execute(_raw_relation(name, form, release_dir / f"{name}.parquet"))
        connection.register("nothing_asked", QUERY_SCHEMA.empty_table())
        connection.execute("create table raw.query as from nothing_asked")
        if (release_dir / QUERY_FILE).exists():
            connection.execute(
                "insert into raw.query from read_parquet(?)", [str(release_dir / QUERY_FILE)]
            )


def _raw_relation(name: str, form: type[CenterForm], path: Path) -> str:
    if not path.exists():
        return f"create table raw.{name} ({sql_columns(form)})"
    present = set(pq.read_schema(path).names)
    columns = ", ".join(
        f"cast({column if column in present else 'null'} as {kind}) as {column}"
        for column, kind in raw_sql_types(form).items()
    )
    quoted = str(path.resolve()).replace("'", "''")
    return f"create view raw.{name} as select {columns} from read_parquet('{quoted}')"


def _score_earlier(
    steward: Path,
    release_dir: Path,
    home: Path,
    judges: Sequence[Consensus],
    progress: Callable[[str], None],
) -> None:
    """What versions before the last say of the events of their years, for `fct_verdict` to take in."""
    for number, version in enumerate(judges[:-1]):
        progress(f"judging by consensus {version.version}")
        with (
            verdict_rows(release_dir, home, version, judges) as rows,
            duckdb.connect(str(steward)) as connection,
        ):
            connection.register("scored", rows)
            into = (
                "insert into raw.earlier_verdict"
                if number
                else "create table raw.earlier_verdict as"
            )
            connection.execute(f"{into} from scored")


def _close_steward(steward: Path) -> None:
    """The file must stand alone: the views on the release go, staging holds the rows."""
    with duckdb.connect(str(steward)) as connection:
        connection.execute("drop schema raw cascade")
        connection.execute("checkpoint")
