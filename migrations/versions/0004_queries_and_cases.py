"""Deleted rows and reasons for change, findings with their record, queries, the status of a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import as_owner, protect

revision = "0004"
down_revision = "0003"

FORMS = (
    "aliquot",
    "allo",
    "antibody",
    "blood_count",
    "center",
    "chimerism",
    "collection",
    "comorbidity",
    "complication",
    "conmed",
    "course",
    "diagnosis",
    "donor",
    "drug",
    "fitness",
    "followup",
    "genetics",
    "hla",
    "immune",
    "infusion",
    "kir",
    "mrd",
    "patient",
    "plan",
    "radiation",
    "response",
    "transfusion",
)


def upgrade() -> None:
    with as_owner():
        extend_row_versions()
        extend_findings()
        create_queries()
        create_case_events()
        tell_cases_so_far()
        for table in ("query", "query_event", "case_event"):
            protect(f"registry.{table}")


def extend_row_versions() -> None:
    for form in FORMS:
        op.add_column(
            form,
            sa.Column("deleted", sa.Boolean(), server_default="false", nullable=False),
            schema="crf",
        )
        op.add_column(form, sa.Column("change_reason", sa.String(), nullable=True), schema="crf")


def extend_findings() -> None:
    for column in (
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("value_sha256", sa.String(), nullable=True),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column(
            "consequences",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    ):
        op.add_column("finding", column, schema="registry")


def create_queries() -> None:
    op.create_table(
        "query",
        sa.Column("query_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("rule_version", sa.String(), nullable=True),
        sa.Column("value_sha256", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["registry.submission.submission_id"]),
        sa.PrimaryKeyConstraint("query_id"),
        sa.UniqueConstraint("query_id", "center_id", name="query_of_center"),
        schema="registry",
    )
    op.create_index(
        "query_once",
        "query",
        ["center_id", "case_id", "form", "record", "rule", "value_sha256"],
        unique=True,
        schema="registry",
        postgresql_where=sa.text("rule is not null"),
    )
    op.create_table(
        "query_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("query_id", sa.BigInteger(), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("rule_version", sa.String(), nullable=True),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["query_id", "center_id"],
            ["registry.query.query_id", "registry.query.center_id"],
            name="query_event_query",
        ),
        sa.ForeignKeyConstraint(["submission_id"], ["registry.submission.submission_id"]),
        sa.PrimaryKeyConstraint("event_id"),
        schema="registry",
    )
    op.create_index(
        "query_event_latest", "query_event", ["query_id", "event_id"], schema="registry"
    )


def create_case_events() -> None:
    op.create_table(
        "case_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["registry.submission.submission_id"]),
        sa.PrimaryKeyConstraint("event_id"),
        schema="registry",
    )
    op.create_index(
        "case_event_latest", "case_event", ["center_id", "case_id", "event_id"], schema="registry"
    )


def tell_cases_so_far() -> None:
    """Cases sent before there was a status get one; the owner must look past the policies for it."""
    told = ("submission", "submission_case")
    for table in told:
        op.execute(f"alter table registry.{table} no force row level security")
    op.execute(
        """
        insert into registry.case_event
            (center_id, case_id, event, status, actor, role, at, submission_id)
        select
            c.center_id,
            c.case_id,
            case when bool_and(c.decision = 'held') then 'held' else 'accepted' end,
            case when bool_and(c.decision = 'held') then 'held' else 'clean' end,
            'migration',
            'system',
            max(s.received_at),
            max(s.submission_id)
        from registry.submission_case as c
        join registry.submission as s using (submission_id)
        where c.case_id <> ''
        group by c.center_id, c.case_id
        order by c.center_id, c.case_id
        """
    )
    for table in told:
        op.execute(f"alter table registry.{table} force row level security")


def downgrade() -> None:
    for table in ("case_event", "query_event", "query"):
        op.drop_table(table, schema="registry")
    for column in ("consequences", "why", "value_sha256", "record"):
        op.drop_column("finding", column, schema="registry")
    for form in FORMS:
        for column in ("change_reason", "deleted"):
            op.drop_column(form, column, schema="crf")
