"""What processes of the registry do in these tests, each as a command would."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def upload(path: str, center: str, key: str | None, more: dict[str, Any] | None = None) -> Any:
    """The receipt of a file sent, as `mst submit --format json` prints it."""
    from registry.intake.submit import submit

    return submit(Path(path), center, actor="ada", key=key, **(more or {})).as_dict()


def uploads(sent: list[tuple[str, str]], center: str) -> list[str]:
    """The same for several files with their keys, one after the other; what became of each."""
    return [upload(path, center, key)["status"] for path, key in sent]


def migrate(revision: str = "head") -> None:
    from registry import store

    store.migrate(revision)


def release(name: str) -> Any:
    from registry import release

    return release.create(name, as_of=NOW)["counts"]


def build(name: str) -> str:
    from registry import release, warehouse

    home = Path(os.environ["MST_HOME"])
    return warehouse.build(release.folder(name), home, progress=lambda _: None, at=NOW).build_id
