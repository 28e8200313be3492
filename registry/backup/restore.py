"""A backup becomes the registry again: only where there is none, and only after it is proven."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from registry import store
from registry.access.accounts import end_every
from registry.access.tables import ACCOUNT
from registry.audit import enter
from registry.backup.archive import DATABASE, Manifest, sha256
from registry.backup.encryption import read_key
from registry.backup.errors import BackupError, OccupiedError
from registry.backup.keeping import workspace
from registry.backup.postgres import clear, load, session_of
from registry.backup.proof import Progress, differing, restoring_tool, take_out
from registry.home import home
from registry.lifecycle.erased import LEDGER, ledger, write_down
from registry.schema import SUBMISSION


def restore(
    path: Path, *, key: Path | None = None, progress: Progress = lambda _: None
) -> Manifest:
    """Fill an empty registry from a backup. Raises BackupError with nothing changed."""
    opened = read_key(key) if key else None
    with session_of(store.owner_url()) as session, workspace() as aside:
        _require_empty(session)
        manifest = take_out(session, path, opened, aside, progress)
        _require_room(manifest)
        progress("restoring the files")
        _place(aside, manifest)
        progress("restoring the database")
        _replace(session, aside / DATABASE, manifest)
        progress(f"comparing the rows of {len(manifest.tables)} tables")
        faults = differing(store.owner_url(), manifest)
    if faults:
        raise BackupError("\n".join(["Restored, but not to be used:", *faults]))
    _begin_again(manifest)
    return manifest


def _begin_again(manifest: Manifest) -> None:
    """In the shape of this version, with nobody signed in, and with the restore in its audit trail.

    Whoever signed out after the backup was made would be signed in again, without knowing it.
    """
    store.migrate()
    with store.engine("mst_access").begin() as session:
        end_every(session, datetime.now(UTC))
        enter(session, "restore a backup", detail=f"made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC")


def _require_empty(session: Connection) -> None:
    for table in (SUBMISSION, ACCOUNT):
        there: str | None = session.execute(select(func.to_regclass(str(table)))).scalar_one()
        if there and session.execute(select(table.c[0]).limit(1)).first():
            raise OccupiedError(
                f"This registry holds {table.name}s; a backup is restored into an empty one only. "
                "Name a new folder in MST_HOME, or an empty database in the two database URLs."
            )


def _require_room(manifest: Manifest) -> None:
    for name, digest in _own(manifest).items():
        path = home() / name
        if path.exists() and sha256(path) != digest:
            raise OccupiedError(
                f"The state folder holds another {name}; nothing is overwritten. "
                "Name a new folder in MST_HOME."
            )


def _own(manifest: Manifest) -> dict[str, str]:
    return {n: digest for n, digest in manifest.parts.items() if n not in (DATABASE, LEDGER)}


def _place(aside: Path, manifest: Manifest) -> None:
    for name in _own(manifest):
        path = home() / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(aside / name, path)
    # a later ledger may lie here already, and says what must be erased again
    for line in ledger(aside / LEDGER):
        write_down(line)
    # on the disk before the database is: a registry with rows and without its key is refused here
    os.sync()


def _replace(session: Connection, dump_file: Path, manifest: Manifest) -> None:
    """In the database that is there, so that its owner, its grants and its settings stay.

    Migrating first makes the roles as this version wants them. After a crash in between there is
    an empty database, and the restore can be run again.
    """
    _, program = restoring_tool(session, manifest)
    store.migrate()
    clear(session, manifest.tables)
    load(store.owner_url(), program, dump_file, "--single-transaction")
