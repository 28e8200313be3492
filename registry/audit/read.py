"""Reads the trail: entries by person, time, center and case, and the history of a case value by value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, text

from registry.audit.enter import reading
from registry.forms import FORMS
from registry.forms.base import CASE_ID_PATTERN
from registry.forms.tables import TABLES
from registry.schema import SUBMISSION
from registry.store import engine, reader_session


@dataclass(frozen=True)
class Wanted:
    """Which entries; the newest `limit` of them. `until` is a day that still counts."""

    center_id: str | None = None
    case_id: str | None = None
    actor: str | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None
    limit: int | None = 100


@dataclass(frozen=True)
class Entry:
    """One act. `touched` tells the rows it added, changed or removed, by table."""

    seq: int
    at: datetime
    actor: str
    role: str
    channel: str
    action: str
    center_id: str | None
    case_id: str | None
    detail: str | None
    changes: int
    touched: str
    hash: str

    def as_row(self) -> dict[str, Any]:
        return {**asdict(self), "at": f"{self.at:%Y-%m-%d %H:%M:%S}"}


_ENTRIES = """
select
    e.seq, e.at at time zone 'UTC' as at, e.actor, e.role, e.channel, e.action, e.center_id, e.case_id,
    e.detail, e.changes, encode(e.hash, 'hex') as hash,
    coalesce((
        select string_agg(t.entity || ' ' || t.rows || ' ' || t.operation, ', ' order by t.entity, t.operation)
        from (
            select c.entity, c.operation, count(*) as rows from audit.change as c
            where c.entry_id = e.entry_id group by 1, 2
        ) as t
    ), '') as touched
from audit.entry as e
where e.seq is not null
    and (cast(:center_id as text) is null or e.center_id = :center_id)
    and (cast(:case_id as text) is null or e.case_id = :case_id or e.entry_id in (
        select c.entry_id from audit.change as c
        where c.case_id = :case_id and (cast(:center_id as text) is null or c.center_id = :center_id)
    ))
    and (cast(:actor as text) is null or e.actor = :actor)
    and (cast(:action as text) is null or position(lower(:action) in lower(e.action)) > 0)
    and (cast(:since as date) is null or e.at >= cast(:since as date))
    and (cast(:until as date) is null or e.at < cast(:until as date) + 1)
order by e.seq desc
limit :limit
"""


def entries(wanted: Wanted) -> list[Entry]:
    """The entries wanted, the newest first."""
    with reader_session(wanted.center_id) as session:
        session.execute(text("set local timezone = 'UTC'"))
        return [Entry(**row) for row in session.execute(text(_ENTRIES), asdict(wanted)).mappings()]


def history(center_id: str, case_id: str) -> list[dict[str, Any]]:
    """Every value of a case that was entered, changed or deleted, oldest first.

    A row tells when, by whom, in which submission, form, record and column; old and new; and why.
    """
    told: list[dict[str, Any]] = []
    if not re.fullmatch(CASE_ID_PATTERN, case_id):
        return told  # what is no case id may be a name, and is not entered as having been asked for
    with reading(center_id, "the history of a case", case_id) as session:
        for form in FORMS:
            if form != "center":
                told += _of_form(session, form, case_id)
    return sorted(told, key=lambda row: (row["submission"], row["form"], row["record"]))


def _of_form(session: Connection, form: str, case_id: str) -> Iterator[dict[str, Any]]:
    table, key = (
        TABLES[form],
        [name for name in FORMS[form].key() if name not in ("center_id", "case_id")],
    )
    query = (
        select(table, SUBMISSION.c.actor, SUBMISSION.c.received_at)
        .join(SUBMISSION, SUBMISSION.c.submission_id == table.c.submission_id)
        .where(table.c.case_id == case_id)
        .order_by(*(table.c[name] for name in key), table.c.submission_id)
    )
    before: dict[str, Mapping[str, Any]] = {}
    for found in session.execute(query).mappings():
        row = dict(found)
        record = ", ".join(f"{name} {row[name]}" for name in key)
        yield from _steps(form, key, record, before.get(record), row)
        before[record] = row


def _steps(
    form: str, key: list[str], record: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    was, is_ = _answers(form, key, old), _answers(form, key, new)
    for column in FORMS[form].columns():
        if was.get(column) != is_.get(column):
            yield {
                "at": f"{new['received_at']:%Y-%m-%d %H:%M:%S}", "actor": new["actor"],
                "submission": new["submission_id"], "form": form, "record": record, "column": column,
                "old": was.get(column), "new": is_.get(column), "reason": new["change_reason"],
            }  # fmt: skip


def _answers(form: str, key: list[str], row: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a version says, a stated absence by its code; nothing for a deleted row."""
    if row is None or row["deleted"]:
        return {}
    left_out = {"center_id", "case_id", *key}
    said = {name: row[name] for name in FORMS[form].columns() if name not in left_out}
    return {**said, **{name: f"({code})" for name, code in row["missing"].items()}}


def clock_put_back() -> list[int]:
    """The entries whose time lies more than a second before that of the one before them."""
    query = """
        select seq from (
            select seq, at, lag(at) over (order by seq) as before from audit.entry where seq is not null
        ) as e
        where at < before - interval '1 second'
        order by seq
    """
    with engine("mst_reader").begin() as session:
        return list(session.execute(text(query)).scalars())
