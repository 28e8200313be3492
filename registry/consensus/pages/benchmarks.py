"""The published figures, with all that limits a comparison."""

from __future__ import annotations

from registry.consensus.benchmark import MARKS, Benchmark
from registry.consensus.consensus import Consensus
from registry.consensus.pages.markdown import (
    NOTICE,
    anchor,
    joined,
    link,
    properties,
    tension_links,
)


def benchmarks(consensus: Consensus) -> str:
    """Every published figure and the registry's own figures that are laid beside it."""
    marks = "\n".join(f"- {mark}: {words}" for mark, words in MARKS.items())
    parts = [
        NOTICE,
        "# Published figures",
        "Context for the registry's own figures, never a target. The marks say how sure they are:",
        marks,
        *(_benchmark(benchmark, consensus) for benchmark in consensus.benchmarks),
    ]
    return joined(parts)


def _benchmark(b: Benchmark, consensus: Consensus) -> str:
    beside = [
        f"`{figure.name}` of {link(entry)}"
        for entry in consensus.statements
        for figure in entry.statistics
        if figure.benchmark == b.id
    ]
    rows = [
        ("measured on", b.population),
        ("denominator", b.denominator),
        ("counts", f"{b.events} of {b.of} [{b.counts_mark}]" if b.of else "not known"),
        ("definition", b.definition),
        ("compare with", b.compare_with),
        ("the registry's own", ", ".join(beside)),
        ("source", f"{b.source}; {link(consensus.statement(b.entry))}"),
        ("marks", "; ".join(f"[{m.mark}] {m.words}" for m in b.marks)),
        ("trust", b.trust),
        ("caveat", b.caveat),
        ("tensions", tension_links(b.tensions) or "none"),
    ]
    return f"{anchor(b.id)}\n\n## {b.id} {b.figure}\n\n{properties(rows)}"
