"""A center's uploads as the queries see them: which findings hold of which cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from registry import store
from registry.findings import Finding
from registry.lifecycle.cases import record_cases
from registry.lifecycle.status import COORDINATOR, QUERY_LIFECYCLE, QUERY_STATE, require
from registry.queries import answer, history, queries, sync
from registry.queries.answers import Outcome
from registry.queries.model import Answer, AnswerCode
from registry.schema import SUBMISSION

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WHO = "ada"


def day(days: float) -> datetime:
    return START + timedelta(days=days)


def found(
    case: str = "P1", value: str = "v1", rule: str = "r1", record: str = "course_no 1"
) -> Finding:
    return Finding(
        rule=rule, severity="query", category="plausibility", message="It is unusual.",
        fix="Check it.", form="course", column="start_day", case_id=case, record=record,
        value_sha256=value,
    )  # fmt: skip


def upload(
    findings: Iterable[Finding], *, center: str = "C01", cases: Collection[str] = ("P1",),
    at: datetime = START, version: str | Callable[[str], str] = "1", held: Collection[str] = (),
) -> int:  # fmt: skip
    """Commit a file of these cases of which these findings are true; its submission number."""
    versions = version if callable(version) else lambda rule: version
    with store.center_session(center) as session:
        store.lock_for_commit(session)
        number: int = session.execute(
            insert(SUBMISSION)
            .values(center_id=center, actor=WHO, received_at=at, file_name="f", file_sha256="h",
                    form_version="v")
            .returning(SUBMISSION.c.submission_id)
        ).scalar_one()  # fmt: skip
        sync(session, center_id=center, findings=list(findings), submission_id=number, actor=WHO,
             at=at, cases=[case for case in cases if case not in held], rule_version=versions)  # fmt: skip
        decisions = {case: "held" if case in held else "accepted" for case in cases}
        record_cases(session, center_id=center, decisions=decisions, submission_id=number,
                     actor=WHO, at=at)  # fmt: skip
    return number


def say(
    query_id: int, code: str = AnswerCode.CONFIRMED, comment: str = "", *, center: str = "C01",
    role: str = COORDINATOR, at: datetime = START, may_confirm: bool = True,
) -> Outcome:  # fmt: skip
    """One answer by hand."""
    (outcome,) = answer(center, [Answer(query_id, code, comment, "J2")], actor=WHO, role=role,
                        at=at, may_confirm=lambda rule: may_confirm)  # fmt: skip
    return outcome


def only_query(center: str = "C01") -> int:
    (one,) = queries(center)
    return one.query_id


def state(query_id: int, center: str = "C01") -> str:
    return {q.query_id: q.status for q in queries(center)}[query_id]


def told(query_id: int, center: str = "C01") -> list[tuple[str, str, str | None]]:
    return [(e.event, e.role, e.answer) for e in history(center, query_id)]


def replayed(query_id: int, center: str = "C01") -> str | None:
    """The state after walking the history; fails at a step the lifecycle does not know."""
    now: str | None = None
    for step in history(center, query_id):
        now = require(QUERY_LIFECYCLE, what="", source=now, event=step.event, role=step.role)
        assert now == QUERY_STATE[step.event]
    return now
