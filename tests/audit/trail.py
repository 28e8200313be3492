"""A trail of every kind of act, and ways to tamper with it as someone with all rights on the server would."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from registry import store
from registry.access import accounts, sessions
from registry.access.rights import Role
from registry.acting import Act, acting
from registry.audit import Fault, Head, head, verify
from registry.lifecycle.cases import case_history, reinstate, withdraw
from tests.queries.material import START, found, only_query, say, upload
from tests.versions import add_versions

PASSWORD = "a long enough password"
NORA = Act("nora", "coordinator", "portal", "Send data", "C01")


def lay() -> None:
    """Submissions of two centers, answers, a withdrawal, accounts, sign-ins good and bad, readings."""
    accounts.add_account("nora", PASSWORD, Role.COORDINATOR, "C01", at=START)
    opened = sessions.sign_in("nora", PASSWORD, at=START)
    with acting(NORA):
        add_patient("C01", "P1", 60)
        add_patient("C01", "P1", 63)
        upload([found()])
        say(only_query(), "source not available", "no longer there")
        withdraw("C01", "P1", actor="nora", reason="consent withdrawn", at=START)
        reinstate("C01", "P1", actor="nora", reason="it was a mistake", at=START)
        case_history("C01", "P1")
    add_patient("C02", "Q9", 71)
    for password in ("wrong", PASSWORD):
        try:
            sessions.sign_in("nora", password, at=START + timedelta(minutes=1))
        except sessions.SignInError:
            continue
    sessions.sign_out(opened.token, at=START + timedelta(minutes=2))


def add_patient(center: str, case: str, weight: float) -> int:
    with store.center_session(center) as session:
        number: int = session.execute(
            text(
                "insert into registry.submission (center_id, actor, file_name, file_sha256, "
                "form_version) values (:center, 'nora', 'f', 'h', 'v') returning submission_id"
            ),
            {"center": center},
        ).scalar_one()
        row = {"center_id": center, "case_id": case, "weight_kg": weight, "submission_id": number,
               "content_sha256": str(weight), "missing": {}, "change_reason": "entry error"}  # fmt: skip
        add_versions(session, "patient", [row])
    return number


def present_head() -> Head:
    with store.engine("mst_reader").begin() as session:
        found_head = head(session)
    assert found_head is not None
    return found_head


def faults(*anchors: Head) -> list[Fault]:
    with store.engine("mst_reader").begin() as session:
        return verify(session, anchors)


@contextmanager
def tampering() -> Iterator[Connection]:
    """A session of the superuser with every trigger off; what it did is undone afterwards."""
    with store.engine(None).connect() as session:
        for statement in (
            "set local session_replication_role = replica",
            "alter table audit.entry alter entry_id drop identity",
            "alter table audit.change alter change_id drop identity",
        ):
            session.execute(text(statement))
        yield session
        session.rollback()


@dataclass(frozen=True)
class Flip:
    """One bit of one value changed; `seq` is the entry it belongs to."""

    seq: int
    where: str


def flip_one_bit(session: Connection, draw: random.Random) -> Flip:
    """Change one random bit of a random value of the trail that is not empty."""
    while True:
        try:
            with session.begin_nested():
                return _flip_one_bit(session, draw)
        except IntegrityError:
            continue  # another number, which is taken: the database itself refuses it


def _flip_one_bit(session: Connection, draw: random.Random) -> Flip:
    table, key = draw.choice([("entry", "entry_id"), ("change", "change_id")])
    rows = session.execute(text(f"select * from audit.{table} order by {key}")).mappings().all()
    row = draw.choice(rows)
    column = draw.choice([name for name, value in row.items() if value not in (None, "")])
    entry = session.execute(
        text("select seq from audit.entry where entry_id = :id"), {"id": row["entry_id"]}
    ).scalar_one()
    session.execute(
        text(f"update audit.{table} set {column} = :value where {key} = :key"),
        {"value": flipped(row[column], draw), "key": row[key]},
    )
    return Flip(entry, f"{table}.{column}")


def flipped(value: Any, draw: random.Random) -> Any:
    if isinstance(value, bytes | memoryview):
        changed = bytearray(value)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        return bytes(changed)
    if isinstance(value, UUID):
        return UUID(int=value.int ^ (1 << draw.randrange(128)))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1 << draw.randrange(40))
    if isinstance(value, int):
        return value ^ (1 << draw.randrange(20))
    place = draw.randrange(len(value))
    # bits that leave a letter a letter that may stand in a text
    return value[:place] + chr(ord(value[place]) ^ (1 << draw.randrange(4))) + value[place + 1 :]
