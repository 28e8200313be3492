"""The database keeps centers apart and never changes what it holds."""

from __future__ import annotations

import pytest
from pytest_alembic import create_alembic_fixture
from pytest_alembic.tests import (  # noqa: F401
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from registry import store
from registry.forms.tables import TABLES
from registry.row_versions import read_form
from tests.versions import add_versions, stored_rows

SUBMISSION = (
    "insert into registry.submission (center_id, actor, file_name, file_sha256, form_version) "
    "values (:center, 'a', 'f', 'h', 'v') returning submission_id"
)


def add_patient(center: str, case: str, weight: float) -> int:
    with store.center_session(center) as session:
        number: int = session.execute(text(SUBMISSION), {"center": center}).scalar_one()
        row = {"center_id": center, "case_id": case, "weight_kg": weight, "submission_id": number,
               "content_sha256": str(weight), "missing": {}}  # fmt: skip
        add_versions(session, "patient", [row])
    return number


@pytest.mark.requirement("ACC-01")
def test_a_center_sees_its_own_rows_only(empty_database: None) -> None:
    add_patient("C01", "P1", 60)
    add_patient("C02", "P1", 70)
    with store.center_session("C01") as session:
        assert [r["weight_kg"] for r in stored_rows(session, "patient", ["P1"])] == [60]
    with store.engine("mst_app").begin() as session:
        assert session.execute(text("select count(*) from crf.patient")).scalar_one() == 0


@pytest.mark.requirement("ACC-01")
def test_a_center_cannot_write_for_another(empty_database: None) -> None:
    number = add_patient("C01", "P1", 60)
    row = {
        "center_id": "C02",
        "case_id": "P1",
        "submission_id": number,
        "content_sha256": "x",
        "missing": {},
    }
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        store.center_session("C01") as session,
    ):
        add_versions(session, "patient", [row])


@pytest.mark.parametrize(
    "statement",
    [
        "update crf.patient set weight_kg = 1",
        "delete from crf.patient",
        "truncate crf.patient",
        "drop table crf.patient",
        "alter table crf.patient disable row level security",
        "update registry.submission set actor = 'b'",
    ],
)
def test_the_application_cannot_change_or_remove(empty_database: None, statement: str) -> None:
    add_patient("C01", "P1", 60)
    with pytest.raises(ProgrammingError), store.center_session("C01") as session:
        session.execute(text(statement))


def test_the_latest_version_counts_and_earlier_states_can_be_asked_for(
    empty_database: None,
) -> None:
    first = add_patient("C01", "P1", 60)
    second = add_patient("C01", "P1", 63)
    with store.center_session("C01") as session:
        assert stored_rows(session, "patient", ["P1"])[0]["weight_kg"] == 63
    assert read_form("patient", as_of=first)["weight_kg"].to_pylist() == [60]
    assert read_form("patient", as_of=second)["weight_kg"].to_pylist() == [63]


def test_a_deleted_row_is_gone_from_then_on_and_may_come_back(empty_database: None) -> None:
    numbers = [add_patient("C01", "P1", 60)]
    for deleted in (True, False):
        with store.center_session("C01") as session:
            number: int = session.execute(text(SUBMISSION), {"center": "C01"}).scalar_one()
            row = {"center_id": "C01", "case_id": "P1", "weight_kg": 60, "submission_id": number,
                   "content_sha256": "x", "missing": {}, "deleted": deleted,
                   "change_reason": "entered twice"}  # fmt: skip
            add_versions(session, "patient", [row])
            assert len(stored_rows(session, "patient", ["P1"])) == (not deleted)
        numbers.append(number)
    assert [read_form("patient", as_of=n).num_rows for n in numbers] == [1, 0, 1]


def test_cases_sent_before_there_was_a_status_get_one(alembic_engine: Engine) -> None:
    from alembic import command

    config = store.alembic_config()
    config.attributes["connection"] = alembic_engine
    command.upgrade(config, "0003")
    with alembic_engine.begin() as session:
        session.execute(
            text(
                "insert into registry.submission (center_id, actor, file_name, file_sha256, "
                "form_version, receipt) select c, 'a', 'f', 'h', 'v', '{}' "
                "from (values ('C01'), ('C01'), ('C02')) as t (c)"
            )
        )
        session.execute(
            text(
                "insert into registry.submission_case values (1, 'P1', 'C01', 'held', 1), "
                "(1, 'P2', 'C01', 'held', 1), (2, 'P1', 'C01', 'accepted', 1), "
                "(2, '', 'C01', 'held', 1), (3, 'P1', 'C02', 'held', 1)"
            )
        )
    command.upgrade(config, "0004")
    query = text("select center_id, case_id, status from registry.case_event order by 1, 2")
    with alembic_engine.connect() as session:
        assert session.execute(query).all() == [
            ("C01", "P1", "clean"), ("C01", "P2", "held"), ("C02", "P1", "held"),
        ]  # fmt: skip
        forced = text("select relforcerowsecurity from pg_class where relname like 'submission%' "
                      "and relkind = 'r'")  # fmt: skip
        assert set(session.execute(forced).scalars()) == {True}
    command.downgrade(config, "0003")


@pytest.mark.requirement("ACC-01")
def test_every_table_with_a_center_forces_row_level_security(database: None) -> None:
    query = text(
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "join pg_attribute a on a.attrelid = c.oid and a.attname = 'center_id' "
        "where c.relkind = 'r' and n.nspname in ('crf', 'registry') "
        "and not (c.relrowsecurity and c.relforcerowsecurity "
        "and exists (select 1 from pg_policy p where p.polrelid = c.oid))"
    )
    with store.engine(None).connect() as session:
        assert session.execute(query).all() == []
        forms = session.execute(text("select count(*) from pg_tables where schemaname = 'crf'"))
        assert forms.scalar_one() == len(TABLES)


@pytest.mark.requirement("ACC-02")
def test_application_and_reader_own_nothing_and_cannot_bypass(database: None) -> None:
    query = text(
        "select rolname, rolsuper, rolbypassrls, "
        "(select count(*) from pg_class c where c.relowner = r.oid) as owned "
        "from pg_roles r where rolname in ('mst_app', 'mst_reader') order by 1"
    )
    with store.engine(None).connect() as session:
        assert session.execute(query).all() == [
            ("mst_app", False, False, 0),
            ("mst_reader", False, False, 0),
        ]


@pytest.fixture
def alembic_engine(database: None) -> Engine:
    """A database of its own on the same server, for going up and down."""
    with store.engine(None).connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text("drop database if exists migrations with (force)"))
        session.execute(text("create database migrations"))
    return create_engine(store.owner_url().set(database="migrations"))


alembic = create_alembic_fixture({"script_location": "migrations"})
