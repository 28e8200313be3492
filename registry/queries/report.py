"""Ageing, times, yield and overrides of queries, as of a moment that is given.

A query counts from the moment it was first opened. Queries of withdrawn cases count: they were asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from registry.lifecycle.status import QUERY_STATE, UNSETTLED
from registry.store import reader_session

# days open: from and up to, both included
BANDS = ((0, 7), (8, 14), (15, 30), (31, 90), (91, None))


@dataclass(frozen=True)
class Ageing:
    """How many queries are open or answered for that many whole days."""

    days: str
    open: int
    answered: int


@dataclass(frozen=True)
class Times:
    """Medians in days over the queries that came so far; None where none did.

    `reopened` of the `settled` (once closed or confirmed) were opened again for the same value under
    the same rule.
    """

    asked: int
    responded: int
    first_response_days: float | None
    settled: int
    close_days: float | None
    reopened: int


@dataclass(frozen=True)
class RuleYield:
    """Of the queries a rule asked at a center: how many led to a changed value, how many overrides."""

    rule: str
    center_id: str
    asked: int
    changed: int
    confirmed: int

    @property
    def yield_share(self) -> float:
        return self.changed / self.asked

    @property
    def override_share(self) -> float:
        return self.confirmed / self.asked


@dataclass(frozen=True)
class Report:
    """Everything a steward asks about queries, as of a moment."""

    as_of: datetime
    ageing: tuple[Ageing, ...]
    times: Times
    rules: tuple[RuleYield, ...]


_EVENTS = """
with events as (
    select e.*, q.rule, q.opened_at, extract(epoch from e.at - q.opened_at) / 86400 as days
    from registry.query as q
    join registry.query_event as e using (query_id, center_id)
    where e.at <= :as_of
),
"""

_AGEING = f"""
{_EVENTS}
latest as (
    select distinct on (query_id) event, extract(epoch from :as_of - opened_at) / 86400 as days
    from events
    order by query_id, event_id desc
)
select event, floor(days)::int as days, count(*)::int as queries
from latest
group by 1, 2
"""

_TIMES = f"""
{_EVENTS}
firsts as (
    select
        query_id,
        min(days) filter (where event in ('responded', 'confirmed')) as responded,
        min(days) filter (where event in ('closed', 'confirmed')) as settled,
        min(event_id) filter (where event in ('closed', 'confirmed')) as settled_by
    from events
    group by 1
),
reopened as (
    select distinct e.query_id
    from events as e
    join firsts as f on f.query_id = e.query_id and f.settled_by < e.event_id
    where e.event = 'reopened' and e.answer is distinct from 'rule changed'
)
select
    count(*)::int as asked,
    count(responded)::int as responded,
    percentile_cont(0.5) within group (order by responded)::float as first_response_days,
    count(settled)::int as settled,
    percentile_cont(0.5) within group (order by settled)::float as close_days,
    (select count(*)::int from reopened) as reopened
from firsts
"""

_RULES = f"""
{_EVENTS}
per_query as (
    select
        rule, center_id, query_id,
        bool_or(coalesce(answer in ('value fixed', 'value changed'), false)) as changed,
        bool_or(event = 'confirmed') as confirmed
    from events
    where rule is not null
    group by 1, 2, 3
)
select
    rule, center_id, count(*)::int as asked, (count(*) filter (where changed))::int as changed,
    (count(*) filter (where confirmed))::int as confirmed
from per_query
group by 1, 2
order by 1, 2
"""


def report(*, as_of: datetime, center_id: str | None = None) -> Report:
    """The figures of one center, or of all (None), as they were at a moment."""
    with reader_session(center_id) as session:
        found = {"as_of": as_of}
        ageing = [dict(row) for row in session.execute(text(_AGEING), found).mappings()]
        times = session.execute(text(_TIMES), found).mappings().one()
        rules = session.execute(text(_RULES), found).mappings().all()
    return Report(
        as_of, tuple(_bands(ageing)), Times(**times), tuple(RuleYield(**r) for r in rules)
    )


def _bands(rows: list[dict[str, Any]]) -> Iterator[Ageing]:
    for low, high in BANDS:
        counts = dict.fromkeys(UNSETTLED, 0)
        for row in rows:
            state = QUERY_STATE[row["event"]]
            if state in counts and low <= row["days"] and (high is None or row["days"] <= high):
                counts[state] += row["queries"]
        yield Ageing(f"{low} to {high}" if high is not None else f"over {low - 1}", **counts)
