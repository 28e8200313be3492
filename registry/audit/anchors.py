"""Ends of the chain kept outside the database; whoever cuts the chain or makes it anew cannot change them all.

A line is added to `MST_HOME/audit/heads.jsonl` when the trail is verified, at every release and backup, and
with the first submission of a day. Receipts and manifests of releases carry one too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from registry.audit.enter import Head
from registry.home import home


class AnchorError(Exception):
    """A file holds no end of the chain; the message says which."""


def _path() -> Path:
    folder = home() / "audit"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "heads.jsonl"


def keep(head: Head | None) -> None:
    """Add an end to the file and see it on the disk."""
    if head is None:
        return
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **head._asdict()}
    handle = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (json.dumps(line) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_daily(head: Head | None) -> None:
    """Add an end unless one was kept today."""
    path = _path()
    today = datetime.now(UTC).date()
    if not path.exists() or datetime.fromtimestamp(path.stat().st_mtime, UTC).date() < today:
        keep(head)


def kept() -> Iterator[Head]:
    """Every end this registry kept: in its own file, and in the manifests of its releases. Raises AnchorError."""
    path = _path()
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield _head(json.loads(line), path)
    for manifest in sorted((home() / "releases").glob("[!.]*/manifest.json")):
        try:
            content = json.loads(manifest.read_text(encoding="utf-8")).get("audit")
        except (ValueError, AttributeError):
            raise AnchorError(
                f"The manifest of release {manifest.parent.name} is damaged; put it back from a backup "
                f"(tar xOf BACKUP releases/{manifest.parent.name}/{manifest.name}, see docs/backup.md)."
            ) from None
        if content:
            yield _head(content, manifest)


def of_file(path: Path) -> Head:
    """The end that a receipt or manifest carries. Raises AnchorError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _head(content["audit"], path)
    except (OSError, ValueError, KeyError, TypeError):
        raise AnchorError(f"{path.name} carries no end of the audit trail.") from None


def _head(content: dict[str, object], path: Path) -> Head:
    try:
        return Head(int(str(content["seq"])), str(content["hash"]))
    except (KeyError, ValueError):
        raise AnchorError(f"{path.name} holds a line that is no end of the audit trail.") from None
