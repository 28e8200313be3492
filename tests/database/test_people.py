"""People with SQL access: each by a login of their own, seeing what their roles let them see, changing nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Table, insert, select, text
from typer.testing import CliRunner

from registry import store
from registry.access import accounts
from registry.access.accounts import AccountError, Grant, add_account
from registry.access.rights import ACCOUNT_ROLES, CENTER_ROLES, RIGHTS, Right, Role, Scope
from registry.access.sql_login import give, login_name, take
from registry.cli import app
from registry.forms.tables import TABLES
from registry.schema import SQLModel
from tests.lifecycle.material import PASSWORD, stored
from tests.queries.material import found
from tests.versions import add_versions

NOW = datetime.now(UTC)
CENTERS = ("C01", "C02")
OF_THE_REGISTRY = (
    "submission", "receipt", "submission_case", "finding", "query", "query_event", "case_event",
    "rekeying", "case_signature", "case_lock", "erasure",
)  # fmt: skip
SEEN = [f"crf.{form}" for form in TABLES] + [f"registry.{table}" for table in OF_THE_REGISTRY]
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)


@pytest.fixture
def people(empty_database: None) -> Iterator[None]:
    """Whoever got a login here has none afterwards: logins belong to the whole server."""
    yield
    with store.engine(None).connect() as session:
        names = session.execute(
            text("select rolname from pg_roles where rolname like 'mst\\_p\\_%'")
        )
        logins = [name.removeprefix("mst_p_") for name in names.scalars()]
    for name in logins:
        take(name)


def person(role: Role, center: str | None = None, name: str = "") -> str:
    username = name or f"{role.value.replace(' ', '-')}{(center or '').lower()}"
    add_account(username, PASSWORD, role, center, at=NOW)
    give(username, PASSWORD, at=NOW)
    return username


@contextmanager
def signed_in(username: str) -> Iterator[psycopg.Connection]:
    url = store.owner_url().set(drivername="postgresql", username=login_name(username))
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as session:
        yield session


def counted(session: psycopg.Connection, table: str) -> dict[str, int]:
    return dict(session.execute(f"select center_id, count(*) from {table} group by 1").fetchall())  # type: ignore[arg-type]


def fill() -> dict[str, dict[str, int]]:
    """Rows in every table for two centers; how many there are."""
    # rows of cases before what is said of the case: a signed or locked one takes no more
    tables = sorted(
        (t for t in SQLModel.metadata.tables.values() if str(t) in SEEN),
        key=lambda table: table.schema != "crf",
    )
    for center in CENTERS:
        number = stored("P001", center=center, findings=[found("P001")])
        known = {
            "center_id": center,
            "case_id": "P001",
            "submission_id": number,
            "event": "unlocked",
        }
        with store.engine(None).begin() as session:
            for table in tables:
                if not session.execute(select(table).where(table.c.center_id == center)).first():
                    session.execute(insert(table).values(_any_row(table, known)))
    with store.engine("mst_reader").connect() as session:
        return {
            table: {row[0]: row[1] for row in session.execute(text(
                f"select center_id, count(*) from {table} group by 1"))}
            for table in SEEN
        }  # fmt: skip


def _any_row(table: Table, known: dict[str, object]) -> dict[str, object]:
    values = {str: "x", int: 1, float: 1.0, bool: True, dict: {}, datetime: NOW, object: "x"}
    return {
        column.name: known.get(column.name, values[column.type.python_type])
        for column in table.columns
        if not column.nullable and column.server_default is None
    }


@pytest.mark.requirement("ACC-01", "ACC-04")
def test_each_role_sees_its_centers_in_every_table_and_no_setting_changes_that(
    people: None,
) -> None:
    present = fill()
    assert all(set(rows) == set(CENTERS) for rows in present.values()), (
        "every table has rows to see"
    )
    for role in ACCOUNT_ROLES:
        scope = RIGHTS[role].get(Right.READ_CASES)
        center = "C01" if role in CENTER_ROLES else None
        if scope is None:
            with pytest.raises(AccountError, match="see nothing"):
                person(role)
            continue
        visible = CENTERS if scope is Scope.ALL else ("C01",)
        with signed_in(person(role, center)) as session:
            for table, rows in present.items():
                assert counted(session, table) == {c: rows[c] for c in visible}, (role, table)
            for setting in ("select set_config('mst.center', 'C02', false)",
                            "select set_config('mst.username', 'steward', false)",
                            """select set_config('mst.act', '{"role": "steward"}', false)"""):  # fmt: skip
                session.execute(setting)
                assert set(counted(session, "crf.patient")) == set(visible)


@pytest.mark.requirement("ACC-04")
def test_a_login_reads_and_does_nothing_else(people: None) -> None:
    with signed_in(person(Role.STEWARD)) as session:
        for statement in (
            *(f"set role {role}" for role in (
                "mst_app", "mst_reader", "mst_owner", "mst_access", "mst_audit", "mst_person")),
            "set session authorization mst_service",
            *(statement.format(table) for table in SEEN for statement in (
                "update {} set center_id = 'C01'", "delete from {}", "truncate {} cascade",
                "insert into {} (center_id) values ('C01')",
                "alter table {} disable row level security", "drop table {}",
                "drop policy person on {}")),
            *(f"select * from {table}" for table in (
                "registry.credential", "registry.session", "registry.account", "registry.role_grant",
                "registry.sign_in", "registry.invitation", "audit.entry", "audit.change")),
            "select audit.enter('x', null, null, null)", "select audit.forget('C01', 'P001')",
            "select audit.forget_rows('crf.patient', '{1}')",
            "create table crf.mine (a int)", "create schema mine",
            "copy crf.patient to program 'cat'", "create role other",
            "alter role mst_p_steward superuser", "select pg_read_file('/etc/hostname')",
        ):  # fmt: skip
            with pytest.raises(REFUSED):
                session.execute(statement)


@pytest.mark.requirement("ACC-04")
def test_a_role_taken_back_or_run_out_and_an_account_deactivated_are_gone_at_once(
    people: None,
) -> None:
    stored()
    name = person(Role.COORDINATOR, "C01")
    query = "select count(*) from crf.patient"
    with signed_in(name) as session:

        def rows() -> int:
            found = session.execute(query).fetchone()
            assert found is not None
            return int(found[0])

        assert rows() == 1
        accounts.revoke(name, Grant(Role.COORDINATOR, "C01"), at=NOW)
        assert rows() == 0
        yesterday = NOW.date() - timedelta(days=1)
        accounts.grant(name, Grant(Role.STEWARD, valid_until=yesterday), at=NOW)
        assert rows() == 0
        accounts.grant(name, Grant(Role.COORDINATOR, "C01"), at=NOW)
        assert rows() == 1
        accounts.deactivate(name, at=NOW)
        assert rows() == 0
        accounts.reactivate(name, at=NOW)
        assert rows() == 1
        take(name)
        with pytest.raises(psycopg.OperationalError):
            session.execute(query)
    with pytest.raises(psycopg.OperationalError), signed_in(name):
        pass


def test_the_login_ends_with_the_role_and_the_server_never_learns_the_password(
    people: None,
) -> None:
    add_account("ada.l", PASSWORD, Role.ANALYST, None, at=NOW)
    run = CliRunner()
    words = ["users", "sql-login", "ada.l"]
    assert run.invoke(app, words, input="another long one\n").exit_code == 2
    last = NOW.date() + timedelta(days=30)
    accounts.grant("ada.l", Grant(Role.AUDITOR, valid_until=last), at=NOW)
    assert run.invoke(app, words, input="short\n").exit_code == 2
    assert run.invoke(app, words, input="another long one\n").exit_code == 0
    with store.engine(None).connect() as session:
        kept = session.execute(text(
            "select rolpassword, rolvaliduntil, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb "
            "from pg_authid where rolname = 'mst_p_ada.l'")).one()  # fmt: skip
    assert kept[0].startswith("SCRAM-SHA-256$")
    assert "another long one" not in kept[0]
    assert (kept[1].astimezone(UTC).date(), kept[2]) == (last + timedelta(days=1), False)
    assert run.invoke(app, ["users", "sql-logout", "ada.l"]).exit_code == 0
    assert run.invoke(app, ["users", "sql-logout", "ada.l"]).exit_code == 2


def test_an_older_server_is_named_as_the_reason(
    people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account("ada.l", PASSWORD, Role.AUDITOR, None, at=NOW)
    with store.engine(None).connect():
        monkeypatch.setattr(store.engine(None).dialect, "server_version_info", (15, 8))
    with pytest.raises(AccountError, match="PostgreSQL 16"):
        give("ada.l", PASSWORD, at=NOW)


@pytest.mark.requirement("ACC-05")
def test_no_view_and_no_function_looks_past_the_policies_by_accident(database: None) -> None:
    views = """
        select n.nspname || '.' || c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname in ('crf', 'registry', 'audit', 'public') and c.relkind in ('v', 'm')
            and not coalesce('security_invoker=true' = any (c.reloptions), false)
    """
    functions = """
        select n.nspname || '.' || p.proname, coalesce(array_to_string(p.proconfig, ';'), '')
        from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname in ('crf', 'registry', 'audit', 'public') and p.prosecdef
    """
    with store.engine(None).connect() as session:
        assert session.execute(text(views)).all() == []
        found = session.execute(text(functions)).all()
    assert "registry.visible_centers" in {name for name, _ in found}
    assert [n for n, settings in found if "search_path=pg_catalog, pg_temp" not in settings] == []


@pytest.mark.requirement("ACC-06")
def test_every_unique_key_has_the_center_or_is_a_number_of_the_registry_s_own(
    database: None,
) -> None:
    query = """
        select c.relname, array(
            select a.attname::text from pg_attribute as a
            where a.attrelid = c.oid and a.attnum = any (i.indkey) order by 1
        )
        from pg_index as i join pg_class as c on c.oid = i.indrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where i.indisunique and n.nspname in ('crf', 'registry') and exists (
            select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'center_id'
        )
    """
    with store.engine(None).connect() as session:
        keys = session.execute(text(query)).all()
    numbers = {"row_version", "submission_id", "query_id", "finding_id", "event_id", "lock_id",
               "signature_id", "erasure_id", "rekeying_id", "grant_id", "former_name_id"}  # fmt: skip
    assert len(keys) > 2 * len(TABLES)
    assert [key for key in keys if "center_id" not in key[1] and not numbers & set(key[1])] == []


@pytest.mark.requirement("ACC-06")
def test_another_center_s_ids_cannot_be_probed(empty_database: None) -> None:
    """Sending 100 ids of which another center has every second one: the answers are alike."""
    answers: dict[bool, set[str]] = {True: set(), False: set()}
    numbers = {}
    for center in CENTERS:
        with store.center_session(center) as session:
            numbers[center] = session.execute(text(
                "insert into registry.submission (center_id, actor, file_name, file_sha256, form_version, "
                "client_key) values (:c, 'a', 'f', 'h', 'v', 'k') returning submission_id"
            ), {"c": center}).scalar_one()  # fmt: skip

    def add(as_: str, center: str, case: str) -> str:
        row = {"center_id": center, "case_id": case, "submission_id": numbers[as_], "missing": {},
               "content_sha256": "x"}  # fmt: skip
        try:
            with store.center_session(as_) as session:
                add_versions(session, "patient", [row])
        except Exception as error:
            return str(error).replace(case, "CASE").split("[SQL")[0]
        return "taken"

    for number in range(0, 100, 2):
        assert add("C02", "C02", f"P{number}") == "taken"
    for number in range(100):
        for center in CENTERS:
            answers[number % 2 == 0].add(f"{center}: {add('C01', center, f'P{number}')}")
    assert answers[True] == answers[False]
    assert len(answers[True]) == 2
