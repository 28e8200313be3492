"""What became of a center's mappings from old pseudonyms to new ones: who, when, why, how many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import as_owner, protect

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with as_owner():
        op.create_table(
            "rekeying",
            sa.Column("rekeying_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("center_id", sa.String(), nullable=False),
            sa.Column("actor", sa.String(), nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("reason", sa.String(), nullable=False),
            sa.Column("mapping_sha256", sa.String(), nullable=False),
            sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
            sa.PrimaryKeyConstraint("rekeying_id"),
            sa.UniqueConstraint("center_id", "mapping_sha256", name="rekeying_once"),
            schema="registry",
        )
        protect("registry.rekeying")


def downgrade() -> None:
    op.drop_table("rekeying", schema="registry")
