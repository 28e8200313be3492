"""Receipts in a table of their own, written last; and the sender's key that makes a repeat known."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import as_owner, protect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with as_owner():
        op.create_table(
            "receipt",
            sa.Column("submission_id", sa.BigInteger(), nullable=False),
            sa.Column("center_id", sa.String(), nullable=False),
            sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
            sa.ForeignKeyConstraint(["submission_id"], ["registry.submission.submission_id"]),
            sa.PrimaryKeyConstraint("submission_id"),
            schema="registry",
        )
        _move("registry.submission", "registry.receipt")
        op.drop_column("submission", "receipt", schema="registry")
        op.add_column("submission", sa.Column("client_key", sa.String()), schema="registry")
        op.create_index(
            "submission_client_key", "submission", ["center_id", "client_key"], unique=True,
            schema="registry", postgresql_where=sa.text("client_key is not null"),
        )  # fmt: skip
        protect("registry.receipt")


def _move(source: str, target: str) -> None:
    """The owner is bound by row-level security too, and lifts it for its own move of rows."""
    op.execute(f"alter table {source} no force row level security")
    op.execute(
        f"insert into {target} (submission_id, center_id, receipt) "
        f"select submission_id, center_id, receipt from {source}"
    )
    op.execute(f"alter table {source} force row level security")


def downgrade() -> None:
    with as_owner():
        op.drop_index("submission_client_key", "submission", schema="registry")
        op.drop_column("submission", "client_key", schema="registry")
        op.add_column(
            "submission",
            sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), server_default="{}",
                      nullable=False),
            schema="registry",
        )  # fmt: skip
        for table in ("submission", "receipt"):
            op.execute(f"alter table registry.{table} no force row level security")
        op.execute(
            "update registry.submission as s set receipt = r.receipt "
            "from registry.receipt as r where r.submission_id = s.submission_id"
        )
        op.execute("alter table registry.submission force row level security")
        op.alter_column("submission", "receipt", server_default=None, schema="registry")
        op.drop_table("receipt", schema="registry")
