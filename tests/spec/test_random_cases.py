"""Compiled SQL and slow judge agree on cases nobody thought of, with gaps and imprecise times."""

from __future__ import annotations

import random
from typing import Any

import pytest

from registry import consensus
from registry.consensus.compiler import facts_of, tier_sql, verdict_sql
from registry.consensus.entries import Recommendation
from registry.consensus.facts import Fact, bounds
from registry.consensus.inspection import values_of
from tests.spec import bench, reference

ENTRIES = reference.entries(consensus.FOLDER / consensus.CURRENT_VERSION)
JUDGED = consensus.load().judged()


def numbers_in(node: Any) -> set[float]:
    """Every number of the criteria as written."""
    if isinstance(node, dict):
        return {n for key, value in node.items() if key != "examples" for n in numbers_in(value)}
    if isinstance(node, list):
        return {n for value in node for n in numbers_in(value)}
    return {node} if isinstance(node, int | float) and not isinstance(node, bool) else set()


def interesting(entry: Recommendation) -> list[float]:
    """Values at, beside and between the thresholds, and their sums."""
    limits = numbers_in(ENTRIES[entry.id]) | {0.0}
    sums = {a + b for a in limits for b in limits}
    return sorted({n + step for n in limits | sums for step in (-1, -0.001, 0, 0.001, 1, 12)})


def read_facts(entry: Recommendation) -> dict[str, Fact]:
    """The facts that the entry reads."""
    columns = set(facts_of(entry))
    return {
        name: fact
        for name, fact in consensus.load().facts[entry.subject].items()
        if columns & {name, *bounds(name)}
    }


def draw(facts: dict[str, Fact], values: list[float], choose: random.Random) -> dict[str, Any]:
    """One subject with a value for every fact."""
    row: dict[str, Any] = {}
    for name, fact in facts.items():
        if fact.interval:
            ends = sorted(choose.choice(values) for _ in range(2))
            row |= dict(zip(bounds(name), choose.choice([ends, ends[:1] * 2]), strict=True))
        elif fact.type == "number":
            row[name] = choose.choice([*values, 0, 1, 2, 3])
        elif fact.type == "boolean":
            row[name] = choose.random() < 0.5
        else:
            row[name] = choose.choice(values_of(fact))
    return row


def vary(
    entry: Recommendation, facts: dict[str, Fact], values: list[float], choose: random.Random
) -> dict[str, Any]:
    """An example of the entry with some facts drawn anew and some taken away."""
    example, drawn = choose.choice(entry.examples).columns(), draw(facts, values, choose)
    row = {column: example.get(column) for column in drawn}
    for name, fact in facts.items():
        columns = bounds(name) if fact.interval else (name,)
        if choose.random() < 0.4:  # both ends of an interval together, so that they stay in order
            row |= {column: drawn[column] for column in columns}
        if choose.random() < 0.1:
            row[choose.choice(columns)] = None
    return row


def agree(entry: Recommendation, count: int, seed: int) -> None:
    choose = random.Random(f"{entry.id} {seed}")
    facts, values = read_facts(entry), interesting(entry)
    rows = [vary(entry, facts, values, choose) for _ in range(count)]
    columns = consensus.load().facts[entry.subject].columns()
    written = {r["name"]: r for r in reference.readings(ENTRIES[entry.id])}
    asked = [(reading, make) for reading in entry.readings for make in (verdict_sql, tier_sql)]
    found = bench.run(
        {column: columns[column] for column in rows[0]},
        rows,
        [make(entry, reading) for reading, make in asked],
    )
    seen = set()
    for i, reading in enumerate(entry.readings):
        compiled = [row[2 * i : 2 * i + 2] for row in found]
        slow = [reference.judge(ENTRIES[entry.id], written[reading.name], row) for row in rows]
        different = [r for r, a, b in zip(rows, compiled, slow, strict=True) if a != b]
        assert different == []
        seen |= {verdict for verdict, _ in slow}
    assert seen == {"met", "deviated", "not_evaluable", "not_applicable"}


@pytest.mark.parametrize("entry", JUDGED, ids=lambda entry: entry.id)
def test_random_cases_are_judged_alike(entry: Recommendation) -> None:
    agree(entry, count=300, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("entry", JUDGED, ids=lambda entry: entry.id)
def test_many_random_cases_are_judged_alike(entry: Recommendation) -> None:
    agree(entry, count=5_000, seed=2)


def test_the_two_judges_share_nothing() -> None:
    assert "registry" not in vars(reference)
