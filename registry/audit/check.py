"""Verifies the trail of this registry, keeps its end, and remembers when it was last found whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from registry.audit.anchors import keep
from registry.audit.enter import Head, head
from registry.audit.verify import Fault, verify
from registry.home import home
from registry.store import engine


def check(anchors: Iterable[Head] = ()) -> tuple[Head | None, list[Fault]]:
    """The end of the chain and what is wrong with it; see `registry.audit.verify`."""
    with engine("mst_reader").begin() as session:
        faults = verify(session, anchors)
        end = head(session)
    if not faults:
        keep(end)
    result = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "faults": len(faults)}
    path = _path()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(result) + "\n", encoding="utf-8")
    aside.replace(path)
    return end, faults


def last_verified() -> tuple[datetime, int] | None:
    """When the trail was last verified, and how many faults were found; None if it never was."""
    path = _path()
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return datetime.fromisoformat(told["at"]), told["faults"]


def _path() -> Path:
    return home() / "audit" / "last_verified.json"
