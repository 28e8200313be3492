"""Logins of the database for people who look with SQL: one a person, which may only read.

What a login sees follows from the roles its person holds, asked anew at every statement by
`registry.visible_centers` (migration 0009); a role taken back is gone at once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import psycopg
from sqlalchemy import Connection, text

from registry.access.accounts import AccountError, grants_of, state_of
from registry.access.passwords import hashed
from registry.access.rights import RIGHTS, Right
from registry.audit import enter
from registry.store import engine

PREFIX = "mst_p_"


def login_name(username: str) -> str:
    """The login of a person."""
    return PREFIX + username


def give(username: str, password: str, *, at: datetime) -> date | None:
    """Make the login of a person, or give it another password. Returns its last day, None if it has none.

    Raises AccountError for someone who may see no case or an older server, PasswordError for the password.
    """
    hashed(password, username)
    with engine("mst_access").begin() as session:
        ends = _last_day(session, username, at.date())
    name = login_name(username)
    with engine(None).begin() as session:
        # an earlier server cannot give what a group may do without letting the person become the group
        if (session.dialect.server_version_info or ()) < (16,):
            raise AccountError("Logins for SQL need a server of PostgreSQL 16 or later.")
        quoted = session.dialect.identifier_preparer.quote_identifier(name)
        if not _exists(session, name):
            session.exec_driver_sql(f"create role {quoted} login nosuperuser nobypassrls inherit")
            # it has what the group may do, and may not become the group
            session.exec_driver_sql(f"grant mst_person to {quoted} with inherit true, set false")
        until = "infinity" if ends is None else f"{ends + timedelta(days=1)} 00:00:00+00"
        kept = _scram(session, name, password)
        session.exec_driver_sql(f"alter role {quoted} password '{kept}' valid until '{until}'")
        enter(session, "give a login for SQL", detail=username)
    return ends


def take(username: str) -> None:
    """End the login of a person and whatever it is doing. Raises AccountError if there is none."""
    name = login_name(username)
    with engine(None).begin() as session:
        if not _exists(session, name):
            raise AccountError("The person has no login for SQL.")
        quoted = session.dialect.identifier_preparer.quote_identifier(name)
        session.exec_driver_sql(f"alter role {quoted} nologin")
        # an owner who is no superuser ends only what roles do whose privileges it has
        session.exec_driver_sql(f"grant {quoted} to current_user with inherit true")
        enter(session, "take a login for SQL back", detail=username)
    with engine(None).begin() as session:
        session.execute(
            text(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = :name"
            ),
            {"name": name},
        )
        session.exec_driver_sql(f"drop owned by {quoted}")
        session.exec_driver_sql(f"drop role {quoted}")


def _last_day(session: Connection, username: str, today: date) -> date | None:
    if state_of(session, username) != "active":
        raise AccountError("There is no active account of this name.")
    ends = [
        grant.valid_until for grant in grants_of(session, username)
        if Right.READ_CASES in RIGHTS[grant.role] and (grant.valid_until or today) >= today
    ]  # fmt: skip
    if not ends:
        raise AccountError(
            "The account holds no role that may see cases; a login would see nothing."
        )
    return None if None in ends else max(day for day in ends if day is not None)


def _exists(session: Connection, name: str) -> bool:
    return bool(
        session.execute(text("select 1 from pg_roles where rolname = :n"), {"n": name}).first()
    )


def _scram(session: Connection, name: str, password: str) -> str:
    """What the server keeps of the password, made here: the password itself never gets there or into a log."""
    driver = session.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    ).decode("ascii")
