"""A backup counts once it was restored: here into a scratch database of the same server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pyrage.x25519 import Identity
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from registry import audit, store
from registry.backup.archive import DATABASE, Manifest, unpack
from registry.backup.contents import contents, differences, is_audited, snapshot
from registry.backup.encryption import decrypt, is_encrypted, read_key
from registry.backup.errors import BackupError, BrokenTrailError
from registry.backup.keeping import workspace
from registry.backup.postgres import ensure_roles, load, major_version, scratch, session_of, tool

Progress = Callable[[str], None]


def prove(database_url: URL, manifest: Manifest) -> None:
    """Hold a restored database against what the manifest says of it.

    The one place for what a restored database must stand: a further check is asked here. Foreign keys
    are not among them, since PostgreSQL checks every row when it restores one. Raises BackupError,
    BrokenTrailError where nothing but the trail is at fault.
    """
    faults, trail = differing(database_url, manifest), _trail_faults(database_url, manifest)
    if faults or trail:
        kind = BackupError if faults else BrokenTrailError
        raise kind("\n".join(["The backup is not what it says it is:", *faults, *trail]))


def _trail_faults(database_url: URL, manifest: Manifest) -> list[str]:
    """What of the audit trail does not hold, and is not known not to."""
    if not is_audited(manifest.contents()):
        return []
    with snapshot(database_url) as session:
        found = audit_faults(session, manifest.audit_head)
    return [f"audit trail: {fault}" for fault in found if fault not in manifest.audit_faults]


def audit_faults(session: Connection, end: audit.Head | None) -> tuple[str, ...]:
    """What of an audit trail that should end so does not hold."""
    return tuple(fault.message for fault in audit.verify(session, [end] if end else []))


def differing(database_url: URL, manifest: Manifest) -> list[str]:
    """What of its migration, its tables and its rows is not as the manifest says."""
    with snapshot(database_url) as session:
        return differences(manifest.contents(), contents(session))


def verify(path: Path, *, key: Path | None = None, progress: Progress = lambda _: None) -> Manifest:
    """Restore a backup into a scratch database and drop it again. Raises BackupError."""
    with session_of(store.owner_url()) as session, workspace() as aside:
        return take_out(session, path, read_key(key) if key else None, aside, progress)


def take_out(
    session: Connection, path: Path, key: Identity | None, aside: Path, progress: Progress
) -> Manifest:
    """The parts of a proven backup, laid under `aside`. Raises BackupError for any other."""
    if not path.is_file():
        raise BackupError(f"There is no backup {path}.")
    progress("checking every byte of the file")
    aside.mkdir(exist_ok=True)
    manifest = unpack(_in_the_clear(path, key, aside / "plain"), aside)
    _require_known(manifest.revision)
    progress("proving it: restoring into a scratch database")
    _, program = restoring_tool(session, manifest)
    ensure_roles(session, manifest.roles)
    with scratch(session) as beside:
        # whose the tables are is not proven: not every login that may read them may give them away
        load(beside, program, aside / DATABASE, "--no-owner", f"--jobs={os.cpu_count() or 1}")
        progress(f"comparing the rows of {len(manifest.tables)} tables")
        prove(beside, manifest)
    return manifest


def restoring_tool(session: Connection, manifest: Manifest) -> tuple[int, Path]:
    return tool("pg_restore", at_least=max(major_version(session), manifest.postgres))


def _in_the_clear(path: Path, key: Identity | None, plain: Path) -> Path:
    if not is_encrypted(path):
        return path
    if key is None:
        raise BackupError("The backup is encrypted. Name the file of its key by --key.")
    plain.touch(mode=0o600)
    decrypt(path, plain, key)
    return plain


def _require_known(revision: str) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(store.alembic_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if revision not in known:
        raise BackupError(
            f"The backup is of migration {revision}; this version of the registry knows up to "
            f"{scripts.get_current_head()}. Install the version that made it, or a newer one."
        )
