"""What becomes of each statement of the paper, and of each section."""

from __future__ import annotations

from typing import Literal, TypedDict

from registry.consensus.consensus import Consensus
from registry.consensus.entries import Recommendation, Statement

Status = Literal["judged", "retired", "undecidable", "reported", "recorded"]


class CoverageRow(TypedDict):
    """A statement of the paper and what the registry makes of it."""

    id: str
    section: str
    kind: str
    strength: str
    title: str
    status: Status
    examples: int
    why: str


class SectionTotals(TypedDict):
    """A section of the paper in numbers."""

    section: str
    title: str
    statements: int
    rules: int
    rules_judged: int
    judged: int
    retired: int
    reported: int
    recorded: int
    undecidable: int
    examples: int


def status_of(statement: Statement) -> Status:
    """Judged by verdicts, reported as a figure, recorded as context, or not decidable by data."""
    if isinstance(statement, Recommendation):
        return "judged" if statement.is_judged else "retired"
    if statement.undecidable:
        return "undecidable"
    return "reported" if statement.statistics else "recorded"


def rows(consensus: Consensus) -> list[CoverageRow]:
    """Each statement of the paper: judged, retired, reported, or why not."""
    return [coverage_row(statement) for statement in consensus.statements]


def coverage_row(statement: Statement) -> CoverageRow:
    """The row of a statement."""
    strength = (
        f"{statement.strength} ({statement.hedge})" if statement.hedge else statement.strength
    )
    return CoverageRow(
        id=statement.id,
        section=statement.section,
        kind=statement.kind,
        strength=strength,
        title=statement.title,
        status=status_of(statement),
        examples=len(statement.examples) if isinstance(statement, Recommendation) else 0,
        why=statement.undecidable,
    )


def totals(consensus: Consensus) -> list[SectionTotals]:
    """Every section in the order of the paper."""
    return [_totals(consensus, name, title) for name, title in consensus.sections.items()]


def _totals(consensus: Consensus, name: str, title: str) -> SectionTotals:
    of_section = [row for row in rows(consensus) if row["section"] == name]
    rules = [row for row in of_section if row["kind"] == "rule"]

    def count(status: Status) -> int:
        return sum(row["status"] == status for row in of_section)

    return SectionTotals(
        section=name,
        title=title,
        statements=len(of_section),
        rules=len(rules),
        rules_judged=sum(row["status"] == "judged" for row in rules),
        judged=count("judged"),
        retired=count("retired"),
        reported=count("reported"),
        recorded=count("recorded"),
        undecidable=count("undecidable"),
        examples=sum(row["examples"] for row in of_section),
    )
