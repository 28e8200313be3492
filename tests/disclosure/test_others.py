"""What one center is told of all never differs from its own numbers by a few patients."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.disclosure.others import MIN_SUBJECTS, enough, told_of


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ({"all": MIN_SUBJECTS}, "all"),
        ({"all": MIN_SUBJECTS - 1}, ""),
        ({"a": 30, "b": 40}, "ab"),
        ({"a": 30, "b": 40, "c": 0}, "ab"),
        # c alone is left out: all patients less a and b would be it
        ({"a": 30, "b": 40, "c": 1}, "b"),
        ({"a": 30, "b": 40, "c": 3, "d": 2}, "ab"),
        ({"a": 30, "c": 1}, ""),
        ({}, ""),
    ],
)
def test_a_group_of_few_elsewhere_is_left_out_and_not_alone(
    others: Mapping[str, int], told: str
) -> None:
    expected = set() if not told else {told} if told in others else set(told)
    assert told_of(others) == expected


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 12), max_size=6))
def test_neither_what_is_told_nor_what_is_left_out_is_of_few(others: dict[str, int]) -> None:
    told = told_of(others)
    left_out = sum(count for group, count in others.items() if group not in told)
    assert all(enough(others[group]) for group in told)
    assert left_out == 0 or enough(left_out) or not told
