"""What a database holds, in a form that shows whether another holds the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL

from registry.backup.errors import BackupError

# a row as text is the same everywhere only if these are
_SETTINGS = {"timezone": "UTC", "datestyle": "ISO", "extra_float_digits": 1}
_TABLES = text(
    "select format('%I.%I', schemaname, tablename) from pg_tables "
    "where schemaname not in ('pg_catalog', 'information_schema') order by 1"
)
_ROLES = text(
    "select distinct rolname from pg_shdepend as d join pg_roles as r on r.oid = d.refobjid "
    "where d.dbid = (select oid from pg_database where datname = current_database()) "
    "and d.refclassid = 'pg_authid'::regclass order by 1"
)


class Table(BaseModel):
    """How many rows, and a sum over the digests of the rows, which no order changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    digest: str


class Contents(NamedTuple):
    """The migration the database is at, every table, and the roles that own or may use something."""

    revision: str
    tables: dict[str, Table]
    roles: tuple[str, ...]


@contextmanager
def snapshot(url: URL) -> Iterator[Connection]:
    """A session that sees one moment and writes nothing, however long it takes.

    That its login sees every row is for `session_of` to check.
    """
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"options": options}, hide_parameters=True
    )
    with engine.connect() as opened:
        yield opened.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )  # fmt: skip


def contents(session: Connection) -> Contents:
    """What the session sees. Raises BackupError in a database that holds no registry."""
    tables: Sequence[str] = session.execute(_TABLES).scalars().all()
    if "public.alembic_version" not in tables:
        raise BackupError(
            "There is no registry in this database. Check MST_HOME and MST_OWNER_DATABASE_URL."
        )
    revision: str = session.execute(
        text("select version_num from public.alembic_version")
    ).scalar_one()
    roles: Sequence[str] = session.execute(_ROLES).scalars().all()
    return Contents(revision, {name: _table(session, name) for name in tables}, tuple(roles))


def is_audited(found: Contents) -> bool:
    """Whether there is an audit trail; migrations before 0008 have none."""
    return "audit.entry" in found.tables


def _table(session: Connection, name: str) -> Table:
    digest = (
        "('x' || left(encode(sha256(convert_to(a_row::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint"
    )
    rows, total = session.execute(
        text(f"select count(*), coalesce(sum({digest}), 0)::text from {name} as a_row")
    ).one()
    return Table(rows=rows, digest=total)


def differences(expected: Contents, found: Contents) -> list[str]:
    """One line for each thing that is not as expected; never a value."""
    faults = []
    if found.revision != expected.revision:
        faults.append(f"it is at migration {found.revision} instead of {expected.revision}")
    for name in sorted(expected.tables.keys() | found.tables.keys()):
        old, new = expected.tables.get(name), found.tables.get(name)
        if old is None or new is None:
            faults.append(f"the table {name} is {'missing' if new is None else 'one too many'}")
        elif old.rows != new.rows:
            faults.append(f"the table {name} has {new.rows:,} rows instead of {old.rows:,}")
        elif old != new:
            faults.append(f"the rows of {name} are not the same")
    return faults
