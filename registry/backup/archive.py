"""The file of a backup: a tar archive with the manifest first, and the digest of it all at the end.

`tar` and `age` open it without the registry; they ignore the 32 bytes after the archive's end. The
digest is there because the parts have one each but the blocks between them have none.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from registry.audit import Head
from registry.backup.contents import Contents, Table
from registry.backup.errors import BackupError

DATABASE = "database.dump"
_MANIFEST = "manifest.json"
_DIGEST_BYTES = hashlib.sha256().digest_size
_CHUNK = 1024**2

_NAME = r"[^./\\][^/\\]*"
# what may be written on restoring: nothing with a leading point, nothing that leads elsewhere
PartName = Annotated[
    str,
    StringConstraints(
        pattern=rf"^(database\.dump|keys/{_NAME}|audit/heads\.jsonl|erasures\.jsonl|(releases|public|publications)/{_NAME}/{_NAME}"
        r"|public/current\.json)$"
    ),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DamagedError(BackupError):
    def __init__(self) -> None:
        super().__init__(
            "The file is damaged, cut short, or no backup of the registry. Take another copy of it."
        )


class Manifest(BaseModel):
    """What is in the archive, and what the database must hold once it is restored.

    `postgres` is the version of the program that wrote the dump; `audit_head` the end of the
    audit trail, `audit_faults` what did not hold of it and was accepted, `served` the release that
    was served. Warehouse files are not in it, since `mst build` makes them again from a release.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["mst backup 1"] = "mst backup 1"
    made_at: AwareDatetime
    code_version: str
    postgres: int
    revision: str
    tables: dict[str, Table]
    roles: tuple[str, ...]
    audit_head: Head | None
    audit_faults: tuple[str, ...] = ()
    served: str | None
    parts: dict[PartName, Sha256]

    def contents(self) -> Contents:
        return Contents(self.revision, self.tables, self.roles)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(manifest: Manifest, sources: Mapping[str, Path], target: Path) -> None:
    """Write the manifest and its parts to `target`, an empty file of the right mode."""
    with target.open("wb") as file:
        written = _Digesting(file)
        with tarfile.open(fileobj=written, mode="w|") as tar:
            content = manifest.model_dump_json(indent=1).encode()
            tar.addfile(_entry(_MANIFEST, len(content), manifest, 0o600), io.BytesIO(content))
            for name, source in sources.items():
                with source.open("rb") as part:
                    status = os.fstat(part.fileno())
                    tar.addfile(_entry(name, status.st_size, manifest, status.st_mode), part)
        file.write(written.digest.digest())


def _entry(name: str, size: int, manifest: Manifest, mode: int) -> tarfile.TarInfo:
    """Made by hand: tarfile's own would add who made it on which machine."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, mode & 0o777
    entry.mtime = int(manifest.made_at.timestamp())
    return entry


class _Digesting(io.RawIOBase):
    """Passes on what is written and digests it on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.digest.update(data)
        return self._file.write(data)


def unpack(archive: Path, into: Path) -> Manifest:
    """Write every part under `into`, each held against its digest. Raises DamagedError."""
    _require_whole(archive)
    try:
        with tarfile.open(archive, "r:") as tar:
            manifest = Manifest.model_validate_json(_content(tar, tar.next()).read())
            found = {name: sha256(path) for name, path in _extracted(tar, manifest, into)}
    except (tarfile.TarError, ValidationError):
        raise DamagedError from None
    if found != manifest.parts:
        raise DamagedError
    return manifest


def _require_whole(archive: Path) -> None:
    left = archive.stat().st_size - _DIGEST_BYTES
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        if left or file.read() != digest.digest():
            raise DamagedError


def _extracted(tar: tarfile.TarFile, manifest: Manifest, into: Path) -> Iterator[tuple[str, Path]]:
    for entry in tar:
        if entry.name == _MANIFEST:
            continue
        if entry.name not in manifest.parts:
            raise DamagedError
        path = into / entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("wb") as file:
            shutil.copyfileobj(_content(tar, entry), file, _CHUNK)
        path.chmod(entry.mode & 0o755)
        yield entry.name, path


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo | None) -> IO[bytes]:
    content = tar.extractfile(entry) if entry is not None else None
    if content is None:
        raise DamagedError
    return content
