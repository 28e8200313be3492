"""The rows behind a number, for those who may see them."""

from __future__ import annotations

import pandas as pd

from dashboards.portal import warehouse
from registry.access.accounts import Person, Role, still_valid

MAX_ROWS = 5_000  # a page is read by people; everything is in fct_verdict

_ROWS = """
    select center_id, case_id, subject, subject_id, verdict, tier, consensus_version
    from fct_verdict
    where recommendation_id = ? and reading = ? and verdict <> 'not_applicable'
"""


class NotAllowedError(Exception):
    """This account may not see these rows."""


def may_see_rows(person: Person) -> bool:
    """A coordinator sees the rows of the own center, a steward all; an analyst works with counts."""
    return person.role is Role.STEWARD or (
        person.role is Role.COORDINATOR and person.center_id is not None
    )


def rows_behind(
    person: Person, recommendation_id: str, reading: str, center: str | None = None
) -> pd.DataFrame:
    """Subjects to which a recommendation applies, with their verdicts.

    The account is asked again here, and a coordinator's own center is what is searched, whatever
    the page asks for. Raises NotAllowedError.
    """
    if not may_see_rows(person) or not still_valid(person):
        raise NotAllowedError
    if person.role is Role.COORDINATOR:
        if center not in (None, person.center_id):
            raise NotAllowedError
        center = person.center_id
    sql, parameters = _ROWS, [recommendation_id, reading]
    if center is not None:
        sql, parameters = f"{sql} and center_id = ?", [*parameters, center]
    order = "order by center_id, case_id, subject_id"
    return warehouse.query(f"{sql} {order} limit {MAX_ROWS + 1}", list(parameters))
