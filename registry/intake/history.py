"""What a center has sent before: receipts and findings, read back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from registry.audit import reading
from registry.findings import Finding
from registry.schema import FINDING, RECEIPT


def submissions(center_id: str) -> list[dict[str, Any]]:
    """The signed receipts of a center, newest first."""
    query = select(RECEIPT.c.receipt).order_by(RECEIPT.c.submission_id.desc())
    with reading(center_id, "receipts") as session:
        return [dict(row.receipt) for row in session.execute(query)]


def findings_of(center_id: str, submission_id: int) -> list[Finding]:
    """The findings told to a center about one of its submissions."""
    names = list(Finding.__dataclass_fields__)
    query = (
        select(*(FINDING.c[name] for name in names))
        .where(FINDING.c.submission_id == submission_id)
        .order_by(FINDING.c.finding_id)
    )
    with reading(center_id, "findings") as session:
        return [_finding(dict(row)) for row in session.execute(query).mappings()]


def _finding(row: dict[str, Any]) -> Finding:
    folded = tuple(_finding(dict(f)) for f in row.pop("consequences", None) or ())
    return Finding(**row, consequences=folded)
