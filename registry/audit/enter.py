"""Enters an act in the transaction it belongs to, and tells the present end of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, text

from registry.store import center_session, engine


class Head(NamedTuple):
    """The last entry: its number, from 1 without gaps, and its hash in hexadecimal."""

    seq: int
    hash: str


_ENTER = text("select audit.enter(:action, :center, :case, :detail)")


def enter(
    session: Connection, action: str, *, center_id: str | None = None, case_id: str | None = None,
    detail: str | None = None,
) -> None:  # fmt: skip
    """Enter an act in the session's transaction; what is not given is taken from the present act."""
    session.execute(
        _ENTER, {"action": action, "center": center_id, "case": case_id, "detail": detail}
    )


def note(action: str, **about: str | None) -> None:
    """Enter an act that is a transaction of its own, such as reading a file of the warehouse."""
    with engine("mst_reader").begin() as session:
        enter(session, action, **about)


@contextmanager
def reading(center_id: str, what: str, case_id: str | None = None) -> Iterator[Connection]:
    """A transaction that sees one center's rows, and is entered as having read them."""
    with center_session(center_id) as session:
        enter(session, f"read {what}", center_id=center_id, case_id=case_id)
        yield session


def head(session: Connection) -> Head | None:
    """The end of the chain as committed so far, None before the first entry."""
    found = session.execute(text("select seq, hash from audit.head()")).one_or_none()
    return Head(found.seq, found.hash) if found else None
