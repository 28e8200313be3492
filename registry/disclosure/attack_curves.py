"""What published curves say together: of the cumulative counts, each the middle of its bin, on every day of the grid."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import product

from registry.disclosure.policy import Point, Policy
from registry.disclosure.system import Cell, System
from registry.disclosure.told import Told

_CURVES = {
    "public_survival": {"event": "cumulative_events", "censored": "cumulative_censored"},
    "public_cumulative_incidence": {
        "event": "cumulative_events", "competing": "cumulative_competing", "censored": "cumulative_censored",
    },
}  # fmt: skip
# what a count of one endpoint is made of: whoever leaves remission relapses or dies before it
_MADE_OF: Mapping[tuple[str, str], Sequence[str]] = {
    ("lfs", "event"): ("relapse", "death"), ("relapse", "event"): ("relapse",),
    ("relapse", "competing"): ("death",), ("nrm", "event"): ("death",), ("nrm", "competing"): ("relapse",),
}  # fmt: skip


# release, what the endpoint is of, origin, kind and stratum; what is told of it by day and parts of a count
Group = tuple[str, str, str, str, str]
Days = dict[int, dict[tuple[str, ...], Cell]]


def add_curves(system: System, told: Told, policy: Policy) -> None:
    """The curves of one public file, into which those of its table of patients have gone.

    A count is never smaller on a later day, the parts of a group never more than its patients, and the drawn
    groups of one kind never more than all.
    """
    groups: dict[Group, Days] = {}
    for table, columns in _CURVES.items():
        for release, family, (endpoint, origin, kind, stratum, day, at_risk, *shown) in told.rows(
            table,
            (
                "endpoint",
                "origin",
                "stratum_kind",
                "stratum",
                "time_days",
                "n_risk",
                *columns.values(),
            ),
        ):
            ending = "remission" if (endpoint, "event") in _MADE_OF else endpoint
            group = (release, ending, origin, kind, stratum)
            if day == 0:
                # how many a curve is of is told by the cohort as well, and is no small count
                cell = replace(_bin(at_risk, policy), hidden=False, family=family)
                system.cells[_patients(group)] = cell
                system.at_most([_patients(group)], everybody(system, release, kind, stratum))
                continue
            for count, value in zip(columns, shown, strict=True):
                parts = tuple(_MADE_OF.get((endpoint, count), (count,)))
                groups.setdefault(group, {}).setdefault(day, {})[parts] = replace(
                    _bin(value, policy), family=family
                )
    for curves in {group[:3] for group in groups}:
        together = {group: days for group, days in groups.items() if group[:3] == curves}
        moving = _moving(together, {point.day for point in policy.curves.tells.values()})
        for group, days in moving.items():
            _add(system, group, days)
        _add_groups(system, moving)


def everybody(system: System, release: str, kind: str, stratum: str) -> str:
    """The name of how many patients a stratum has at most: those of its level in the cohort, or all."""
    level = f"{release}/cohort/{kind}/{stratum}"
    return level if level in system.cells else system.whole(f"{release}/patients")


def told_by_curve(release: str, point: Point, kind: str, stratum: str) -> str:
    """The name of a cumulative count of events."""
    return _name((release, point.endpoint, point.origin, kind, stratum), point.day, "event")


def _moving(groups: Mapping[Group, Days], needed: Collection[int]) -> dict[Group, Days]:
    """Without the days on which nothing is told but what the days before and after tell, unless needed."""
    known = sorted({day for days in groups.values() for day in days})
    told = {day: [days.get(day) for days in groups.values()] for day in known}
    kept = {
        day
        for before, day, after in zip([None, *known], known, [*known[1:], None], strict=False)
        if day in needed
        or before is None
        or after is None
        or not told[before] == told[day] == told[after]
    }
    return {
        group: {day: of for day, of in days.items() if day in kept}
        for group, days in groups.items()
    }


def _add(system: System, group: Group, days: Days) -> None:
    """One group: a count of one part is a cell, that of several the sum of theirs."""
    for earlier, day in zip([None, *sorted(days)], sorted(days), strict=False):
        for parts, cell in sorted(days[day].items(), key=lambda item: len(item[0])):
            system.cells[_name(group, day, " or ".join(parts))] = cell
            if len(parts) > 1:
                names = [system.whole(_name(group, day, part)) for part in parts]
                system.equal(_name(group, day, " or ".join(parts)), names)
        present = _parts(days[day])
        system.at_most([_name(group, day, part) for part in present], _patients(group))
        if earlier is not None:
            for part in present:
                system.at_most([_name(group, earlier, part)], _name(group, day, part))


def _add_groups(system: System, groups: Mapping[Group, Days]) -> None:
    """The groups of a kind are among all; of some it is not known to which they belong."""
    for whole, days in groups.items():
        if whole[3] != "all":
            continue
        for day, kind in product(days, {group[3] for group in groups} - {"all"}):
            inside = [g for g in groups if g[3] == kind and day in groups[g]]
            for part in _parts(days[day]) if inside else ():
                system.at_most([_name(g, day, part) for g in inside], _name(whole, day, part))


def _parts(told: Mapping[tuple[str, ...], Cell]) -> list[str]:
    return sorted({part for parts in told for part in parts})


def _bin(published: int, policy: Policy) -> Cell:
    """What the middle of a bin says; none at all is told as it is."""
    half = policy.curves.bin // 2
    if published == 0:
        return Cell(0, 0)
    return Cell(published - half + 1, published + half, hidden=True)


def _name(group: Group, day: int, part: str) -> str:
    return f"{'/'.join(group)}/day {day}/{part}"


def _patients(group: Group) -> str:
    return f"{'/'.join(group)}/patients"
