"""Uploads while they are read: under random names that only the registry can open, gone afterwards."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from registry.home import home

ENDINGS = ("xlsx", "csv", "json")


@dataclass(frozen=True)
class Upload:
    """What a person chose: one file, or the CSVs of one folder."""

    name: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def token(self) -> str:
        """Stands for the content, to know the same choice again on the next rerun."""
        total = sha256()
        for name, content in self.files:
            total.update(f"{name}:{len(content)}:".encode() + content)
        return total.hexdigest()


def chosen(files: Sequence[tuple[str, bytes]]) -> Upload:
    """One upload of one or several files; several go as the CSVs of one folder."""
    name = files[0][0] if len(files) == 1 else f"{len(files)} files"
    return Upload(name, tuple(sorted(files)))


@contextmanager
def spooled(upload: Upload) -> Iterator[Path]:
    """The path of the upload; for several files, of a folder with them."""
    folder = home() / "spool" / secrets.token_hex(16)
    folder.mkdir(mode=0o700, parents=True)
    try:
        if len(upload.files) == 1:
            yield _write(folder / "upload", upload.files[0][1])
        else:
            inner = folder / "upload"
            inner.mkdir(mode=0o700)
            for name, content in upload.files:
                _write(inner / _plain(name), content)
            yield inner
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, content: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def _plain(name: str) -> str:
    """A file name that is a name and no path."""
    kept = "".join(c for c in Path(name.replace("\\", "/")).name if c.isalnum() or c in "._- ")
    return kept.lstrip(".")[:80] or "unnamed"
