"""The list of all statements of the paper, so that coverage can be told."""

from __future__ import annotations

from typing import Literal, TypedDict

from registry.consensus.base import Frozen
from registry.consensus.entries import EntryId, EntryKind, Strength


class Statement(Frozen):
    """One statement of the paper in the catalogue; judged or not."""

    id: EntryId
    section: str
    kind: EntryKind
    strength: Strength
    hedge: str = ""
    title: str


class CatalogueFile(Frozen):
    """`catalogue.yaml`."""

    statements: tuple[Statement, ...]


class CoverageRow(TypedDict):
    """A statement of the paper, and whether the registry judges it."""

    id: str
    section: str
    kind: str
    strength: str
    title: str
    status: Literal["implemented", "retired", "not yet"]


def coverage_row(statement: Statement, live: bool | None) -> CoverageRow:
    """The row of a statement; `live` is None where no entry exists."""
    strength = (
        f"{statement.strength} ({statement.hedge})" if statement.hedge else statement.strength
    )
    return CoverageRow(
        id=statement.id,
        section=statement.section,
        kind=statement.kind,
        strength=strength,
        title=statement.title,
        status="not yet" if live is None else "implemented" if live else "retired",
    )
