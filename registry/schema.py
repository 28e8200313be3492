"""The registry's own tables: accounts, submissions, what was decided per case, and findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, Table, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

SCHEMA = "registry"


def _now_column(**more: Any) -> Any:
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now(), "nullable": False},
        **more,
    )


class Account(SQLModel, table=True):
    """One row per person who may sign in."""

    __tablename__ = "account"
    __table_args__ = {"schema": SCHEMA}

    username: str = Field(primary_key=True)
    password_hash: str
    role: str
    center_id: str | None = None
    created_at: datetime | None = _now_column()


class Submission(SQLModel, table=True):
    """One row per file taken in; the receipt is what the center was told."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("submission_center_file", "center_id", "file_sha256"),
        {"schema": SCHEMA},
    )

    submission_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    actor: str
    received_at: datetime | None = _now_column()
    file_name: str
    file_sha256: str
    form_version: str
    receipt: dict[str, Any] = Field(sa_type=JSONB)


class SubmissionCase(SQLModel, table=True):
    """One row per case of a submission: accepted, held or unchanged, never in part."""

    __tablename__ = "submission_case"
    __table_args__ = {"schema": SCHEMA}

    submission_id: int = Field(
        sa_type=BigInteger, primary_key=True, foreign_key="registry.submission.submission_id"
    )
    case_id: str = Field(primary_key=True)
    center_id: str
    decision: str
    row_count: int


class StoredFinding(SQLModel, table=True):
    """One row per finding told to a center. Never holds a value of the file."""

    __tablename__ = "finding"
    __table_args__ = (Index("finding_submission", "submission_id"), {"schema": SCHEMA})

    finding_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    submission_id: int = Field(sa_type=BigInteger, foreign_key="registry.submission.submission_id")
    center_id: str
    case_id: str | None = None
    form: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    rule: str
    severity: str
    category: str
    message: str
    fix: str


ACCOUNT: Table = Account.__table__  # type: ignore[attr-defined]
SUBMISSION: Table = Submission.__table__  # type: ignore[attr-defined]
SUBMISSION_CASE: Table = SubmissionCase.__table__  # type: ignore[attr-defined]
FINDING: Table = StoredFinding.__table__  # type: ignore[attr-defined]
