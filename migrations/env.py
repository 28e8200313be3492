"""Runs migrations as the login; each migration that creates tables acts as `mst_owner`."""

from alembic import context
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import registry.access.tables
import registry.schema
from registry.forms.tables import TABLES
from registry.store import engine

assert registry.access.tables
assert registry.schema
assert TABLES


def ours(object_: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    return kind != "table" or getattr(object_, "schema", None) in {"crf", "registry"}


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_schemas=True,
        include_object=ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    run(given)
else:
    with (given or engine(None)).connect() as opened:
        # whoever still uses a table must not be waited for without end
        opened.execute(text("set lock_timeout = '60s'"))
        opened.commit()
        run(opened)
