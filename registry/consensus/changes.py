"""What differs between two versions of the consensus, entry by entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from registry.consensus.base import Number, plain
from registry.consensus.compiler import tier_sql, verdict_sql
from registry.consensus.consensus import Consensus
from registry.consensus.entries import Recommendation, Statement
from registry.consensus.inspection import criteria_of, parameters_of

What = Literal[
    "new", "gone", "retired", "judged again", "threshold", "parameter", "reading", "criterion",
    "strength", "text", "derivation",
]  # fmt: skip

_NUMBER = re.compile(r"(?<![\w.])\d+(\.\d+)?\b")


@dataclass(frozen=True)
class Change:
    """One change: the entry (or the file that facts are derived by), what kind, and how."""

    entry: str
    what: What
    detail: str = ""


def changes(old: Consensus, new: Consensus) -> list[Change]:
    """Every change from an old version to a new one, in the order of the paper."""
    before = {entry.id: entry for entry in old.statements}
    after = {entry.id: entry for entry in new.statements}
    found: list[Change] = []
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            found.append(Change(name, "gone", before[name].title))
        elif name not in before:
            found.append(Change(name, "new", after[name].title))
        else:
            found += _entry(before[name], after[name], _moved(old, new))
    return [*found, *_derivations(old, new)]


def _entry(old: Statement, new: Statement, moved: dict[str, str]) -> Iterator[Change]:
    name = new.id
    if old.is_judged and not new.is_judged:
        retired = new.retired if isinstance(new, Recommendation) else None
        yield Change(name, "retired", retired.why if retired else "gives no verdict any more")
    if new.is_judged and not old.is_judged:
        yield Change(name, "judged again" if isinstance(old, Recommendation) else "new", new.title)
    if isinstance(old, Recommendation) and isinstance(new, Recommendation):
        yield from _judging(old, new, moved)
    standing, text = (_differing(old, new, keys) for keys in (_STRENGTH, _TEXT))
    if standing:
        told = (f"{k} {getattr(old, k, 'none')} → {getattr(new, k, 'none')}" for k in standing)
        yield Change(name, "strength", ", ".join(told))
    if text:
        yield Change(name, "text", ", ".join(text))


_STRENGTH = ("kind", "strength", "hedge", "headline")
_TEXT = (
    "title", "statement", "use", "undecidable", "correction", "statistics", "tensions", "why",
    "evidence", "population", "numerator", "denominator", "center", "analyst",
)  # fmt: skip


def _differing(old: Statement, new: Statement, keys: tuple[str, ...]) -> list[str]:
    return [key for key in keys if getattr(old, key, None) != getattr(new, key, None)]


def _judging(old: Recommendation, new: Recommendation, moved: dict[str, str]) -> Iterator[Change]:
    """What changes the SQL, told as far as possible by the numbers that changed."""
    readings = _readings(old), _readings(new)
    if readings[0] != readings[1]:
        yield Change(new.id, "reading", f"{readings[0]} → {readings[1]}")
    for name in parameters_of(new):
        if name in moved:
            yield Change(new.id, "parameter", f"{name} {moved[name]}")
    was, now = _sql(old), _sql(new)
    if all(was[name] == now[name] for name in was.keys() & now.keys()):
        return
    pairs = _numbers(old, new)
    if pairs is None:
        yield Change(new.id, "criterion", "judged by another condition")
        return
    told = [f"{plain(a.value)} → {plain(b.value)}" for a, b in pairs if b.parameter not in moved]
    if told:
        yield Change(new.id, "threshold", ", ".join(dict.fromkeys(told)))


def _readings(entry: Recommendation) -> str:
    return ", ".join(f"{r.name} (default)" if r.default else r.name for r in entry.readings)


def _sql(entry: Recommendation) -> dict[str, tuple[str, str]]:
    return {r.name: (verdict_sql(entry, r), tier_sql(entry, r)) for r in entry.readings}


def _numbers(old: Recommendation, new: Recommendation) -> list[tuple[Number, Number]] | None:
    """The numbers that differ, where nothing but numbers does."""
    shapes = [
        [_NUMBER.sub("#", text) for pair in _sql(entry).values() for text in pair]
        for entry in (old, new)
    ]
    lists = [
        [number for _, criterion in criteria_of(entry) for number in criterion.numbers()]
        for entry in (old, new)
    ]
    if shapes[0] != shapes[1] or len(lists[0]) != len(lists[1]):
        return None
    return [(a, b) for a, b in zip(*lists, strict=True) if a != b] or None


def _moved(old: Consensus, new: Consensus) -> dict[str, str]:
    """The parameters whose value changed."""
    return {
        name: f"{plain(old.parameters[name].value)} → {plain(new.parameters[name].value)}"
        for name in old.parameters.keys() & new.parameters.keys()
        if old.parameters[name].value != new.parameters[name].value
    }


def _derivations(old: Consensus, new: Consensus) -> Iterator[Change]:
    """What facts are derived by, beside parameters: it may move verdicts of any entry."""
    before, after = old.regimens.regimens, new.regimens.regimens
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change("regimens.yaml", "derivation", name)
    if old.regimens.lists != new.regimens.lists:
        yield Change("regimens.yaml", "derivation", "the lists of regimens")
    for key in type(new.genetics).model_fields:
        if getattr(old.genetics, key) != getattr(new.genetics, key):
            yield Change("genetics.yaml", "derivation", key)
