"""The service works only through a login that every policy binds, and a pooled connection remembers nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from registry import store
from tests.audit.trail import add_patient
from tests.versions import add_versions

BAD = {
    "mst_bad_super": ("superuser", "it is a superuser"),
    "mst_bad_bypass": (
        "bypassrls in role mst_app, mst_reader, mst_access",
        "may bypass row-level security",
    ),
    "mst_bad_owner": (
        "in role mst_app, mst_reader, mst_access, mst_owner",
        "may act as the owner of the tables",
    ),
}


@pytest.fixture
def logins(database: None) -> Iterator[None]:
    with store.engine(None).begin() as session:
        for name, (how, _) in BAD.items():
            session.execute(text(f"create role {name} login {how}"))
    yield
    with store.engine(None).begin() as session:
        for name in BAD:
            session.execute(text(f"drop role {name}"))


@pytest.mark.requirement("ACC-02")
@pytest.mark.parametrize("login", BAD)
@pytest.mark.parametrize("role", ["mst_app", "mst_reader", "mst_access"])
def test_a_login_that_could_look_past_the_policies_is_refused(
    logins: None, login: str, role: store.Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = store.owner_url().set(username=login, drivername="postgresql")
    monkeypatch.setenv("MST_DATABASE_URL", url.render_as_string(hide_password=False))
    with pytest.raises(store.NotReadyError, match=BAD[login][1]) as told:
        store.engine(role)
    assert login in str(told.value)
    assert "MST_OWNER_DATABASE_URL" in str(told.value)


@pytest.mark.requirement("ACC-02")
def test_the_service_is_bound_and_owns_nothing(database: None) -> None:
    query = text(
        "select r.rolsuper or r.rolbypassrls or pg_has_role(r.oid, 'mst_owner', 'member') "
        "or pg_has_role(r.oid, 'mst_audit', 'member'), "
        "(select count(*) from pg_class as c where c.relowner = r.oid) "
        "from pg_roles as r where r.rolname = 'mst_service'"
    )
    with store.engine(None).connect() as session:
        assert session.execute(query).one() == (False, 0)


@pytest.mark.requirement("ACC-03")
def test_a_pooled_connection_remembers_no_center(empty_database: None) -> None:
    for center in ("C01", "C02"):
        add_patient(center, "P1", 60)
    seen: list[set[str]] = []

    def ask(center: str) -> None:
        for _ in range(100):
            with store.center_session(center) as session:
                found = session.execute(text("select center_id from crf.patient")).scalars()
                seen.append({center, *found})
            with store.engine("mst_app").begin() as session:
                assert not session.execute(text("select center_id from crf.patient")).all()

    threads = [threading.Thread(target=ask, args=(f"C0{1 + n % 2}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 400
    assert {len(centers) for centers in seen} == {1}


@pytest.mark.requirement("ACC-06")
def test_another_centers_ids_cannot_be_probed(empty_database: None) -> None:
    add_patient("C02", "P1", 60)
    told = set()
    for case in ("P1", "P2"):
        row = {"center_id": "C02", "case_id": case, "submission_id": 1, "content_sha256": "x",
               "missing": {}}  # fmt: skip
        with pytest.raises(ProgrammingError) as refused, store.center_session("C01") as session:
            add_versions(session, "patient", [row])
        told.add(str(refused.value.orig))
    assert len(told) == 1
    add_patient("C01", "P1", 60)  # the same name at another center is no conflict
