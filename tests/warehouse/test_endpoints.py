"""Each endpoint of each drawn patient, through forms, staging and models."""

from __future__ import annotations

import pytest

from tests.warehouse.conftest import Ask
from tests.warehouse.material import timelines

TIMELINES = timelines()


@pytest.mark.parametrize("title", TIMELINES)
def test_a_drawn_patient_has_these_endpoints(analyst: Ask, title: str) -> None:
    case = f"TL{list(TIMELINES).index(title):02d}"
    found = {
        f"{endpoint} from {origin}": [days, status]
        for endpoint, origin, days, status in analyst(
            "select endpoint, origin, time_days, status from fct_endpoint "
            f"where center_id = 'TL' and case_id = '{case}'"
        )
    }
    expected = TIMELINES[title]["expect"]
    assert {name: found.get(name, "out") for name in expected} == expected


def test_every_endpoint_was_drawn_as_it_happens_and_as_it_does_not(analyst: Ask) -> None:
    drawn: dict[str, set[int]] = {}
    for timeline in TIMELINES.values():
        for name, said in timeline["expect"].items():
            if said != "out":
                drawn.setdefault(name.split()[0], set()).add(said[1])
    recoveries = {"neutrophil_recovery", "platelet_recovery"}  # of blood counts: int_count_recovery
    found = {name for (name,) in analyst("select distinct endpoint from fct_endpoint")}
    assert found - recoveries == drawn.keys()
    assert all({0, 1} <= statuses for statuses in drawn.values())
    assert len(TIMELINES) >= 25
