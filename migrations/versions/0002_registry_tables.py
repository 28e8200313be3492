"""Accounts, submissions, decisions per case, and findings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import as_owner, protect

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with as_owner():
        create()


def create() -> None:
    op.create_table(
        "account",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("center_id", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("username"),
        schema="registry",
    )
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("form_version", sa.String(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("submission_id"),
        schema="registry",
    )
    op.create_index(
        "submission_center_file",
        "submission",
        ["center_id", "file_sha256"],
        unique=False,
        schema="registry",
    )
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("cell", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("finding_id"),
        schema="registry",
    )
    op.create_index(
        "finding_submission", "finding", ["submission_id"], unique=False, schema="registry"
    )
    op.create_table(
        "submission_case",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("submission_id", "case_id"),
        schema="registry",
    )
    for table in ("submission", "submission_case", "finding"):
        protect(f"registry.{table}")
    protect_accounts()


def protect_accounts() -> None:
    """The application sees only the account of the person signing in; the owner manages them."""
    op.execute("alter table registry.account enable row level security")
    op.execute("alter table registry.account force row level security")
    op.execute(
        "create policy own_account on registry.account for select to mst_app "
        "using (username = current_setting('mst.username', true))"
    )
    op.execute("create policy management on registry.account to mst_owner using (true)")
    op.execute("grant select on registry.account to mst_app")


def downgrade() -> None:
    for table in ("finding", "submission_case", "submission", "account"):
        op.drop_table(table, schema="registry")
