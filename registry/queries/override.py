"""An override: "confirmed as is" for one value under one version of a rule."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from registry.findings import Finding
from registry.forms.base import CENTER_UNIT
from registry.lifecycle.latest import among, query_states


class Override(NamedTuple):
    """What a confirmation is bound to; it lapses when any of it changes."""

    case_id: str
    form: str
    record: str
    column: str
    rule: str
    rule_version: str
    value_sha256: str


def override_of(finding: Finding, rule_version: str) -> Override:
    """The override that would silence this finding; ask whether it is in `confirmed`."""
    return Override(
        finding.case_id or CENTER_UNIT, finding.form or "", finding.record or "",
        finding.column or "", finding.rule, rule_version, finding.value_sha256 or "",
    )  # fmt: skip


def confirmed(session: Connection, center_id: str, case_ids: Collection[str]) -> set[Override]:
    """The overrides in force for these cases."""
    state = query_states().subquery()
    query = state.select().where(
        state.c.center_id == center_id,
        among(state.c.case_id, case_ids),
        state.c.event == "confirmed",
        state.c.rule.is_not(None),
    )
    return {
        Override(*(getattr(row, name) or "" for name in Override._fields))
        for row in session.execute(query)
    }
