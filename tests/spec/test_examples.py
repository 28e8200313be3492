"""Every worked example of every entry, judged by the compiled SQL and by the slow judge."""

from __future__ import annotations

import pytest

from registry import consensus
from registry.consensus.compiler import tier_sql, verdict_sql
from registry.consensus.entries import Example, Reading, Recommendation
from tests.spec import bench, reference

ENTRIES = reference.entries(consensus.FOLDER / consensus.CURRENT_VERSION)
CASES = [
    pytest.param(entry, reading, example, id=f"{entry.id}-{reading.name}-{n}-{example.case}")
    for entry in consensus.load().judged()
    for reading in entry.readings
    for n, example in enumerate(entry.examples)
]


@pytest.mark.parametrize(("entry", "reading", "example"), CASES)
def test_an_example_gets_the_verdict_it_states(
    entry: Recommendation, reading: Reading, example: Example
) -> None:
    expected = example.expected(reading.name)
    columns = consensus.load().facts[entry.subject].columns()
    statements = [verdict_sql(entry, reading), tier_sql(entry, reading)]
    compiled = bench.run(columns, [example.columns()], statements)[0]
    written = next(r for r in reference.readings(ENTRIES[entry.id]) if r["name"] == reading.name)
    slow = reference.judge(ENTRIES[entry.id], written, example.columns())
    assert compiled == slow == (expected.verdict, expected.tier)


def test_every_reading_that_differs_has_an_example_that_shows_it() -> None:
    for entry in consensus.load().judged():
        for reading in entry.readings:
            others = [r.name for r in entry.readings if r is not reading]
            for other in others:
                assert any(e.expected(reading.name) != e.expected(other) for e in entry.examples)
