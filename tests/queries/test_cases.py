"""The status of a case, and its withdrawal."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert

from registry import release, store
from registry.lifecycle.cases import case_history, case_list, reinstate, withdraw, withdrawn
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.status import (
    CASE_LIFECYCLE,
    STEWARD,
    ConflictError,
    NotAllowedError,
    require,
)
from registry.row_versions import read_form
from registry.schema import CASE_EVENT
from tests.queries.material import START, WHO, day, found, only_query, say, upload
from tests.versions import add_versions

pytestmark = pytest.mark.usefixtures("empty_database")


def status(center: str = "C01") -> dict[str, str]:
    return {case.case_id: case.status for case in case_list(center)}


def go(case: str = "P1", *, reason: str = "consent withdrawn", role: str = "coordinator") -> None:
    withdraw("C01", case, actor=WHO, reason=reason, at=day(5), role=role)


def back(case: str = "P1") -> None:
    reinstate("C01", case, actor=WHO, reason="was an error", at=day(6))


def patients(center: str, *cases: str) -> int:
    """Store a row for each case; the number of the submission."""
    number = upload([], center=center, cases=cases)
    rows = [
        {"center_id": center, "case_id": case, "weight_kg": 60.0, "submission_id": number,
         "content_sha256": "x", "missing": {}}
        for case in cases
    ]  # fmt: skip
    with store.center_session(center) as session:
        add_versions(session, "patient", rows)
    return number


def in_release(name: str) -> list[tuple[str, str]]:
    table = pq.read_table(release.folder(name) / "patient.parquet")
    return list(zip(table["center_id"].to_pylist(), table["case_id"].to_pylist(), strict=True))


def test_a_case_goes_from_held_to_in_query_to_clean() -> None:
    upload([], held=["P1"])
    upload([], held=["P1"])
    assert status() == {"P1": "held"}
    upload([found()])
    assert status() == {"P1": "in query"}
    say(only_query())
    assert status() == {"P1": "clean"}
    upload([], held=["P1"])
    assert status() == {"P1": "clean"}, "what was accepted stays so when a later file is held"
    steps = [(step.event, step.status) for step in case_history("C01", "P1")]
    assert steps == [
        ("held", "held"), ("accepted", "in query"), ("queries settled", "clean"),
    ]  # fmt: skip


def test_the_history_of_a_case_is_legal_and_gives_its_status() -> None:
    upload([], held=["P1"])
    go()
    back()
    upload([found()])
    upload([])
    upload([found(value="v2")])
    go()
    back()
    now = None
    for step in case_history("C01", "P1"):
        now = require(CASE_LIFECYCLE, what="", source=now, event=step.event, role=step.role,
                      target=step.status)  # fmt: skip
    assert status() == {"P1": now} == {"P1": "in query"}


def test_cases_are_told_apart_by_center() -> None:
    upload([], center="C01")
    upload([], center="C02", held=["P1"])
    assert (status("C01"), status("C02")) == ({"P1": "clean"}, {"P1": "held"})
    go()
    assert (status("C01"), status("C02")) == ({"P1": "withdrawn"}, {"P1": "held"})


def test_withdrawn_tells_which() -> None:
    upload([], cases=["P1", "P2", "P3"])
    go("P1")
    go("P3")
    with store.center_session("C01") as session:
        assert withdrawn(session, "C01", ["P1", "P2", "P9"]) == {"P1"}
        assert withdrawn(session, "C01", []) == set()


def test_a_withdrawn_case_cannot_be_accepted_again() -> None:
    upload([])
    go()
    with pytest.raises(ConflictError):
        upload([])
    upload([], held=["P1"])
    assert status() == {"P1": "withdrawn"}


def test_a_withdrawal_needs_a_known_case_a_reason_and_a_role() -> None:
    upload([])
    with pytest.raises(ConflictError):
        go("P9")
    for reason in ("", "no", "born 12.03.1961, phone +49 30 901820"):
        with pytest.raises(RemarkError):
            go(reason=reason)
    with pytest.raises(NotAllowedError):
        go(role="analyst")
    with pytest.raises(ConflictError):
        back()
    go(role=STEWARD)
    with pytest.raises(ConflictError):
        go()
    assert case_history("C01", "P1")[-1].reason == "consent withdrawn"


@pytest.mark.requirement("ACC-06")
def test_a_case_of_another_center_reads_like_one_that_does_not_exist() -> None:
    upload([], center="C02", cases=["P7"])
    messages = []
    for case in ("P7", "P9"):
        with pytest.raises(ConflictError) as error:
            go(case)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert case_history("C01", "P7") == []


def test_the_next_release_is_without_the_case_and_the_last_one_stays() -> None:
    patients("C01", "P1", "P2")
    patients("C02", "P1")
    release.create("before", at=START)
    go()
    release.create("after", at=START)
    back()
    release.create("again", at=START)
    everyone = [("C01", "P1"), ("C01", "P2"), ("C02", "P1")]
    assert in_release("before") == everyone
    assert in_release("after") == everyone[1:]
    assert in_release("again") == everyone
    assert release.verify("before") == []


def test_a_release_tells_how_many_of_its_cases_are_withdrawn_since() -> None:
    patients("C01", "P1", "P2")
    release.create("counted", at=START)
    assert release.withdrawn_since("counted") == 0
    go()
    assert release.withdrawn_since("counted") == 1


@pytest.mark.requirement("REL-09")
def test_a_release_in_the_making_does_not_see_a_withdrawal_half_way() -> None:
    number = patients("C01", "P1")
    with store.engine("mst_reader").connect() as session:
        last = session.execute(CASE_EVENT.select().order_by(CASE_EVENT.c.event_id.desc())).first()
    assert last is not None
    go()
    assert read_form("patient", as_of=number).num_rows == 0
    assert read_form("patient", as_of=number, as_of_case_event=last.event_id).num_rows == 1


def test_the_center_s_own_row_is_never_withdrawn() -> None:
    number = upload([], cases=["-"])
    row = {"center_id": "C01", "submission_id": number, "content_sha256": "x", "missing": {}}
    with store.center_session("C01") as session:
        add_versions(session, "center", [row])
        session.execute(
            insert(CASE_EVENT).values(
                center_id="C01", case_id="P1", event="withdrawn", status="withdrawn", actor=WHO,
                role="coordinator", at=START,
            )
        )  # fmt: skip
    assert read_form("center", as_of=number).num_rows == 1
