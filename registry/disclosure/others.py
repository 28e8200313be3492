"""What people of one center are told of all centers: nothing whose difference to their own numbers is of a few."""

from __future__ import annotations

from collections.abc import Mapping

from registry.statistics.proportion import MIN_SUBJECTS

WITHHELD = "not shown: too few patients of other centers stand behind it"


def enough(others: int) -> bool:
    """Whether so many subjects of other centers may stand behind a number."""
    return others >= MIN_SUBJECTS


def told_of(others: Mapping[str, int]) -> frozenset[str]:
    """The groups of a whole that may be told, by how many of each are of other centers.

    The whole is told as well: what is left out must not be few together either.
    """
    groups, left_out = sorted(others, key=lambda group: (others[group], group)), 0
    while groups and not (enough(others[groups[0]]) and (left_out == 0 or enough(left_out))):
        left_out += others[groups.pop(0)]
    return frozenset(groups)
