"""Roles and schemas: an owner, an application that is bound to a center, a reader for releases."""

from alembic import op

revision = "0001"
down_revision = None

ROLES = ("mst_owner", "mst_app", "mst_reader")


def upgrade() -> None:
    for role in ROLES:
        # roles belong to the whole server, so another database may have made them already
        op.execute(
            f"do $$ begin create role {role} nologin nosuperuser nobypassrls; "
            "exception when duplicate_object then null; end $$"
        )
        op.execute(f"grant {role} to current_user")
    for schema in ("registry", "crf"):
        op.execute(f"create schema {schema} authorization mst_owner")
        op.execute(f"grant usage on schema {schema} to mst_app, mst_reader")


def downgrade() -> None:
    for schema in ("crf", "registry"):
        op.execute(f"drop schema {schema}")
