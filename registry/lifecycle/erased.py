"""Which cases were erased, without naming them: a keyed digest knows an erased case again.

The key lies in `MST_HOME/keys`. Each erasure is a row of the database and a line of `MST_HOME/erasures.jsonl`,
so that a database restored from an older backup can be told to erase again.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from registry.home import home
from registry.lifecycle.latest import among
from registry.schema import ERASURE, FORMER_NAME

LEDGER = "erasures.jsonl"


class Line(NamedTuple):
    """One erasure of the ledger."""

    center_id: str
    case_hmac: str
    actor: str
    at: str
    reason: str


def digest(center_id: str, case_id: str) -> str:
    """What is kept of a case that was erased."""
    return _digest(_key(), center_id, case_id)


def _digest(key: bytes, center_id: str, case_id: str) -> str:
    return hmac.new(key, f"{center_id}\n{case_id}".encode(), sha256).hexdigest()


def erased(session: Connection, center_id: str, case_ids: Collection[str]) -> list[str]:
    """Those of the cases that were erased; nothing that names them may be stored again."""
    key = _key()
    known = {_digest(key, center_id, case): case for case in case_ids}
    query = select(ERASURE.c.case_hmac).where(
        ERASURE.c.center_id == center_id, among(ERASURE.c.case_hmac, known.keys())
    )
    kept: set[str] = set(session.execute(query).scalars())
    return sorted(known[found] for found in kept)


def former(session: Connection, center_id: str, case_hmac: str) -> list[str]:
    """The digests of the names a case had before its center exchanged pseudonyms, the latest first."""
    found = [case_hmac]
    for name in found:
        query = select(FORMER_NAME.c.former_hmac).where(
            FORMER_NAME.c.center_id == center_id, FORMER_NAME.c.case_hmac == name
        )
        earlier: set[str] = set(session.execute(query).scalars())
        found += sorted(earlier.difference(found))
    return found[1:]


def ledger(path: Path | None = None) -> list[Line]:
    """Every erasure, oldest first; `path` is a copy of the ledger that a backup holds."""
    path = path or _path()
    if not path.exists():
        return []
    return [Line(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def write_down(line: Line) -> None:
    """Add an erasure to the ledger and see it on the disk; one that is in it already is not added twice."""
    if any(known[:2] == line[:2] for known in ledger()):
        return
    handle = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (json.dumps(line._asdict()) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _path() -> Path:
    return home() / LEDGER


def _key() -> bytes:
    path = home() / "keys" / "erasure.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)  # the first of several writers wins
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_bytes()
