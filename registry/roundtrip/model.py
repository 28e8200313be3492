"""What goes into a returned workbook besides findings and queries, and where answers stand in it."""

from __future__ import annotations

from dataclasses import dataclass

QUERY, ANSWER, COMMENT = "query", "answer", "comment"
QUERY_COLUMNS = (
    QUERY, "case", "form", "record", "column", "cell", "what", "how to fix", "asked since",
    ANSWER, COMMENT,
)  # fmt: skip
"""The header of the sheet Queries; only query, answer and comment are read back."""


@dataclass(frozen=True)
class MissingItem:
    """A core item of a stored or submitted row without a value and without a word why.

    `row` is its row in the center's file, `cell` the cell; None where the file has no such row.
    """

    case_id: str
    form: str
    record: str
    column: str
    label: str
    why: str = ""
    row: int | None = None
    cell: str | None = None
