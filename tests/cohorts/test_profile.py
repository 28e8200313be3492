"""Who is in a cohort, counted by hand."""

from __future__ import annotations

import duckdb

from registry.cohorts import Middle, Share, middles, shares
from registry.cohorts.profile import NUMBERS, VALUES
from tests.cohorts.material import file_of, patients


def test_shares_are_of_those_it_is_known_of_and_the_others_come_last() -> None:
    file = patients(
        {"sex": "male", "is_dead": True, "age_group": "75-85"},
        {"sex": "female", "is_dead": False, "age_group": "<60"},
        {"sex": "male", "is_dead": None, "age_group": "60-64"},
    )
    told = shares(file, "dim_patient")
    by = {column: [s for s in told if s.column == column] for column in VALUES}
    assert by["sex"] == [Share("sex", "female", 1, 3), Share("sex", "male", 2, 3)]
    assert by["is_dead"] == [
        Share("is_dead", "true", 1, 2), Share("is_dead", "false", 1, 2), Share("is_dead", None, 1, 2)
    ]  # fmt: skip
    assert [s.value for s in by["age_group"]] == ["<60", "60-64", "75-85"]
    assert by["allo_done"] == [Share("allo_done", None, 3, 0)]


def test_medians_leave_out_who_it_is_not_known_of() -> None:
    file = patients(*({"age_at_diagnosis_years": age} for age in (60, 70, 80, 90, None)))
    age, courses, *_ = middles(file, "dim_patient")
    assert age == Middle("age_at_diagnosis_years", 67.5, 75, 82.5, 4, 1)
    assert courses == Middle("n_courses", None, None, None, 0, 5)


def test_nobody_has_no_shares() -> None:
    file = file_of(duckdb.connect(), dim_patient=())
    assert shares(file, "dim_patient") == []
    assert [m.median for m in middles(file, "dim_patient")] == [None] * len(NUMBERS)
