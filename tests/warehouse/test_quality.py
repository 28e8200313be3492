"""What dim_quality counts of each case, against what it counts from."""

from __future__ import annotations

from tests.warehouse.conftest import Ask


def test_queries_and_confirmations_are_counted_by_case(analyst: Ask) -> None:
    counted = analyst(
        "select case_id, values_confirmed, queries_open from dim_quality "
        "where values_confirmed + queries_open > 0 order by case_id"
    )
    assert counted == [("K000", 1, 2), ("K001", 1, 0)]
    assert analyst(
        "select count(*) from dim_quality where values_confirmed is null or queries_open is null"
    ) == [(0,)]


def test_every_case_has_one_row_and_no_other_case_one(analyst: Ask) -> None:
    cases = "select center_id, case_id from {} order by all"
    assert analyst(cases.format("dim_quality")) == analyst(cases.format("dim_patient"))


def test_differences_add_up_to_those_of_the_centers(analyst: Ask) -> None:
    of_cases = analyst(
        "select center_id, sum(derived_compared), sum(derived_different) from dim_quality "
        "group by center_id having sum(derived_compared) > 0 order by center_id"
    )
    of_centers = analyst(
        "select center_id, sum(compared), sum(disagree) from mart_disagreement "
        "group by center_id having sum(compared) > 0 order by center_id"
    )
    assert of_cases == of_centers
    assert sum(different for _, _, different in of_cases) > 0
