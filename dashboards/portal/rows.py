"""The rows behind a number, for those who may see them."""

from __future__ import annotations

import pandas as pd

from dashboards.portal import warehouse
from registry.access.rights import Person
from registry.trace import reach

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
    center = reach(person, center, recommendation_id)
    sql, parameters = _ROWS, [recommendation_id, reading]
    if center is not None:
        sql, parameters = f"{sql} and center_id = ?", [*parameters, center]
    order = "order by center_id, case_id, subject_id"
    return warehouse.query(f"{sql} {order} limit {MAX_ROWS + 1}", list(parameters))
