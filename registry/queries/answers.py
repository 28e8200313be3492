"""What people do to queries: answer, ask, close, reopen. Each is an event of its own.

Answers in bulk take the same way as one by hand, one after the other, so that both end the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert

from registry.forms import FORMS
from registry.lifecycle.cases import refresh, statuses
from registry.lifecycle.latest import among, query_states
from registry.lifecycle.remarks import RemarkError, cleaned, words
from registry.lifecycle.status import (
    PEOPLE,
    QUERY_LIFECYCLE,
    QUERY_STATE,
    ConflictError,
    NotAllowedError,
    require,
)
from registry.queries.model import Answer, AnswerCode
from registry.schema import QUERY, QUERY_EVENT
from registry.store import center_session, lock_for_commit

Result = Literal["taken", "already so", "refused"]
# this code says that nothing will change, and not why
NEEDS_WORDS = frozenset({AnswerCode.NOT_IN_SCOPE})
NO_SUCH_QUERY = "There is no such query of this center."


@dataclass(frozen=True)
class Outcome:
    """What became of one answer; `message` says why it was refused and what to do."""

    query_id: int
    result: Result
    message: str
    cell: str | None = None


class _RefusedError(Exception):
    """This one answer cannot be taken; the others can."""


def answer(
    center_id: str, answers: Sequence[Answer], *, actor: str, role: str, at: datetime,
    may_confirm: Callable[[str], bool], submission_id: int | None = None,
) -> list[Outcome]:  # fmt: skip
    """Take each answer that can be taken, in one transaction. One outcome per answer, in order.

    Raises NotAllowedError if the role answers no queries at all.
    """
    if role not in PEOPLE:
        raise NotAllowedError("Only the coordinator of the center or a steward answers queries.")
    with center_session(center_id) as session:
        lock_for_commit(session)
        return answer_in(session, center_id, answers, actor=actor, role=role, at=at,
                         may_confirm=may_confirm, submission_id=submission_id)  # fmt: skip


def answer_in(
    session: Connection, center_id: str, answers: Sequence[Answer], *, actor: str, role: str,
    at: datetime, may_confirm: Callable[[str], bool], submission_id: int | None = None,
) -> list[Outcome]:  # fmt: skip
    """As `answer`, inside a transaction that holds the lock for commits."""
    states = _states(session, center_id, [a.query_id for a in answers])
    common = {"center_id": center_id, "actor": actor, "role": role, "at": at,
              "submission_id": submission_id}  # fmt: skip
    events: list[dict[str, Any]] = []
    outcomes = []
    for given in answers:
        try:
            event = _answered(given, states, role, may_confirm)
        except (_RefusedError, ConflictError, RemarkError) as error:
            outcomes.append(Outcome(given.query_id, "refused", str(error), given.cell))
            continue
        if event is None:
            outcomes.append(
                Outcome(given.query_id, "already so", "Answered so before.", given.cell)
            )
            continue
        states[given.query_id] |= event
        events.append({**common, **event})
        outcomes.append(Outcome(given.query_id, "taken", "", given.cell))
    if events:
        session.execute(insert(QUERY_EVENT), events)
        touched = {states[event["query_id"]]["case_id"] for event in events}
        refresh(session, center_id=center_id, case_ids=touched, actor=actor, role=role, at=at)
    return outcomes


def _answered(
    given: Answer, states: Mapping[int, dict[str, Any]], role: str,
    may_confirm: Callable[[str], bool],
) -> dict[str, Any] | None:  # fmt: skip
    """The event of one answer, or None where it was given before."""
    state = states.get(given.query_id)
    if state is None:
        raise _RefusedError(NO_SUCH_QUERY)
    if given.code not in set(AnswerCode):
        raise _RefusedError(f"The answer is not one of: {', '.join(AnswerCode)}.")
    said = (
        words(given.comment, "a comment") if given.code in NEEDS_WORDS else cleaned(given.comment)
    )
    before = (state["answer"], state["comment"]) if state["event"] in _ANSWERS else None
    if before == (str(given.code), said or None):
        return None
    confirms = given.code == AnswerCode.CONFIRMED and state["rule"] is not None
    if confirms and not may_confirm(state["rule"]):
        raise _RefusedError("This one cannot be confirmed as is. Correct the value.")
    event = "confirmed" if confirms else "responded"
    _require(state, event, role)
    return _event(state, event, answer=str(given.code), comment=said or None)


_ANSWERS = ("responded", "confirmed")


def close(
    center_id: str, query_id: int, *, actor: str, role: str, comment: str, at: datetime
) -> None:
    """Close a query that needs no more work. Raises NotAllowedError, ConflictError, RemarkError."""
    _by_hand(center_id, query_id, "closed", actor, role, comment, at)


def reopen(
    center_id: str, query_id: int, *, actor: str, role: str, comment: str, at: datetime
) -> None:
    """Ask again what was answered, confirmed or closed. Raises as `close` does."""
    _by_hand(center_id, query_id, "reopened", actor, role, comment, at)


def _by_hand(
    center_id: str, query_id: int, event: str, actor: str, role: str, comment: str, at: datetime
) -> None:
    said = words(comment, "a reason")
    with center_session(center_id) as session:
        lock_for_commit(session)
        state = _states(session, center_id, [query_id]).get(query_id)
        if state is None:
            raise ConflictError(NO_SUCH_QUERY)
        _require(state, event, role)
        made = _event(state, event, answer=None, comment=said)
        more = {"center_id": center_id, "actor": actor, "role": role, "at": at}
        session.execute(insert(QUERY_EVENT).values(**made, **more))
        refresh(session, center_id=center_id, case_ids=[state["case_id"]], actor=actor, role=role,
                at=at)  # fmt: skip


def ask(
    center_id: str, *, case_id: str, form: str, column: str, question: str, actor: str, role: str,
    at: datetime, record: str = "", fix: str = "Check it, and correct or explain it.",
) -> int:  # fmt: skip
    """Open a query in own words about a case the center has sent. Returns its number.

    Raises NotAllowedError for who is no steward, ConflictError for a case that was never sent,
    RemarkError for words that cannot be taken or a place that does not exist.
    """
    require(QUERY_LIFECYCLE, what="A query", source=None, event="opened", role=role)
    if form not in FORMS or column not in FORMS[form].columns():
        raise RemarkError("There is no such form or column; see the codebook.")
    header = {
        "center_id": center_id, "case_id": case_id, "form": form, "record": cleaned(record),
        "column": column, "value_sha256": "", "severity": "query",
        "message": words(question, "a question"), "fix": words(fix, "what to do"),
        "opened_at": at, "opened_by": actor,
    }  # fmt: skip
    with center_session(center_id) as session:
        lock_for_commit(session)
        if statuses(session, center_id, [case_id]).get(case_id) in (None, "withdrawn"):
            raise ConflictError("The center has sent no case of this name.")
        number: int = session.execute(
            insert(QUERY).values(header).returning(QUERY.c.query_id)
        ).scalar_one()
        opened = {"query_id": number, "center_id": center_id, "event": "opened", "actor": actor,
                  "role": role, "at": at}  # fmt: skip
        session.execute(insert(QUERY_EVENT).values(opened))
        refresh(session, center_id=center_id, case_ids=[case_id], actor=actor, role=role, at=at)
    return number


def _states(
    session: Connection, center_id: str, query_ids: Sequence[int]
) -> dict[int, dict[str, Any]]:
    query = query_states().where(QUERY.c.center_id == center_id, among(QUERY.c.query_id, query_ids))
    rows: list[Row[Any]] = list(session.execute(query))
    now = statuses(session, center_id, {row.case_id for row in rows})
    return {row.query_id: dict(row._mapping) for row in rows if now.get(row.case_id) != "withdrawn"}


def _require(state: Mapping[str, Any], event: str, role: str) -> None:
    require(
        QUERY_LIFECYCLE, what=f"Query {state['query_id']}", source=QUERY_STATE[state["event"]],
        event=event, role=role,
    )  # fmt: skip


def _event(state: Mapping[str, Any], event: str, **more: str | None) -> dict[str, Any]:
    return {
        "query_id": state["query_id"], "event": event, "rule_version": state["rule_version"], **more,
    }  # fmt: skip
