"""What became of a case: held, in query, clean, or withdrawn; every change is kept.

The steps are those of `registry.lifecycle.status.CASE_LIFECYCLE`. The center's own row is treated like a case
by the name of `-`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from registry.audit import reading
from registry.lifecycle.latest import among, case_states, query_states
from registry.lifecycle.locks import locked
from registry.lifecycle.remarks import words
from registry.lifecycle.signatures import signatures
from registry.lifecycle.status import (
    CASE_LIFECYCLE,
    COORDINATOR,
    QUERY_STATE,
    SYSTEM,
    UNSETTLED,
    ConflictError,
    require,
)
from registry.schema import CASE_EVENT
from registry.store import center_session, engine, lock_for_commit


@dataclass(frozen=True)
class CaseStatus:
    """A case as it stands: its status, since when, through whom and why; how it is signed, if it is; and
    the data cut that it is locked for."""

    case_id: str
    status: str
    since: datetime
    actor: str
    reason: str | None
    signed: str | None = None
    locked: str | None = None


@dataclass(frozen=True)
class CaseStep:
    """One step in the history of a case."""

    event: str
    status: str
    at: datetime
    actor: str
    role: str
    reason: str | None
    submission_id: int | None


def centers() -> list[str]:
    """Every center that ever sent a case."""
    query = select(CASE_EVENT.c.center_id).distinct().order_by(CASE_EVENT.c.center_id)
    with engine("mst_reader").begin() as session:
        return list(session.execute(query).scalars())


def case_list(center_id: str) -> list[CaseStatus]:
    """Every case the center ever sent, with its status."""
    state = case_states()
    query = select(state).order_by(state.c.case_id)
    with reading(center_id, "the list of cases") as session:
        signed, cuts = signatures(session, center_id), locked(session, center_id)
        return [
            CaseStatus(row.case_id, row.status, row.at, row.actor, row.reason,
                       "; ".join(s.words() for s in signed.get(row.case_id, ())) or None,
                       cuts.get(row.case_id))
            for row in session.execute(query)
        ]  # fmt: skip


def case_history(center_id: str, case_id: str) -> list[CaseStep]:
    """The steps of one case, oldest first; none if the center never sent it."""
    names = CaseStep.__dataclass_fields__
    query = (
        select(*(CASE_EVENT.c[name] for name in names))
        .where(CASE_EVENT.c.case_id == case_id)
        .order_by(CASE_EVENT.c.event_id)
    )
    with reading(center_id, "the steps of a case", case_id) as session:
        return [CaseStep(**row) for row in session.execute(query).mappings()]


def withdrawn(session: Connection, center_id: str, case_ids: Collection[str]) -> set[str]:
    """Those of the cases whose consent is withdrawn; nothing of them may be taken in."""
    found = statuses(session, center_id, case_ids)
    return {case for case, status in found.items() if status == "withdrawn"}


def statuses(session: Connection, center_id: str, case_ids: Collection[str]) -> dict[str, str]:
    """The status of each of the cases that the center ever sent."""
    state = case_states()
    query = select(state.c.case_id, state.c.status).where(
        state.c.center_id == center_id, among(state.c.case_id, case_ids)
    )
    return {row.case_id: row.status for row in session.execute(query)}


def record_cases(
    session: Connection, *, center_id: str, decisions: Mapping[str, str], submission_id: int,
    actor: str, at: datetime,
) -> None:  # fmt: skip
    """Write what a submission makes of its cases; call it after the queries were brought up to date.

    `decisions` says accepted, held or unchanged per case. A case that was accepted before keeps its
    status when a later file of it is held. Raises ConflictError where a case that is not held was
    withdrawn, or one that is accepted was locked, since the file was judged.
    """
    if locked(session, center_id, [c for c, d in decisions.items() if d == "accepted"]):
        raise ConflictError("A case of the file was locked meanwhile; send the file again.")
    before = statuses(session, center_id, decisions)
    asked = _in_query(session, center_id, decisions)
    events = []
    for case, decision in decisions.items():
        if before.get(case) == "withdrawn" and decision != "held":
            raise ConflictError(f"The case {case} was withdrawn meanwhile; send the file again.")
        step = _step(before.get(case), decision == "held", case in asked)
        if step is not None:
            events.append(_event(center_id, case, before.get(case), *step, SYSTEM))
    _write(session, events, actor=actor, at=at, submission_id=submission_id)


def refresh(
    session: Connection, *, center_id: str, case_ids: Collection[str], actor: str, role: str,
    at: datetime,
) -> None:  # fmt: skip
    """Bring cases from in query to clean or back, after something happened to their queries."""
    before = statuses(session, center_id, case_ids)
    asked = _in_query(session, center_id, case_ids)
    events = [
        _event(center_id, case, status, *step, role)
        for case, status in before.items()
        if status in ("in query", "clean")
        and (step := _step(status, False, case in asked)) is not None
    ]
    _write(session, events, actor=actor, at=at)


def withdraw(
    center_id: str, case_id: str, *, actor: str, reason: str, at: datetime, role: str = COORDINATOR
) -> None:
    """Take a case out of everything from the next release on; its rows and history stay.

    Raises RemarkError for a reason too short or with identifiers, ConflictError for a case the center
    never sent or that is withdrawn already, NotAllowedError for another role.
    """
    _decide(center_id, case_id, "withdrawn", actor, role, reason, at)


def reinstate(
    center_id: str, case_id: str, *, actor: str, reason: str, at: datetime, role: str = COORDINATOR
) -> None:
    """Undo a withdrawal that was made by mistake. Raises as `withdraw` does."""
    _decide(center_id, case_id, "reinstated", actor, role, reason, at)


def _decide(
    center_id: str, case_id: str, event: str, actor: str, role: str, reason: str, at: datetime
) -> None:
    said = words(reason, "a reason")
    with center_session(center_id) as session:
        lock_for_commit(session)
        before = statuses(session, center_id, [case_id]).get(case_id)
        if before is None:
            raise ConflictError("The center has sent no case of this name.")
        target = "withdrawn"
        if event == "reinstated":
            target = _after_withdrawal(session, center_id, case_id)
        made = _event(center_id, case_id, before, event, target, role)
        _write(session, [made], actor=actor, at=at, reason=said)


def _after_withdrawal(session: Connection, center_id: str, case_id: str) -> str:
    query = select(CASE_EVENT.c.event).where(
        CASE_EVENT.c.center_id == center_id,
        CASE_EVENT.c.case_id == case_id,
        CASE_EVENT.c.event == "accepted",
    )
    if session.execute(query).first() is None:
        return "held"
    return "in query" if _in_query(session, center_id, [case_id]) else "clean"


def _step(before: str | None, held: bool, asked: bool) -> tuple[str, str] | None:
    """Event and status that follow, or None if the status stays."""
    if held:
        return ("held", "held") if before is None else None
    target = "in query" if asked else "clean"
    if before == target:
        return None
    if before in (None, "held"):
        return "accepted", target
    return ("query opened" if asked else "queries settled"), target


def _in_query(session: Connection, center_id: str, case_ids: Collection[str]) -> set[str]:
    state = query_states().subquery()
    unsettled = [event for event, name in QUERY_STATE.items() if name in UNSETTLED]
    query = select(state.c.case_id).where(
        state.c.center_id == center_id,
        among(state.c.case_id, case_ids),
        state.c.event.in_(unsettled),
    )
    return set(session.execute(query.distinct()).scalars())


def _event(
    center_id: str, case_id: str, before: str | None, event: str, status: str, role: str
) -> dict[str, Any]:
    require(CASE_LIFECYCLE, what=f"The case {case_id}", source=before, event=event, role=role,
            target=status)  # fmt: skip
    return {
        "center_id": center_id, "case_id": case_id, "event": event, "status": status, "role": role,
    }  # fmt: skip


def _write(
    session: Connection, events: list[dict[str, Any]], *, actor: str, at: datetime,
    reason: str | None = None, submission_id: int | None = None,
) -> None:  # fmt: skip
    common = {"actor": actor, "at": at, "reason": reason, "submission_id": submission_id}
    if events:
        session.execute(insert(CASE_EVENT), [{**event, **common} for event in events])
