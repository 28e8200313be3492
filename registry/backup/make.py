"""One backup: the database and the files as of one snapshot, proven before it gets its name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pyrage.x25519 import Identity, Recipient
from sqlalchemy import Connection, text

from registry import store
from registry.audit import head, note
from registry.audit.anchors import keep
from registry.backup.archive import DATABASE, Manifest, pack, sha256
from registry.backup.contents import contents, is_audited, snapshot
from registry.backup.encryption import encrypt, recipient
from registry.backup.errors import BrokenTrailError, OccupiedError
from registry.backup.keeping import folder, new_name, workspace
from registry.backup.postgres import dump, major_version, session_of, tool
from registry.backup.proof import Progress, audit_faults, take_out
from registry.deidentify.files import appear
from registry.home import home
from registry.lifecycle.erased import LEDGER

_ALTHOUGH_BROKEN = (
    "Somebody altered the registry: keep the older backups. mst backup --although-broken makes one "
    "with this written down."
)


def create(
    target: Path | None = None,
    *,
    public_key: str | None = None,
    although_broken: bool = False,
    progress: Progress = lambda _: None,
) -> Path:
    """Make a backup at `target`, a file or a folder, by default `MST_HOME/backups`, and prove it.

    With a public key it is encrypted to it. `although_broken` writes what does not hold of the audit
    trail into the manifest, where else the backup is refused. Raises BackupError; a file that is not
    proven is not kept.
    """
    made_at = datetime.now(UTC)
    readers = [recipient(public_key)] if public_key else []
    path = target or folder()
    if path.is_dir():
        path = path / new_name(made_at, encrypted=bool(readers))
    with session_of(store.owner_url()) as session, workspace() as aside:

        def fill(beside: Path) -> None:
            manifest, sources = _collect(session, made_at, aside, although_broken, progress)
            _fill(beside, session, manifest, sources, readers, aside, progress)

        try:
            appear(path, fill)
        except FileExistsError:
            raise OccupiedError(f"{path} is there already; nothing is overwritten.") from None
    if store.revision() == store.head_revision():
        note("make a backup", detail=path.name)
    return path


def _fill(
    file: Path, session: Connection, manifest: Manifest, sources: dict[str, Path],
    readers: Sequence[Recipient], aside: Path, progress: Progress,
) -> None:  # fmt: skip
    file.touch(mode=0o600)
    progress(f"packing {len(sources)} files")
    key = _write(file, manifest, sources, readers, aside / "plain")
    (aside / DATABASE).unlink()  # its room is needed for the proof
    try:
        take_out(session, file, key, aside / "proof", progress)
    except BrokenTrailError as error:
        raise BrokenTrailError(f"{error}\n{_ALTHOUGH_BROKEN}") from None
    keep(manifest.audit_head)


def _write(
    file: Path, manifest: Manifest, sources: dict[str, Path], readers: Sequence[Recipient], plain: Path
) -> Identity | None:  # fmt: skip
    """Write the archive. Returns a key that opens it, if one is needed.

    The key of the readers is elsewhere: one made here proves the encrypted file and is forgotten.
    """
    if not readers:
        pack(manifest, sources, file)
        return None
    key = Identity.generate()
    plain.touch(mode=0o600)
    pack(manifest, sources, plain)
    encrypt(plain, file, [*readers, key.to_public()])
    plain.unlink()
    return key


def _collect(
    session: Connection, made_at: datetime, aside: Path, although_broken: bool, progress: Progress
) -> tuple[Manifest, dict[str, Path]]:
    """Releases are listed before the snapshot, keys and the ledger of erasures after it: none is then newer
    than the rows it rests on, no row was signed by a key that is not there, and what was erased meanwhile is
    in the ledger."""
    postgres, program = tool("pg_dump", at_least=major_version(session))
    served, releases = _served(), _files("releases/*/*")
    published = {
        **_files("public/*/*"),
        **_files("public/current.json"),
        **_files("publications/*/*"),
    }
    with snapshot(store.owner_url()) as frozen:
        name: str = frozen.execute(text("select pg_export_snapshot()")).scalar_one()
        progress("reading the database")
        found = contents(frozen)
        end = head(frozen) if is_audited(found) else None
        broken = audit_faults(frozen, end) if although_broken and end else ()
        progress(f"dumping {sum(t.rows for t in found.tables.values()):,} rows")
        dump(store.owner_url(), program, aside / DATABASE, snapshot=name)
    sources = {
        DATABASE: aside / DATABASE, **_files("keys/*"), **_files("audit/heads.jsonl"), **_ledger(aside),
        **releases, **published,
    }  # fmt: skip
    manifest = Manifest(
        made_at=made_at, code_version=version("microtransplant-registry"), postgres=postgres,
        revision=found.revision, tables=found.tables, roles=found.roles, audit_head=end, audit_faults=broken, served=served,
        parts={name: sha256(path) for name, path in sources.items()},
    )  # fmt: skip
    return manifest, sources


def _ledger(aside: Path) -> dict[str, Path]:
    """A copy: an erasure may add to the ledger before it is packed."""
    return {name: Path(shutil.copy(path, aside / name)) for name, path in _files(LEDGER).items()}


def _files(pattern: str) -> dict[str, Path]:
    """Files of the state folder by their name in it; those still being written begin with a point."""
    found = ((path.relative_to(home()), path) for path in sorted(home().glob(pattern)))
    return {
        str(name): path
        for name, path in found
        if path.is_file() and not any(part.startswith(".") for part in name.parts)
    }


def _served() -> str | None:
    """The name of the release whose warehouse is served."""
    pointer = home() / "warehouse" / "current.json"
    return json.loads(pointer.read_text(encoding="utf-8"))["release"] if pointer.exists() else None
