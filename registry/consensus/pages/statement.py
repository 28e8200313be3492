"""Statements without a verdict: what they say, what the registry does with them, or why it cannot."""

from __future__ import annotations

from registry.consensus.consensus import Consensus
from registry.consensus.coverage import status_of
from registry.consensus.entries import Recommendation, Statement
from registry.consensus.pages.figures import figures, parameter_table
from registry.consensus.pages.markdown import (
    NOTICE,
    anchor,
    joined,
    link,
    properties,
    strength,
    tension_links,
)


def section(name: str, consensus: Consensus) -> str:
    """The page of a section: every statement of it that gives no verdict."""
    entries = [entry for entry in consensus.statements if entry.section == name]
    judged = [link(entry) for entry in entries if isinstance(entry, Recommendation)]
    parts = [NOTICE, f"# {name} {consensus.sections[name]}: statements without a verdict"]
    if judged:
        parts.append(f"With a verdict, on pages of their own: {', '.join(judged)}.")
    for entry in entries:
        if not isinstance(entry, Recommendation):
            parts += [f"{anchor(entry.id)}\n\n## {entry.id} {entry.title}"]
            parts += statement(entry, consensus)
    return joined(parts)


def statement(entry: Statement, consensus: Consensus) -> list[str]:
    """What a statement says and what becomes of it."""
    told = [
        ("kind", entry.kind),
        ("strength", strength(entry)),
        ("status", status_of(entry)),
        ("tensions", tension_links(entry.tensions)),
    ]
    shown = figures(entry, consensus)
    chosen = parameter_table(entry, consensus)
    parts = [
        properties(told),
        entry.statement,
        f"**What the registry does.** {entry.use}" if entry.use else "",
        f"**Why data cannot decide it.** {entry.undecidable}" if entry.undecidable else "",
        f"**Figures.**\n\n{shown}" if shown else "",
        f"**Not from the paper: registry-defined.**\n\n{chosen}" if chosen else "",
        f"**What differs from other catalogues.** {entry.correction}" if entry.correction else "",
    ]
    return [part for part in parts if part]
