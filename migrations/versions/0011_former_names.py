"""By which a case is known again in what was made before its pseudonym was exchanged: keyed digests."""

import sqlalchemy as sa
from alembic import op

from migrations.audit import watch
from migrations.protection import as_owner, protect

revision = "0011"
down_revision = "0010"
TABLE = "registry.former_name"


def upgrade() -> None:
    with as_owner():
        op.create_table(
            "former_name",
            sa.Column("former_name_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("rekeying_id", sa.BigInteger(), nullable=False),
            sa.Column("center_id", sa.String(), nullable=False),
            sa.Column("case_hmac", sa.String(), nullable=False),
            sa.Column("former_hmac", sa.String(), nullable=False),
            sa.ForeignKeyConstraint(["rekeying_id"], ["registry.rekeying.rekeying_id"]),
            sa.PrimaryKeyConstraint("former_name_id"),
            schema="registry",
        )
        columns = ["center_id", "case_hmac"]
        op.create_index("former_name_of_case", "former_name", columns, schema="registry")
        protect(TABLE)
        op.execute(f"revoke insert on {TABLE} from mst_app")
    watch(TABLE, "former_name_id")


def downgrade() -> None:
    op.drop_table("former_name", schema="registry")
