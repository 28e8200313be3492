"""The rows behind a number, for those who may see them."""

from __future__ import annotations

import pandas as pd

from dashboards.portal import warehouse
from registry.access.rights import EVERY_CENTER, Person, Right
from registry.audit import note

MAX_ROWS = 5_000  # a page is read by people; everything is in fct_verdict

_ROWS = """
    select center_id, case_id, subject, subject_id, verdict, tier, consensus_version
    from fct_verdict
    where recommendation_id = ? and reading = ? and verdict <> 'not_applicable'
"""


def rows_behind(
    person: Person, recommendation_id: str, reading: str, center: str | None = None
) -> pd.DataFrame:
    """Subjects to which a recommendation applies, with their verdicts.

    Who may see one center only is shown that one, whatever the page asks for. Raises NotAllowedError.
    """
    if not person.may(Right.READ_ROWS_BEHIND, EVERY_CENTER):
        center = person.center_id if center is None else center
        person.require(Right.READ_ROWS_BEHIND, center or EVERY_CENTER)
    person.require(Right.READ_ROWS_BEHIND, center)
    note("read the rows behind a number", center_id=center, detail=recommendation_id)
    sql, parameters = _ROWS, [recommendation_id, reading]
    if center is not None:
        sql, parameters = f"{sql} and center_id = ?", [*parameters, center]
    order = "order by center_id, case_id, subject_id"
    return warehouse.query(f"{sql} {order} limit {MAX_ROWS + 1}", list(parameters))
