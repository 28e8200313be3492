"""The index: coverage by section, then every statement of the paper."""

from __future__ import annotations

from typing import Any

from registry.consensus.consensus import Consensus
from registry.consensus.coverage import status_of, totals
from registry.consensus.entries import Recommendation
from registry.consensus.pages.markdown import NOTICE, joined, link, strength, table


def index(consensus: Consensus) -> str:
    """Where a reader begins."""
    rows = totals(consensus)
    judged = sum(row["judged"] for row in rows)
    rules = sum(row["rules"] for row in rows)
    executable = sum(row["rules_judged"] for row in rows)
    parts = [
        NOTICE,
        f"# The consensus, version {consensus.version}",
        f"{consensus.source}. In force for events from {consensus.in_force_from_year} on. In our own "
        "words; the paper decides.",
        f"{judged} of {len(consensus.statements)} statements give verdicts, {executable} of {rules} "
        "rules. The others are reported as figures, recorded as context, or cannot be decided by "
        "data, and say why.",
        "What they rest on: [tensions of the paper](tensions.md), [regimens](regimens.md), "
        "[registry-defined numbers](parameters.md), [published figures](benchmarks.md).",
        "## Coverage",
        _coverage(consensus),
    ]
    for name, title in consensus.sections.items():
        parts += [f"## {name} {title}", _statements(name, consensus)]
    return joined(parts)


def _coverage(consensus: Consensus) -> str:
    names = ("statements", "judged", "reported", "recorded", "undecidable", "retired", "examples")
    rows: list[dict[str, Any]] = [dict(row) for row in totals(consensus)]
    told = [[f"{row['section']} {row['title']}", *(str(row[n]) for n in names)] for row in rows]
    told.append(["all", *(str(sum(row[name] for row in rows)) for name in names)])
    return table(["section", *names], told)


def _statements(section: str, consensus: Consensus) -> str:
    rows = []
    for entry in consensus.statements:
        if entry.section == section:
            headline = isinstance(entry, Recommendation) and entry.headline
            status = f"{status_of(entry)}, headline" if headline else status_of(entry)
            rows.append([link(entry), entry.title, entry.kind, strength(entry), status])
    return table(["id", "says", "kind", "strength", "status"], rows)
