"""The rights report a registry reviews every quarter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from registry.store import engine

# the latest word about each role by the end of the day, with what else the reviewer asks
_HELD = """
with said as (
    select distinct on (username, role, center_id) *
    from registry.role_grant
    where at < :end
    order by username, role, center_id, grant_id desc
),
state as (
    select distinct on (username) username, event
    from registry.account_event
    where at < :end and event in ('invited', 'activated', 'deactivated', 'reactivated')
    order by username, event_id desc
),
seen as (
    select username, max(seen_at) as seen_at from registry.session where started_at < :end group by 1
)
select
    a.username, a.full_name as name,
    case state.event when 'invited' then 'invited' when 'deactivated' then 'deactivated' else 'active' end
        as state,
    said.role, nullif(said.center_id, '') as center_id, said.at::date as since, said.actor as given_by,
    said.valid_until, seen.seen_at::date as last_seen,
    case
        when state.event = 'deactivated' then 'the account is deactivated: take the role back'
        when said.valid_until < :day then 'the role has run out: take it back or give it anew'
        when state.event = 'invited' then 'never activated'
        when coalesce(seen.seen_at, said.at) < :day - 180 then 'not seen for half a year'
    end as look_at
from said
join registry.account as a using (username)
join state using (username)
left join seen using (username)
where said.given
order by a.username, said.role, said.center_id
"""


def rights_report(day: date) -> list[dict[str, Any]]:
    """Who holds which role at the end of a day; `look_at` says what the reviewer should decide."""
    with engine("mst_access").begin() as session:
        found = session.execute(text(_HELD), {"day": day, "end": day + timedelta(days=1)})
        return [dict(row) for row in found.mappings()]
