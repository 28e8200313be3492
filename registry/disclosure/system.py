"""What is said of counts, as intervals and sums of them, and what that leaves possible for those not told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_TOLERANCE = 1e-6
Sum = frozenset[tuple[str, float]]  # cells and their weights


@dataclass(frozen=True)
class Cell:
    """A true count, known to lie from `low` to `high`; `hidden` if it is what an outsider wants to know.

    `family` is the public table it is told in, and the strata of it that are told together.
    """

    low: float
    high: float
    hidden: bool = False
    family: tuple[str, str] = ("", "")


@dataclass
class System:
    """Cells by name, and weighted sums of cells with the least and the greatest each can be."""

    cells: dict[str, Cell] = field(default_factory=dict)
    sums: dict[Sum, tuple[float, float]] = field(default_factory=dict)

    def equal(self, whole: str, parts: Iterable[str]) -> None:
        """The parts make up the whole."""
        self.at_most(parts, whole, untold=0)

    def at_most(self, parts: Iterable[str], whole: str, *, untold: float = np.inf) -> None:
        """The parts are among the whole, of which at most `untold` are told nowhere."""
        key = frozenset({**dict.fromkeys(parts, 1.0), whole: -1.0}.items())
        low, high = self.sums.get(key, (-np.inf, np.inf))
        self.sums[key] = max(low, -untold), min(high, 0.0)

    def whole(self, name: str) -> str:
        """A number that no table tells, and that is the same wherever it is meant."""
        self.cells.setdefault(name, Cell(0, np.inf))
        return name

    def ranges(self, enough: Mapping[str, float] | None = None) -> dict[str, tuple[float, float]]:
        """The least and greatest value of every hidden cell that agrees with all that is said.

        Of a cell that is left `enough` values it is not asked how many more there are. Raises ValueError if
        nothing agrees, which means that the tables contradict each other.
        """
        found: dict[str, tuple[float, float]] = {}
        for part in self._apart():
            found |= part.ranges(enough or {})
        return {name: found[name] for name, cell in self.cells.items() if cell.hidden}

    def _apart(self) -> Iterator[_Program]:
        """Cells that no sum connects are sought in programs of their own."""
        index = {name: number for number, name in enumerate(self.cells)}
        links = [
            (index[first], index[name]) for key in self.sums for first, _ in [next(iter(key))] for name, _ in key
        ]  # fmt: skip
        rows, columns = zip(*links, strict=True) if links else ((), ())
        graph = coo_array((np.ones(len(links)), (rows, columns)), shape=(len(index), len(index)))
        _, of = connected_components(graph, directed=False)
        parts: dict[int, System] = {}
        for name, cell in self.cells.items():
            parts.setdefault(int(of[index[name]]), System()).cells[name] = cell
        for key, limits in self.sums.items():
            first, _ = next(iter(key))
            parts[int(of[index[first]])].sums[key] = limits
        for part in parts.values():
            yield _Program(part)


class _Program:
    """One linear program, asked for the extremes of many cells."""

    def __init__(self, system: System) -> None:
        self._cells, self._sums = system.cells, system.sums
        self._index = {name: number for number, name in enumerate(system.cells)}
        upper, at_most, same, exactly = [], [], [], []
        for key, (low, high) in self._sums.items():
            weights = dict(key)
            if low == high:
                same.append(weights)
                exactly.append(low)
                continue
            upper.append(weights)
            at_most.append(high)
            if np.isfinite(low):
                upper.append({name: -weight for name, weight in key})
                at_most.append(-low)
        self._given: dict[str, Any] = {
            "A_ub": self._matrix(upper), "b_ub": at_most or None,
            "A_eq": self._matrix(same), "b_eq": exactly or None,
            "bounds": [(cell.low, cell.high) for cell in system.cells.values()],
        }  # fmt: skip

    def ranges(self, enough: Mapping[str, float]) -> dict[str, tuple[float, float]]:
        """The range of every hidden cell, as far as `System.ranges` asks.

        All are pushed at once, and every solution tells something of each; what is left then goes alone.
        """
        hidden = {name: cell for name, cell in self._cells.items() if cell.hidden}
        if not self._sums:
            return {name: (cell.low, cell.high) for name, cell in hidden.items()}
        seen = dict.fromkeys(hidden, (np.inf, -np.inf))

        def is_done(name: str, sign: int) -> bool:
            low, high = seen[name]
            end = hidden[name].high - high if sign > 0 else low - hidden[name].low
            return end < _TOLERANCE or (
                low <= high and _values(low, high) >= enough.get(name, np.inf)
            )

        def push(names: Iterable[str], sign: int) -> None:
            for name, value in self._solve(names, sign).items():
                seen[name] = min(seen[name][0], value), max(seen[name][1], value)

        for sign in (-1, 1):
            together = {n for n, c in hidden.items() if np.isfinite(c.high if sign > 0 else c.low)}
            while left := {name for name in together if not is_done(name, sign)}:
                push(left, sign)
                if not any(is_done(name, sign) for name in left):
                    break
        for name in hidden:
            for sign in (-1, 1):
                if not is_done(name, sign):
                    push([name], sign)
        return seen

    def _solve(self, names: Iterable[str], sign: int) -> dict[str, float]:
        """Values of the hidden cells where the sum of the named is least (-1) or greatest (1).

        One that has no end is told as such. Raises ValueError where nothing agrees.
        """
        aim = np.zeros(len(self._cells))
        aim[[self._index[name] for name in names]] = -sign
        found = linprog(aim, method="highs", **self._given)
        if found.status == 3:
            return dict.fromkeys(names, np.inf * sign)
        if found.status != 0:
            raise ValueError("no counts agree with what the tables say")
        return {
            name: float(found.x[self._index[name]])
            for name, cell in self._cells.items() if cell.hidden
        }  # fmt: skip

    def _matrix(self, rows: Sequence[Mapping[str, float]]) -> coo_array | None:
        if not rows:
            return None
        entries = [
            (number, self._index[name], weight)
            for number, row in enumerate(rows) for name, weight in row.items()
        ]  # fmt: skip
        line, column, weight = zip(*entries, strict=True)
        return coo_array((weight, (line, column)), shape=(len(rows), len(self._index)))


def narrow(
    ranges: Mapping[str, tuple[float, float]], least: Mapping[str, float] | float
) -> list[str]:
    """The hidden cells of which fewer than so many values remain possible, worst first."""
    counts = {name: _values(low, high) for name, (low, high) in ranges.items()}
    few = [
        n
        for n, count in counts.items()
        if count < (least[n] if isinstance(least, Mapping) else least)
    ]
    return sorted(few, key=lambda n: counts[n])


def _values(low: float, high: float) -> float:
    """How many whole numbers there are."""
    return float(np.floor(high + _TOLERANCE) - np.ceil(low - _TOLERANCE) + 1)
