"""Takes published counts apart as an outsider would: by linear programming over all that they say.

What a table says of a cell is an interval (a published 15 stands for 13 to 17, a hidden one for 1 to 12), and of
several cells a sum. A hidden cell is found out if these leave it too few values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from registry.disclosure.policy import Policy
from registry.disclosure.policy import policy as load_policy
from registry.disclosure.refresh import ORIGIN

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Cell:
    """A true count, known to lie from `low` to `high`; `hidden` if the table does not show it."""

    low: float
    high: float
    hidden: bool = False


@dataclass
class System:
    """Cells by name, and weighted sums of cells with the least and the greatest each can be."""

    cells: dict[str, Cell] = field(default_factory=dict)
    sums: list[tuple[dict[str, float], float, float]] = field(default_factory=list)

    def equal(self, whole: str, parts: Iterable[str]) -> None:
        """The parts make up the whole."""
        self.sums.append(({**dict.fromkeys(parts, 1.0), whole: -1.0}, 0.0, 0.0))

    def at_most(self, parts: Iterable[str], whole: str) -> None:
        """The parts are among the whole; some of it may be told nowhere."""
        self.sums.append(({**dict.fromkeys(parts, 1.0), whole: -1.0}, -np.inf, 0.0))

    def ranges(self) -> dict[str, tuple[float, float]]:
        """The least and greatest value of every hidden cell that agrees with all that is said.

        Raises ValueError if nothing does, which means that the tables contradict each other.
        """
        index = {name: number for number, name in enumerate(self.cells)}
        bounds = [(cell.low, cell.high) for cell in self.cells.values()]
        upper, at_most, same, exactly = [], [], [], []
        for weights, low, high in self.sums:
            if low == high:
                same.append(weights)
                exactly.append(low)
                continue
            if np.isfinite(high):
                upper.append(weights)
                at_most.append(high)
            if np.isfinite(low):
                upper.append({name: -weight for name, weight in weights.items()})
                at_most.append(-low)
        given = {
            "A_ub": _matrix(upper, index), "b_ub": at_most or None,
            "A_eq": _matrix(same, index), "b_eq": exactly or None, "bounds": bounds,
        }  # fmt: skip
        return {
            name: (_extreme(index[name], len(index), 1, given), _extreme(index[name], len(index), -1, given))
            for name, cell in self.cells.items() if cell.hidden
        }  # fmt: skip


def narrow(ranges: Mapping[str, tuple[float, float]], policy: Policy | None = None) -> list[str]:
    """The hidden cells of which too few values remain possible, worst first."""
    least = (policy or load_policy()).least_hidden_values
    counts = {
        name: np.floor(high + _TOLERANCE) - np.ceil(low - _TOLERANCE) + 1
        for name, (low, high) in ranges.items()
    }
    return sorted((n for n, count in counts.items() if count < least), key=lambda n: counts[n])


def said(published: int | None, policy: Policy | None = None) -> Cell:
    """What a published count says of the true one."""
    rule = policy or load_policy()
    if published is None:
        return Cell(1, rule.threshold, hidden=True)
    half = rule.base // 2
    return Cell(0, 0) if published == 0 else Cell(published - half, published + half)


def attack(files: Sequence[Path], policy: Policy | None = None) -> list[str]:
    """The hidden cells of public files, oldest first, that can be found out from all of them together.

    Assumed is an outsider who knows how the tables are made. Raises ValueError for files that contradict
    themselves.
    """
    rule = policy or load_policy()
    system = System()
    for path in files:
        with duckdb.connect(str(path), read_only=True) as connection:
            _add(system, _Told(connection), rule)
    return narrow(system.ranges(), rule)


class _Told:
    """One public file. A stratum that was left as it was is the same cell as in the release it is of."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        told = connection.execute(f"select public_table, stratum, release from {ORIGIN}").fetchall()
        self._origin = {(table, stratum): release for table, stratum, release in told}

    def rows(
        self, table: str, columns: Sequence[str], policy: Policy
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The release a row is of, and the columns asked for."""
        for key, *row in self._connection.execute(
            f"select {policy.stratum(table)}, {', '.join(columns)} from {table}"
        ).fetchall():
            yield self._origin[table, key], tuple(row)


def _add(system: System, told: _Told, policy: Policy) -> None:
    """One public file: its cells, and how they hang together."""
    _add_cohort(system, told, policy)
    _add_adherence(system, told, policy)
    _add_responses(system, told, policy)


def _add_cohort(system: System, told: _Told, policy: Policy) -> None:
    """The levels of a characteristic make up all patients, if they are told at one time."""
    levels: dict[str, dict[str, str]] = {}
    for release, (characteristic, level, shown) in told.rows(
        "public_cohort", ("characteristic", "level", "patients"), policy
    ):
        name = f"{release}/cohort/{characteristic}/{level}"
        system.cells[name] = said(shown, policy)
        levels.setdefault(characteristic, {})[name] = release
    for names in levels.values():
        if len(releases := set(names.values())) == 1:
            system.equal(_whole(system, f"{releases.pop()}/patients"), names)


def _add_adherence(system: System, told: _Told, policy: Policy) -> None:
    """The four verdicts of a reading make up its subjects: the same for every reading of a recommendation."""
    verdicts = ("met", "deviated", "not_evaluable", "not_applicable")
    for release, (recommendation, subject, reading, *shown) in told.rows(
        "public_adherence", ("recommendation_id", "subject", "reading", *verdicts), policy
    ):
        whole = _whole(system, f"{release}/adherence/{recommendation}")
        names = [f"{whole}/{reading}/{verdict}" for verdict in verdicts]
        system.cells |= {
            name: said(value, policy) if subject == "patient" or value is not None
            # subjects may be many of few patients: what is hidden has no upper end to come near to
            else Cell(1, np.inf)
            for name, value in zip(names, shown, strict=True)
        }  # fmt: skip
        system.equal(whole, names)
        if subject == "patient":
            # fewer where versions of the consensus share the years among them
            system.at_most([whole], _whole(system, f"{release}/patients"))


def _add_responses(system: System, told: _Told, policy: Policy) -> None:
    """CR is among remissions, those among all who started; the strata of a kind are among all patients."""
    counts = ("n_started", "n_evaluable", "n_cr", "n_cr_crh_cri")
    strata: dict[tuple[str, str], list[str]] = {}
    for release, (kind, stratum, *shown) in told.rows(
        "public_response", ("stratum_kind", "stratum", *counts), policy
    ):
        row = f"{release}/response/{kind}/{stratum}"
        system.cells |= {
            f"{row}/{count}": said(value, policy)
            if value is not None or count in counts[:2]
            # hidden also where nobody or everybody of a small group had it
            else Cell(0, policy.unanimous_group, hidden=True)
            for count, value in zip(counts, shown, strict=True)
        }  # fmt: skip
        for part, whole in (("n_cr", "n_cr_crh_cri"), ("n_cr_crh_cri", "n_evaluable"),
                            ("n_evaluable", "n_started")):  # fmt: skip
            system.at_most([f"{row}/{part}"], f"{row}/{whole}")
        strata.setdefault((release, kind), []).append(row)
    for (release, kind), rows in strata.items():
        for count in counts:
            whole = f"{release}/response/all/all/{count}"
            if kind != "all" and whole in system.cells:
                system.at_most([f"{row}/{count}" for row in rows], whole)


def _whole(system: System, name: str) -> str:
    """A number that no table tells, and that is the same wherever it is meant."""
    system.cells.setdefault(name, Cell(0, np.inf))
    return name


def _matrix(rows: Sequence[Mapping[str, float]], index: Mapping[str, int]) -> coo_array | None:
    if not rows:
        return None
    entries = [
        (number, index[name], weight)
        for number, row in enumerate(rows) for name, weight in row.items()
    ]  # fmt: skip
    line, column, weight = zip(*entries, strict=True)
    return coo_array((weight, (line, column)), shape=(len(rows), len(index)))


def _extreme(cell: int, cells: int, sign: int, given: Mapping[str, object]) -> float:
    aim = np.zeros(cells)
    aim[cell] = sign
    found = linprog(aim, method="highs", **given)
    if found.status == 3:
        return -np.inf * sign
    if found.status != 0:
        raise ValueError("no counts agree with what the tables say")
    return float(sign * found.fun)
