"""Locks of cases for a data cut: a locked case takes no change until it is unlocked."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select, text

from registry.lifecycle.latest import among, case_states
from registry.lifecycle.remarks import words
from registry.lifecycle.status import LOCK_LIFECYCLE, ConflictError, require
from registry.schema import CASE_EVENT, CASE_LOCK
from registry.store import engine, lock_for_commit

_CUT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
_LOCKABLE = ("in query", "clean")


def lock(
    cut: str, center_id: str | None, *, actor: str, role: str, reason: str, at: datetime
) -> int:
    """Lock every accepted case of a center, or of all, that is not locked yet. Returns how many.

    Raises RemarkError for the reason, NotAllowedError for another role, ConflictError for a name that is
    none or if there is nothing to lock.
    """
    if not _CUT.fullmatch(cut):
        raise ConflictError("A cut's name is letters, digits, point, - and _, at most 61.")
    return _all(cut, center_id, "locked", actor, role, reason, at)


def unlock(
    cut: str, center_id: str | None, *, actor: str, role: str, reason: str, at: datetime
) -> int:
    """Unlock what is locked for this cut. Returns how many cases. Raises as `lock` does."""
    return _all(cut, center_id, "unlocked", actor, role, reason, at)


def locked(
    session: Connection, center_id: str, case_ids: Collection[str] | None = None
) -> dict[str, str]:
    """The locked ones of a center's cases, and the cut each is locked for."""
    state = _latest(center_id).subquery("state")
    query = select(state.c.case_id, state.c.cut).where(state.c.event == "locked")
    if case_ids is not None:
        query = query.where(among(state.c.case_id, case_ids))
    return {row.case_id: row.cut for row in session.execute(query)}


def _latest(center_id: str) -> Select[tuple[object, ...]]:
    return (
        select(CASE_LOCK)
        .distinct(CASE_LOCK.c.case_id)
        .where(CASE_LOCK.c.center_id == center_id)
        .order_by(CASE_LOCK.c.case_id, CASE_LOCK.c.lock_id.desc())
    )


def _all(
    cut: str, center_id: str | None, event: str, actor: str, role: str, reason: str, at: datetime
) -> int:
    said = words(reason, "a reason")
    before = None if event == "locked" else "locked"
    require(LOCK_LIFECYCLE, what="The cut", source=before, event=event, role=role)
    common = {"event": event, "cut": cut, "actor": actor, "role": role, "at": at, "reason": said}
    count = 0
    with engine("mst_reader").begin() as session:
        known: set[str] = set(session.execute(select(CASE_EVENT.c.center_id).distinct()).scalars())
    with engine("mst_app").begin() as session:
        lock_for_commit(session)
        for center in sorted(known & {center_id} if center_id else known):
            session.execute(
                text("select set_config('mst.center', :center, true)"), {"center": center}
            )
            cases = _concerned(session, center, cut, event)
            count += len(cases)
            if cases:
                rows = [{"center_id": center, "case_id": case, **common} for case in cases]
                session.execute(insert(CASE_LOCK), rows)
        if not count:
            raise ConflictError(
                "There is no accepted case that is not locked already." if event == "locked"
                else "No case is locked for a cut of this name."
            )  # fmt: skip
    return count


def _concerned(session: Connection, center: str, cut: str, event: str) -> list[str]:
    present = locked(session, center)
    if event == "unlocked":
        return sorted(case for case, name in present.items() if name == cut)
    state = case_states()
    query = select(state.c.case_id).where(
        state.c.center_id == center, state.c.case_id != "-", state.c.status.in_(_LOCKABLE)
    )
    return sorted(set(session.execute(query).scalars()) - present.keys())
