"""What happened to one case, day by day, for those who may see it; who looks is entered in the audit."""

from __future__ import annotations

import pandas as pd

from dashboards.portal import warehouse
from registry.access.rights import Person, Right
from registry.audit import note

# from above; a lane without anything in it is not drawn
LANES = ("observed", "courses", "donor cells", "response", "complications", "transplant", "end")

_STORY = """
    with patients as (select * from dim_patient where center_id = $center and case_id = $case),
    courses as (select * from dim_course where center_id = $center and case_id = $case),
    infusions as (select * from fct_infusion where center_id = $center and case_id = $case),
    exposures as (select * from fct_exposure where center_id = $center and case_id = $case)
    select 'observed' as lane, 0 as day, last_contact_day as until_day, '' as label,
        'diagnosis to last contact' as words
    from patients
    union all
    select 'courses', start_day, start_day, cast(course_no as varchar),
        concat_ws(', ', 'course ' || course_no, phase, regimen, case when is_mst then 'with donor cells' end)
    from courses
    union all
    select 'donor cells', infusion_day, infusion_day, cast(infusion_no as varchar),
        concat_ws(', ', 'infusion ' || infusion_no, round(mnc_e8_per_kg, 1) || ' × 10^8 MNC/kg')
    from infusions
    union all
    select 'response', remission_day, remission_day, 'remission', 'first CR, CRh or CRi'
    from patients
    union all
    select 'response', relapse_day, relapse_day, 'relapse', 'relapse'
    from patients
    union all
    select 'complications', change_day, change_day, 'GVHD', 'onset of acute GVHD'
    from exposures
    where exposure = 'acute_gvhd' and value = 1
    union all
    select 'transplant', allo_day, allo_day, 'allogeneic', 'allogeneic transplant'
    from patients
    union all
    select 'end', last_contact_day, last_contact_day, case when is_dead then 'died' else 'alive' end,
        case when is_dead then 'death' else 'alive at last contact' end
    from patients
    where is_dead is not null
"""


def cases_of(person: Person, center: str) -> list[str]:
    """The cases of a center in the served build. Raises NotAllowedError."""
    person.require(Right.READ_ROWS_BEHIND, center)
    found = warehouse.query(
        "select case_id from dim_patient where center_id = ? order by case_id", [center]
    )
    return list(found["case_id"])


def story(person: Person, center: str, case: str) -> pd.DataFrame:
    """Rows of lane, day, until_day, label and words, by day; what has no day is not in it.

    Raises NotAllowedError, alike for a case that exists and one that does not.
    """
    person.require(Right.READ_ROWS_BEHIND, center)
    note("read the story of a case", center_id=center, case_id=case)
    with warehouse.opened() as connection:
        found = connection.execute(_STORY, {"center": center, "case": case}).df()
    return found.dropna(subset=["day", "until_day"]).sort_values(["day", "lane"], ignore_index=True)
