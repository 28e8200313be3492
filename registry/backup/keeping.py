"""Where backups lie: `MST_HOME/backups`, one file each, named by the time (UTC) they were made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.backup.encryption import is_encrypted
from registry.home import home

SUFFIX = ".mstbackup"


def folder() -> Path:
    path = home() / "backups"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def new_name(made_at: datetime, *, encrypted: bool) -> str:
    return f"{made_at:%Y%m%dT%H%M%SZ}{SUFFIX}{'.age' if encrypted else ''}"


def _paths() -> list[Path]:
    return sorted(path for path in folder().glob(f"[!.]*{SUFFIX}*") if path.is_file())


def backups() -> list[dict[str, Any]]:
    """One row per backup in the folder, oldest first."""
    return [
        {"file": path.name, "written_at": f"{_written_at(path):%Y-%m-%d %H:%M:%S}",
         "bytes": path.stat().st_size, "encrypted": is_encrypted(path)}
        for path in _paths()
    ]  # fmt: skip


def last_written_at() -> datetime | None:
    """When the newest backup of the folder was made, if there is one."""
    return max(map(_written_at, _paths()), default=None)


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def prune(keep: int) -> list[str]:
    """Remove all backups of the folder but the newest `keep`. Returns the names of those removed."""
    old = _paths()[:-keep]
    for path in old:
        path.unlink()
    return [path.name for path in old]


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder for parts in the clear, gone at the end; what a killed run left goes before.

    To be entered by whoever holds the lock of `session_of`.
    """
    for left in folder().glob(".*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".work-") as aside:
        yield Path(aside)
