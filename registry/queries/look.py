"""Queries read back: what is open, and what happened to one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from registry.audit import reading
from registry.findings import Finding
from registry.lifecycle.latest import among, case_states, query_states
from registry.lifecycle.status import QUERY_STATE
from registry.queries.model import OpenQuery
from registry.schema import QUERY, QUERY_EVENT


@dataclass(frozen=True)
class QueryEvent:
    """One thing that happened to a query."""

    event: str
    at: datetime
    actor: str
    role: str
    answer: str | None
    comment: str | None
    rule_version: str | None
    submission_id: int | None


def open_queries(center_id: str) -> list[OpenQuery]:
    """What waits for the center, by case, form and record. Withdrawn cases are not asked about."""
    return queries(center_id, statuses=("open",))


def queries(center_id: str, *, statuses: Collection[str] | None = None) -> list[OpenQuery]:
    """The queries of a center in the given states, None for all; without those of withdrawn cases."""
    with reading(center_id, "queries") as session:
        return queries_in(session, center_id, statuses=statuses)


def queries_in(
    session: Connection, center_id: str, *, statuses: Collection[str] | None = None
) -> list[OpenQuery]:
    """As `queries`, inside a transaction."""
    case = case_states()
    gone = select(case.c.case_id).where(case.c.center_id == center_id, case.c.status == "withdrawn")
    query = query_states().where(
        QUERY.c.center_id == center_id, QUERY.c.case_id.not_in(gone)
    ).order_by(QUERY.c.case_id, QUERY.c.form, QUERY.c.record, QUERY.c.query_id)  # fmt: skip
    found = [_open_query(row._mapping) for row in session.execute(query)]
    return [q for q in found if statuses is None or q.status in statuses]


def _open_query(row: Any) -> OpenQuery:
    return OpenQuery(
        query_id=row["query_id"], case_id=row["case_id"], form=row["form"], record=row["record"],
        column=row["column"], rule=row["rule"] or "", message=row["message"], fix=row["fix"],
        asked_on=row["opened_at"].date().isoformat(), status=QUERY_STATE[row["event"]],
    )  # fmt: skip


def history(center_id: str, query_id: int) -> list[QueryEvent]:
    """The events of a query, oldest first; none if the center has no such query."""
    names = QueryEvent.__dataclass_fields__
    query = (
        select(*(QUERY_EVENT.c[name] for name in names))
        .where(QUERY_EVENT.c.center_id == center_id, QUERY_EVENT.c.query_id == query_id)
        .order_by(QUERY_EVENT.c.event_id)
    )
    with reading(center_id, "a query") as session:
        return [QueryEvent(**row) for row in session.execute(query).mappings()]


def headers(
    session: Connection, center_id: str, query_ids: Collection[int]
) -> list[tuple[int, Finding, str]]:
    """By number, the finding each query was opened for, and the version its rule had then."""
    query = select(QUERY).where(
        QUERY.c.center_id == center_id, among(QUERY.c.query_id, query_ids),
        QUERY.c.rule.is_not(None),
    )  # fmt: skip
    return [
        (
            row.query_id,
            Finding(
                rule=row.rule, severity="query", category="", message=row.message, fix=row.fix,
                form=row.form, column=row.column, case_id=row.case_id, record=row.record,
                value_sha256=row.value_sha256,
            ),
            row.rule_version or "",
        )
        for row in session.execute(query)
    ]  # fmt: skip
