"""Compiled SQL and slow judge agree on cases nobody thought of, with gaps and imprecise times."""

from __future__ import annotations

import random
from typing import Any

import pytest

from registry import consensus
from registry.consensus.compiler import facts_of, tier_sql, verdict_sql
from registry.consensus.entries import Recommendation
from registry.consensus.facts import bounds
from registry.forms import FORMS
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


def draw(entry: Recommendation, choose: random.Random) -> dict[str, Any]:
    """One subject with a value for every fact of the entry."""
    facts, values, row = consensus.load().facts[entry.subject], interesting(entry), {}
    for name, fact in facts.items():
        if fact.interval:
            ends = sorted(choose.choice(values) for _ in range(2))
            row |= dict(zip(bounds(name), choose.choice([ends, ends[:1] * 2]), strict=True))
        elif fact.type == "number":
            row[name] = choose.choice([*values, 0, 1, 2, 3])
        elif fact.type == "boolean":
            row[name] = choose.random() < 0.5
        else:
            form, column = str(fact.codes_of).split(".")
            codes = FORMS[form].columns()[column].item.codes
            row[name] = choose.choice([code.value for code in codes or ()])
    return row


def vary(entry: Recommendation, choose: random.Random) -> dict[str, Any]:
    """An example of the entry with some facts drawn anew and some taken away."""
    example, drawn = choose.choice(entry.examples).columns(), draw(entry, choose)
    row = {column: example.get(column) for column in facts_of(entry)}
    for name, fact in consensus.load().facts[entry.subject].items():
        columns = bounds(name) if fact.interval else (name,)
        if choose.random() < 0.4:  # both ends of an interval together, so that they stay in order
            row |= {column: drawn[column] for column in columns if column in row}
        if choose.random() < 0.1:
            row |= {choose.choice(columns): None} if set(columns) <= set(row) else {}
    return row


def agree(entry: Recommendation, count: int, seed: int) -> None:
    choose = random.Random(f"{entry.id} {seed}")
    rows = [vary(entry, choose) for _ in range(count)]
    columns = consensus.load().facts[entry.subject].columns()
    written = {r["name"]: r for r in reference.readings(ENTRIES[entry.id])}
    for reading in entry.readings:
        statements = [verdict_sql(entry, reading), tier_sql(entry, reading)]
        compiled = bench.run(columns, rows, statements)
        slow = [reference.judge(ENTRIES[entry.id], written[reading.name], row) for row in rows]
        different = [r for r, a, b in zip(rows, compiled, slow, strict=True) if a != b]
        assert different == []
        assert {verdict for verdict, _ in slow} == {
            "met", "deviated", "not_evaluable", "not_applicable",
        }  # fmt: skip


@pytest.mark.parametrize("entry", JUDGED, ids=lambda entry: entry.id)
def test_random_cases_are_judged_alike(entry: Recommendation) -> None:
    agree(entry, count=300, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("entry", JUDGED, ids=lambda entry: entry.id)
def test_many_random_cases_are_judged_alike(entry: Recommendation) -> None:
    agree(entry, count=20_000, seed=2)


def test_the_two_judges_share_nothing() -> None:
    assert "registry" not in vars(reference)
