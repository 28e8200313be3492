"""How the cases of a file compare with the consensus: counts, and never a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from registry import consensus
from registry.warehouse import Bench

VERDICTS = ("met", "deviated", "not_evaluable")


@dataclass(frozen=True)
class Practice:
    """The verdicts of one recommendation (its default reading) on the cases of a file: patients, donors,
    courses or infusions, as the recommendation counts."""

    recommendation_id: str
    title: str
    subject: str
    met: int
    deviated: int
    not_evaluable: int


def practice(bench: Bench) -> tuple[Practice, ...]:
    """The recommendations of the headline that apply to any of the cases, in the paper's order."""
    judged = [entry for entry in consensus.load().judged() if entry.headline]
    found = {}
    for row in (row for table in bench.ask(_questions()) for row in table.to_pylist()):
        for entry in judged:
            counts = [int(row.get(f"{entry.id}|{verdict}") or 0) for verdict in VERDICTS]
            if any(counts):
                found[entry.id] = Practice(entry.id, entry.title, entry.subject, *counts)
    return tuple(found[entry.id] for entry in judged if entry.id in found)


@cache
def _questions() -> tuple[str, ...]:
    """One query a subject: how often each verdict stands in each column."""
    counts: dict[str, list[str]] = {}
    for entry in consensus.load().judged():
        if entry.headline:
            column = entry.column(entry.default_reading.name)
            counts.setdefault(entry.subject, []).extend(
                f"count(*) filter (where {column} = '{verdict}') as \"{entry.id}|{verdict}\""
                for verdict in VERDICTS
            )
    return tuple(
        f"select {', '.join(asked)} from int_verdict_{subject}" for subject, asked in counts.items()
    )
