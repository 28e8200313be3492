"""Takes published numbers apart as an outsider would: by linear programming over all that they say.

What a table says of a cell is an interval (a published 15 stands for 13 to 17, a hidden one for 1 to 12), and of
several cells a sum. A hidden cell is found out if these leave it too few values; so is a count of a curve that
the rounding was to blur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from registry.disclosure.attack_curves import add_curves, everybody, told_by_curve
from registry.disclosure.policy import Policy
from registry.disclosure.policy import policy as load_policy
from registry.disclosure.refresh import Family
from registry.disclosure.system import Cell, System, narrow
from registry.disclosure.told import Told

# subject to its figures, each with statement_id, statistic, of_sql, share_sql
Figures = Mapping[str, Sequence[Mapping[str, Any]]]


def said(published: int | None, policy: Policy | None = None) -> Cell:
    """What a published count says of the true one."""
    rule = policy or load_policy()
    if published is None:
        return Cell(1, rule.threshold, hidden=True)
    half = rule.base // 2
    return Cell(0, 0) if published == 0 else Cell(published - half, published + half)


def attack(
    files: Sequence[Path],
    figures: Figures | None = None,
    policy: Policy | None = None,
    *,
    one_version: bool = True,
) -> dict[str, Family]:
    """The hidden cells of public files, oldest first, that can be found out from all of them together.

    With each the table and the strata that are told together with it. Assumed is an outsider who knows how the
    tables are made, of whom the `figures` are, and whether one version of the consensus judges all. Raises
    ValueError for files that contradict themselves.
    """
    rule = policy or load_policy()
    try:
        return _attack(files, figures, rule, complete=True, one_version=one_version)
    except ValueError:
        # a later release leaves out new strata of few patients; who finds that sums do not fit knows it
        return _attack(files, figures, rule, complete=False, one_version=one_version)


def _attack(
    files: Sequence[Path],
    figures: Figures | None,
    rule: Policy,
    *,
    complete: bool,
    one_version: bool,
) -> dict[str, Family]:
    system = System()
    for number, path in enumerate(files):
        with duckdb.connect(str(path), read_only=True) as connection:
            told = Told(connection, rule, is_first=complete or number == 0)
            _add_cohort(system, told, rule)
            _add_adherence(system, told, rule, one_version=one_version)
            _add_responses(system, told, rule)
            add_curves(system, told, rule)
            _add_figures(system, told, rule, figures or {})
    least = {
        name: rule.curves.least_values if cell.family[0] in rule.curves.drawn else rule.least_hidden_values
        for name, cell in system.cells.items() if cell.hidden
    }  # fmt: skip
    return {name: system.cells[name].family for name in narrow(system.ranges(least), least)}


def _add_cohort(system: System, told: Told, policy: Policy) -> None:
    """The levels of a characteristic make up all patients, if they are told at one time."""
    levels: dict[str, dict[str, str]] = {}
    for release, family, (characteristic, level, shown) in told.rows(
        "public_cohort", ("characteristic", "level", "patients")
    ):
        name = f"{release}/cohort/{characteristic}/{level}"
        system.cells[name] = replace(said(shown, policy), family=family)
        levels.setdefault(characteristic, {})[name] = release
    for names in levels.values():
        if len(releases := set(names.values())) == 1:
            untold = 0 if told.is_first else policy.threshold
            system.at_most(names, system.whole(f"{releases.pop()}/patients"), untold=untold)


def _add_adherence(system: System, told: Told, policy: Policy, *, one_version: bool) -> None:
    """The four verdicts of a reading make up its subjects: the same for every reading of a recommendation.

    All are judged by every recommendation, unless versions of the consensus share the years among them.
    """
    verdicts = ("met", "deviated", "not_evaluable", "not_applicable")
    for release, family, (recommendation, subject, reading, *shown) in told.rows(
        "public_adherence", ("recommendation_id", "subject", "reading", *verdicts)
    ):
        subjects = _subjects(release, subject)
        judged = system.whole(f"{release}/adherence/{recommendation}")
        names = [f"{judged}/{reading}/{verdict}" for verdict in verdicts]
        system.cells |= {
            name: replace(said(value, policy), family=family) if subject == "patient" or value is not None
            # subjects may be many of few patients: what is hidden has no upper end of its own
            else Cell(1, np.inf, hidden=True, family=family)
            for name, value in zip(names, shown, strict=True)
        }  # fmt: skip
        system.equal(judged, names)
        system.at_most([judged], system.whole(subjects), untold=0 if one_version else np.inf)


def _subjects(release: str, subject: str) -> str:
    """The name of how many subjects a release has; every table that tells of patients tells of these."""
    return f"{release}/patients" if subject == "patient" else f"{release}/{subject}"


def _add_responses(system: System, told: Told, policy: Policy) -> None:
    """CR is among remissions, those among all who started, and they among the patients; so are the strata of a kind.

    What is left over of each is a count like any other, although no table tells it.
    """
    counts = ("n_started", "n_evaluable", "n_cr", "n_cr_crh_cri")
    strata: dict[tuple[str, str], list[str]] = {}
    for release, family, (kind, stratum, *shown) in told.rows(
        "public_response", ("stratum_kind", "stratum", *counts)
    ):
        row = f"{release}/response/{kind}/{stratum}"
        of = dict(zip(counts, shown, strict=True))
        system.cells |= {
            f"{row}/{count}": replace(said(value, policy), family=family)
            if value is not None or count == "n_started"
            # hidden where it is small, and where what is left over is
            else Cell(0, np.inf, hidden=True, family=family)
            for count, value in of.items()
        }  # fmt: skip
        for part, whole in (("n_cr", "n_cr_crh_cri"), ("n_cr", "n_started"), ("n_cr_crh_cri", "n_evaluable"),
                            ("n_cr_crh_cri", "n_started"), ("n_evaluable", "n_started")):  # fmt: skip
            rest = f"{row}/{whole} without {part}"
            cell = _rest(of[part], of[whole], policy)
            if part == "n_cr" and whole == "n_cr_crh_cri" and of[part] == of[whole] is not None:
                cell = Cell(0, 0)  # of large groups it is told that nobody had CRh or CRi
            system.cells[rest] = replace(cell, family=family)
            system.equal(f"{row}/{whole}", [f"{row}/{part}", rest])
        system.at_most([f"{row}/n_started"], everybody(system, release, kind, stratum))
        strata.setdefault((release, kind), []).append(row)
    for (release, kind), rows in strata.items():
        for count in counts:
            whole = f"{release}/response/all/all/{count}"
            if kind != "all" and whole in system.cells:
                system.at_most([f"{row}/{count}" for row in rows], whole)


def _rest(part: int | None, whole: int | None, policy: Policy) -> Cell:
    """What a part leaves of its whole. Where both are told it is more than the threshold, or found out."""
    if part is None or whole is None:
        return Cell(0, np.inf, hidden=True)
    if whole == 0:
        return Cell(0, 0)
    blurred = 2 * (policy.base // 2)
    most = whole - part + blurred
    if most > policy.threshold:
        return Cell(policy.threshold + 1, most)
    return Cell(max(0, whole - part - blurred), most, hidden=True)


def _add_figures(system: System, told: Told, policy: Policy, figures: Figures) -> None:
    """Those who have it, who have it not and of whom it is not known make up the population of a figure.

    It is the same for every figure of one population, and for the groups of one together.
    """
    known = {
        (one["statement_id"], one["statistic"]): (subject, one)
        for subject, all_of in figures.items() for one in all_of
    }  # fmt: skip
    parts: dict[tuple[str, str, str], list[str]] = {}
    tells = {f"({fact} = true)": point for fact, point in policy.curves.tells.items()}
    counted: dict[tuple[str, str, str], list[str]] = {}
    split = {name for name, (_, one) in known.items() if one.get("by")}
    for release, family, (statement, statistic, group, *shown) in told.rows(
        "public_statistic", ("statement_id", "statistic", "by_group", "known", "events", "unknown")
    ):
        subject, figure = known.get((statement, statistic), ("", {}))
        row = f"{release}/statistic/{statement}/{statistic}/{group}"
        cells = _figure(shown, policy, subject == "patient", figure.get("share_sql"))
        system.cells |= {
            f"{row}/{name}": replace(cell, family=family) for name, cell in cells.items()
        }
        subjects = _subjects(release, subject)
        population = subjects
        if (of := figure.get("of_sql", f"{statement} {statistic}")) != "true":
            population = f"{subjects} where {of}"
            system.at_most([system.whole(population)], system.whole(subjects))
        parts.setdefault((population, statement, statistic), []).extend(f"{row}/{n}" for n in cells)
        if point := tells.get(figure.get("share_sql") or ""):
            among_all = told_by_curve(release, point, "all", "all")
            counted.setdefault((among_all, statement, statistic), []).append(f"{row}/events")
            for kind, stratum in (("all", "all"), (str(figure.get("by")), group)):
                curve = told_by_curve(release, point, kind, stratum)
                _add_point(system, curve, row, everybody(system, release, kind, stratum))
    for (curve, *_), names in counted.items():
        if curve in system.cells:
            system.at_most(names, curve)
    for (population, *name), names in parts.items():
        # in a later release any number of groups may be told nowhere
        untold = np.inf if tuple(name) in split and not told.is_first else 0
        system.at_most(names, system.whole(population), untold=untold)


def _add_point(system: System, curve: str, row: str, everybody: str) -> None:
    """The patients counted in a figure are among those that a curve counts, and its others are not."""
    if curve in system.cells:
        system.at_most([f"{row}/events"], curve)
        system.at_most([curve, f"{row}/others", f"{row}/unknown"], everybody)


def _figure(
    shown: Sequence[int | None], policy: Policy, of_patients: bool, share: str | None
) -> dict[str, Cell]:
    """The cells of one figure. Of a share with a hidden part neither part is told, nor which one it is."""
    known, events, unknown = shown

    def cell(shown: int | None) -> Cell:
        # subjects may be many of few patients: what is hidden has no upper end of its own
        return (
            said(shown, policy)
            if of_patients or shown is not None
            else Cell(1, np.inf, hidden=True)
        )

    if known is not None and events is not None:
        parts = {"events": cell(events), "others": cell(known - events)}
    elif share:
        parts = dict.fromkeys(("events", "others"), Cell(0, np.inf, hidden=True))
    else:
        parts = {"known": cell(known)}
    return {**parts, "unknown": cell(unknown)}
