"""The registry's own tables: submissions, findings, queries, and what became of a case.

Nothing is ever changed: the state of a query and of a case is its latest event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

SCHEMA = "registry"
_MOMENT: Any = DateTime(timezone=True)


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model, for statements."""
    return SQLModel.metadata.tables[f"{SCHEMA}.{model.__tablename__}"]


def _now_column(**more: Any) -> Any:
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now(), "nullable": False},
        **more,
    )


class Submission(SQLModel, table=True):
    """One row per file taken in. `client_key` is the digest of the sender's own name for it, if it has one."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("submission_center_file", "center_id", "file_sha256"),
        Index(
            "submission_client_key",
            "center_id",
            "client_key",
            unique=True,
            postgresql_where=text("client_key is not null"),
        ),
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
    client_key: str | None = None


class StoredReceipt(SQLModel, table=True):
    """One row per submission: what the center was told, signed."""

    __tablename__ = "receipt"
    __table_args__ = {"schema": SCHEMA}

    submission_id: int = Field(
        sa_type=BigInteger, primary_key=True, foreign_key="registry.submission.submission_id"
    )
    center_id: str
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
    record: str | None = None
    value_sha256: str | None = None
    why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    consequences: list[dict[str, Any]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )


class Query(SQLModel, table=True):
    """One row per question asked: by a rule once per record and value, or by a person.

    `rule` and `rule_version` are null for a person's question. The case of the center's own row
    is `-`; the record of a form with one row per case is empty.
    """

    __tablename__ = "query"
    __table_args__ = (
        UniqueConstraint("query_id", "center_id", name="query_of_center"),
        Index(
            "query_once",
            *("center_id", "case_id", "form", "record", "rule", "value_sha256"),
            unique=True,
            postgresql_where=text("rule is not null"),
        ),
        {"schema": SCHEMA},
    )

    query_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    case_id: str
    form: str
    record: str
    column: str
    rule: str | None = None
    rule_version: str | None = None
    value_sha256: str
    severity: str
    message: str
    fix: str
    opened_at: datetime = Field(sa_type=_MOMENT)
    opened_by: str
    submission_id: int | None = Field(
        default=None, sa_type=BigInteger, foreign_key="registry.submission.submission_id"
    )


class QueryEvent(SQLModel, table=True):
    """One row per thing that happened to a query.

    `rule_version` is the version of the rule the event speaks of.
    """

    __tablename__ = "query_event"
    __table_args__ = (
        # with the center, since a foreign key looks past row-level security
        ForeignKeyConstraint(
            ["query_id", "center_id"],
            ["registry.query.query_id", "registry.query.center_id"],
            name="query_event_query",
        ),
        Index("query_event_latest", "query_id", "event_id"),
        {"schema": SCHEMA},
    )

    event_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    query_id: int = Field(sa_type=BigInteger)
    center_id: str
    event: str
    actor: str
    role: str
    at: datetime = Field(sa_type=_MOMENT)
    answer: str | None = None
    comment: str | None = None
    rule_version: str | None = None
    submission_id: int | None = Field(
        default=None, sa_type=BigInteger, foreign_key="registry.submission.submission_id"
    )


class CaseEvent(SQLModel, table=True):
    """One row per change of a case's status, with the status it led to."""

    __tablename__ = "case_event"
    __table_args__ = (
        Index("case_event_latest", "center_id", "case_id", "event_id"),
        {"schema": SCHEMA},
    )

    event_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    case_id: str
    event: str
    status: str
    actor: str
    role: str
    at: datetime = Field(sa_type=_MOMENT)
    reason: str | None = None
    submission_id: int | None = Field(
        default=None, sa_type=BigInteger, foreign_key="registry.submission.submission_id"
    )


class CaseSignature(SQLModel, table=True):
    """One row per signature of a case by a center lead; it counts while the content is what it was.

    `submission_id` is the last submission that had changed the case.
    """

    __tablename__ = "case_signature"
    __table_args__ = (
        Index("case_signature_latest", "center_id", "case_id", "signature_id"),
        {"schema": SCHEMA},
    )

    signature_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    case_id: str
    meaning: str
    signer: str
    full_name: str
    role: str
    at: datetime = Field(sa_type=_MOMENT)
    submission_id: int = Field(sa_type=BigInteger, foreign_key="registry.submission.submission_id")
    content_sha256: str


class CaseLock(SQLModel, table=True):
    """One row each time a case is locked for a data cut, or unlocked."""

    __tablename__ = "case_lock"
    __table_args__ = (
        Index("case_lock_latest", "center_id", "case_id", "lock_id"),
        {"schema": SCHEMA},
    )

    lock_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    case_id: str
    event: str
    cut: str
    actor: str
    role: str
    at: datetime = Field(sa_type=_MOMENT)
    reason: str


class Erasure(SQLModel, table=True):
    """One row per case erased on request; the case is not named, only known again by a keyed digest."""

    __tablename__ = "erasure"
    __table_args__ = (Index("erasure_of_case", "center_id", "case_hmac"), {"schema": SCHEMA})

    erasure_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    case_hmac: str
    actor: str
    at: datetime = Field(sa_type=_MOMENT)
    reason: str
    counts: dict[str, int] = Field(sa_type=JSONB)


class Rekeying(SQLModel, table=True):
    """One row per mapping of pseudonyms applied; the pseudonyms themselves are not kept."""

    __tablename__ = "rekeying"
    __table_args__ = (
        UniqueConstraint("center_id", "mapping_sha256", name="rekeying_once"),
        {"schema": SCHEMA},
    )

    rekeying_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    center_id: str
    actor: str
    at: datetime = Field(sa_type=DateTime(timezone=True))
    reason: str
    mapping_sha256: str
    counts: dict[str, int] = Field(sa_type=JSONB)


class FormerName(SQLModel, table=True):
    """One row per case renamed by a rekeying; neither name is kept, only the keyed digests of an erasure."""

    __tablename__ = "former_name"
    __table_args__ = (Index("former_name_of_case", "center_id", "case_hmac"), {"schema": SCHEMA})

    former_name_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    rekeying_id: int = Field(sa_type=BigInteger, foreign_key="registry.rekeying.rekeying_id")
    center_id: str
    case_hmac: str
    former_hmac: str


REKEYING = table_of(Rekeying)
FORMER_NAME = table_of(FormerName)
SUBMISSION = table_of(Submission)
RECEIPT = table_of(StoredReceipt)
SUBMISSION_CASE = table_of(SubmissionCase)
FINDING = table_of(StoredFinding)
QUERY = table_of(Query)
QUERY_EVENT = table_of(QueryEvent)
CASE_EVENT = table_of(CaseEvent)
CASE_SIGNATURE = table_of(CaseSignature)
CASE_LOCK = table_of(CaseLock)
ERASURE = table_of(Erasure)
