"""Queries, their events and the status of cases: apart by center, and never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from registry import store
from registry.lifecycle.cases import case_list
from registry.queries import history, open_queries, queries
from registry.schema import CASE_EVENT, QUERY, QUERY_EVENT
from tests.queries.material import START, found, only_query, upload

pytestmark = pytest.mark.usefixtures("empty_database")
TABLES = (QUERY, QUERY_EVENT, CASE_EVENT)


@pytest.mark.requirement("ACC-01")
@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_another_center_sees_nothing(table: object) -> None:
    upload([found()])
    count = select(func.count()).select_from(table)  # type: ignore[arg-type]
    with store.center_session("C01") as session:
        assert session.execute(count).scalar_one() == 1
    for stranger in ("C02", "", "c01", "C01 "):
        with store.center_session(stranger) as session:
            assert session.execute(count).scalar_one() == 0
    with store.engine("mst_app").begin() as session:
        assert session.execute(count).scalar_one() == 0
    with store.engine("mst_reader").begin() as session:
        assert session.execute(count).scalar_one() == 1


@pytest.mark.requirement("ACC-05")
def test_another_center_reads_nothing_by_any_function() -> None:
    upload([found()])
    query = only_query()
    assert (queries("C02"), open_queries("C02"), case_list("C02")) == ([], [], [])
    assert history("C02", query) == []


@pytest.mark.requirement("ACC-06")
def test_no_event_can_be_hung_on_the_query_of_another_center() -> None:
    upload([found()])
    upload([], center="C02")
    event = {"query_id": only_query(), "event": "closed", "actor": "x", "role": "steward",
             "at": START}  # fmt: skip
    for center, error in (("C02", IntegrityError), ("C01", ProgrammingError)):
        with pytest.raises(error), store.center_session("C02") as session:
            session.execute(insert(QUERY_EVENT).values(**event, center_id=center))


def test_one_query_per_case_record_rule_and_value() -> None:
    upload([found()])
    with store.center_session("C01") as session:
        row = dict(session.execute(select(QUERY)).mappings().one())
    del row["query_id"]
    with pytest.raises(IntegrityError), store.center_session("C01") as session:
        session.execute(insert(QUERY).values(row))
    with store.center_session("C01") as session:
        session.execute(insert(QUERY).values({**row, "rule": None}))
        session.execute(insert(QUERY).values({**row, "rule": None}))


@pytest.mark.parametrize(
    "statement",
    [
        statement.format(table)
        for table in ("query", "query_event", "case_event")
        for statement in (
            "update registry.{} set center_id = center_id",
            "delete from registry.{}",
            "truncate registry.{} cascade",
            "alter table registry.{} disable row level security",
        )
    ],
)
@pytest.mark.parametrize("role", ["mst_app", "mst_reader"])
def test_neither_application_nor_reader_can_change_them(role: store.Role, statement: str) -> None:
    upload([found()])
    with store.engine(role).connect() as session:
        session.execute(text("select set_config('mst.center', 'C01', true)"))
        with pytest.raises(ProgrammingError):
            session.execute(text(statement))
