"""What a center has sent before: receipts and findings, read back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from registry.findings import Finding
from registry.schema import FINDING, SUBMISSION
from registry.store import center_session


def submissions(center_id: str) -> list[dict[str, Any]]:
    """The receipts of a center without their findings, newest first."""
    query = select(
        SUBMISSION.c.submission_id, SUBMISSION.c.received_at, SUBMISSION.c.receipt
    ).order_by(SUBMISSION.c.submission_id.desc())
    with center_session(center_id) as session:
        return [
            {**row.receipt, "submission_id": row.submission_id,
             "received_at": row.received_at.isoformat(timespec="seconds")}
            for row in session.execute(query)
        ]  # fmt: skip


def findings_of(center_id: str, submission_id: int) -> list[Finding]:
    """The findings told to a center about one of its submissions."""
    names = list(Finding.__dataclass_fields__)
    query = (
        select(*(FINDING.c[name] for name in names))
        .where(FINDING.c.submission_id == submission_id)
        .order_by(FINDING.c.finding_id)
    )
    with center_session(center_id) as session:
        return [Finding(**row) for row in session.execute(query).mappings()]
