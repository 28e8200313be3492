"""The present state of a query and of a case: its latest event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    any_,
    literal,
    select,
    true,
)

from registry.schema import CASE_EVENT, QUERY, QUERY_EVENT

_OF_QUERY = [c for c in QUERY.c if c.name not in ("rule_version", "submission_id")]
_OF_EVENT = ("event", "role", "actor", "at", "answer", "comment", "rule_version")


def among(
    column: ColumnElement[Any], values: Collection[str] | Collection[int]
) -> ColumnElement[bool]:
    """Whether the column is one of the values, as one array: a list of parameters ends at 65,535."""
    number = all(isinstance(value, int) for value in values)
    return column == any_(literal(list(values), ARRAY(BigInteger if number and values else String)))


def query_states() -> Select[Any]:
    """One row per query with its latest event (`event`, `role`, `answer`, `comment`, ...)."""
    latest = (
        select(QUERY_EVENT)
        .where(QUERY_EVENT.c.query_id == QUERY.c.query_id)
        .order_by(QUERY_EVENT.c.event_id.desc())
        .limit(1)
        .lateral("latest")
    )
    return select(*_OF_QUERY, *(latest.c[name] for name in _OF_EVENT)).join(latest, true())


def case_states(*, as_of: datetime | None = None) -> Subquery:
    """One row per case with its latest event, up to a moment (`event`, `status`, `at`, ...)."""
    query = (
        select(CASE_EVENT)
        .distinct(CASE_EVENT.c.center_id, CASE_EVENT.c.case_id)
        .order_by(CASE_EVENT.c.center_id, CASE_EVENT.c.case_id, CASE_EVENT.c.event_id.desc())
    )
    if as_of is not None:
        query = query.where(CASE_EVENT.c.at <= as_of)
    return query.subquery("state")
