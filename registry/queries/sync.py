"""After every commit the queries of the cases say what is now true of them.

One question is asked once per record, rule and value, however often the file comes. Everything here
is one statement per kind of event, whatever the number of findings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from registry.findings import Finding
from registry.lifecycle.status import QUERY_LIFECYCLE, QUERY_STATE, SYSTEM, sources
from registry.queries.override import override_of

_FOUND = """
found as (
    select distinct on (case_id, form, record, rule, value_sha256) *
    from jsonb_to_recordset(cast(:found as jsonb)) as f (
        case_id text, form text, record text, "column" text, rule text, rule_version text,
        value_sha256 text, severity text, message text, fix text
    )
),
"""

_OPEN = f"""
with {_FOUND}
added as (
    insert into registry.query (
        center_id, case_id, form, record, "column", rule, rule_version, value_sha256, severity,
        message, fix, opened_at, opened_by, submission_id
    )
    select
        :center, case_id, form, record, "column", rule, rule_version, value_sha256, severity,
        message, fix, :at, :actor, :submission
    from found
    on conflict (center_id, case_id, form, record, rule, value_sha256) where rule is not null
    do nothing
    returning query_id, rule_version
)
insert into registry.query_event
    (query_id, center_id, event, actor, role, at, rule_version, submission_id)
select query_id, :center, 'opened', :actor, :role, :at, rule_version, :submission
from added
"""

# `now_version` is the version of the rule as it is now, empty where the rule is gone
_STATE = f"""
with {_FOUND}
state as (
    select
        q.*, e.event, e.role, e.answer, e.rule_version as told_version,
        cast(cast(:versions as jsonb) ->> q.rule as text) as now_version,
        f.rule is not null as fires
    from registry.query as q
    cross join lateral (
        select * from registry.query_event as e
        where e.query_id = q.query_id
        order by e.event_id desc
        limit 1
    ) as e
    left join found as f using (case_id, form, record, rule, value_sha256)
    where q.center_id = :center and q.case_id = any(:cases) and q.rule is not null
),
"""

_TELL = """
insert into registry.query_event
    (query_id, center_id, event, actor, role, at, answer, rule_version, submission_id)
select query_id, :center, :event, :actor, :role, :at, code, now_version, :submission
from told
"""

# why the system does it, null where it does not; `:events` are those the lifecycle allows it after
_WHY = {
    "closed": """
        case
            when fires then null
            when now_version <> told_version then 'rule changed'
            else 'value fixed'
        end
    """,
    "lapsed": """
        case
            when now_version <> told_version then 'rule changed'
            when not fires then 'value changed'
        end
    """,
    "reopened": """
        case
            when not fires then null
            when event = 'lapsed' then 'found again'
            when event = 'closed' and answer = 'value fixed' then 'value came back'
            when now_version <> told_version then 'rule changed'
            when event = 'responded' and answer = 'corrected' then 'not corrected'
        end
    """,
}


def sync(
    session: Connection, *, center_id: str, findings: Iterable[Finding], cases: Collection[str],
    submission_id: int, actor: str, at: datetime, rule_version: Callable[[str], str],
) -> None:  # fmt: skip
    """Open, close, lapse and reopen the queries of `cases`, inside the transaction that commits them.

    `findings` are all those of severity query that now hold for the cases, and those that would be
    were they not confirmed. `rule_version` gives the version of a rule, empty for one that is gone.
    """
    found = [_found(finding, rule_version(finding.rule)) for finding in findings]
    common = {
        "center": center_id, "cases": list(cases), "at": at, "actor": actor, "role": SYSTEM,
        "submission": submission_id, "found": json.dumps(found),
        "versions": json.dumps(_versions(session, center_id, cases, rule_version)),
    }  # fmt: skip
    # What a file says looks small to the planner, whatever its size; row against row, ten thousand findings
    # were seen to take half a minute.
    session.execute(text("set local enable_nestloop = off"))
    for event in ("closed", "lapsed", "reopened"):
        session.execute(
            text(_statement(event)), {**common, "event": event, "events": _after(event)}
        )
    session.execute(text("set local enable_nestloop = on"))
    session.execute(text(_OPEN), common)


def _statement(event: str) -> str:
    return f"""
        {_STATE}
        judged as (select *, {_WHY[event]} as code from state where event = any(:events)),
        told as (select * from judged where code is not null)
        {_TELL}
    """


def _after(event: str) -> list[str]:
    """The latest events after which the system may cause this one."""
    states = sources(QUERY_LIFECYCLE, event, SYSTEM)
    return [name for name, state in QUERY_STATE.items() if state in states]


def _found(finding: Finding, version: str) -> dict[str, Any]:
    told = {"severity": "query", "message": finding.message, "fix": finding.fix}
    return {**override_of(finding, version)._asdict(), **told}


def _versions(
    session: Connection, center_id: str, cases: Collection[str],
    rule_version: Callable[[str], str],
) -> dict[str, str]:  # fmt: skip
    asked = session.execute(
        text(
            "select distinct rule from registry.query "
            "where center_id = :center and case_id = any(:cases) and rule is not null"
        ),
        {"center": center_id, "cases": list(cases)},
    )
    rules: list[str] = list(asked.scalars())
    return {rule: rule_version(rule) for rule in rules}
