"""Every act is one entry in its own transaction, which nobody can do without, change or remove."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, ProgrammingError
from typer.testing import CliRunner

from registry import store
from registry.acting import Act, acting
from registry.audit import enter, note
from registry.audit.anchors import AnchorError, keep, keep_daily, kept, of_file
from registry.audit.check import check
from registry.audit.read import Wanted, entries, history
from registry.cli import app
from registry.schema import SUBMISSION
from tests.audit.trail import NORA, add_patient, faults, lay, present_head
from tests.queries.material import found, upload

pytestmark = pytest.mark.usefixtures("empty_database")


@pytest.mark.requirement("AUD-01")
def test_a_change_is_entered_with_who_when_what_and_why() -> None:
    with acting(NORA):
        add_patient("C01", "P1", 60)
    (last,) = entries(Wanted(center_id="C01", case_id="P1"))
    assert (last.actor, last.role, last.channel, last.action) == (
        "nora", "coordinator", "portal", "Send data",
    )  # fmt: skip
    assert last.touched == "crf.patient 1 added, registry.submission 1 added"
    assert last.changes == 2


@pytest.mark.requirement("AUD-01")
def test_the_history_of_a_case_tells_old_new_and_why() -> None:
    with acting(NORA):
        first, second = add_patient("C01", "P1", 60), add_patient("C01", "P1", 63)
    told = history("C01", "P1")
    assert [(r["submission"], r["column"], r["old"], r["new"], r["reason"]) for r in told] == [
        (first, "weight_kg", None, 60.0, "entry error"),
        (second, "weight_kg", 60.0, 63.0, "entry error"),
    ]
    assert {row["actor"] for row in told} == {"nora"}
    assert history("C02", "P1") == []


@pytest.mark.requirement("AUD-01")
def test_reading_exporting_signing_in_and_failing_to_are_entered() -> None:
    lay()
    told = [entry.action for entry in entries(Wanted(limit=None))]
    for action in ("sign in", "fail to sign in", "sign out", "read the steps of a case"):
        assert action in told


@pytest.mark.requirement("AUD-01")
def test_what_cannot_be_entered_is_not_done() -> None:
    lay()
    with store.engine(None).begin() as session:
        session.execute(text(
            "alter table audit.entry add constraint broken check (center_id <> 'C03') not valid"))  # fmt: skip
    try:
        for case in range(20):
            with pytest.raises(IntegrityError), acting(Act("x", "y", "z", "w", "C03")):
                add_patient("C03", f"P{case}", 60)
    finally:
        with store.engine(None).begin() as session:
            session.execute(text("alter table audit.entry drop constraint broken"))
    with store.engine("mst_reader").begin() as session:
        assert not session.execute(select(SUBMISSION).where(SUBMISSION.c.center_id == "C03")).all()
    assert faults() == []


@pytest.mark.requirement("AUD-01")
def test_what_is_undone_leaves_no_entry_and_no_gap() -> None:
    lay()
    before = present_head()
    with store.engine("mst_app").connect() as session:
        enter(session, "think about it")
        session.rollback()
    assert present_head() == before
    note("do it")
    assert present_head().seq == before.seq + 1
    assert faults(before) == []


@pytest.mark.requirement("AUD-02")
@pytest.mark.parametrize("role", ["mst_app", "mst_reader", "mst_access", "mst_owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "update audit.entry set actor = 'x'",
        "delete from audit.entry",
        "truncate audit.entry cascade",
        "insert into audit.entry (actor, role, channel, action, detail_sha256) values ('', '', '', '', '')",
        "update audit.change set row_id = null",
        "delete from audit.change",
        "alter table audit.entry disable trigger all",
        "drop trigger chain on audit.entry",
        "set session_replication_role = replica",
        "select audit.note()",
        "create or replace function audit.chain() returns trigger language sql as ''",
    ],
)
def test_no_role_of_the_registry_can_alter_or_empty_it(role: store.Role, statement: str) -> None:
    note("something")
    with (
        store.engine(role).connect() as session,
        pytest.raises((ProgrammingError, InternalError)),
    ):
        session.execute(text(statement))


@pytest.mark.requirement("AUD-02")
@pytest.mark.parametrize(
    "statement",
    [
        "update audit.entry set actor = 'x'",
        "update audit.change set commitment = sha256('')",
        "update audit.entry set detail = 'something else'",
        "delete from audit.entry",
        "truncate audit.change",
    ],
)
def test_even_its_owner_only_adds_to_it(statement: str) -> None:
    note("something", detail="in words")
    add_patient("C01", "P1", 60)
    with (
        store.engine(None).connect() as session,
        pytest.raises(DBAPIError, match="only ever added to"),
    ):
        session.execute(text(statement))


@pytest.mark.requirement("AUD-02")
@pytest.mark.parametrize("other", ["mst_audit", "mst_owner", "postgres"])
def test_the_service_cannot_become_its_owner(other: str) -> None:
    with store.engine("mst_app").connect() as session, pytest.raises(ProgrammingError):
        session.execute(text(f"set role {other}"))


@pytest.mark.requirement("AUD-02")
def test_nobody_but_the_owner_makes_it_forget() -> None:
    for role in ("mst_app", "mst_reader", "mst_access"):
        with store.engine(role).connect() as session, pytest.raises(ProgrammingError):  # type: ignore[arg-type]
            session.execute(text("select audit.forget('C01', 'P1')"))


def _writers(count: int, times: int) -> None:
    def write(number: int) -> None:
        with acting(Act(f"w{number}", "coordinator", "program", "write", f"C{number:02}")):
            for turn in range(times):
                add_patient(f"C{number:02}", f"P{turn}", 60 + number)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults() == []
    assert present_head().seq == count * times


@pytest.mark.requirement("AUD-03")
@pytest.mark.parametrize(
    ("count", "times"), [(8, 10), pytest.param(8, 200, marks=pytest.mark.long)]
)
def test_writers_at_once_make_one_chain_without_gaps(count: int, times: int) -> None:
    _writers(count, times)


@pytest.mark.requirement("AUD-05")
def test_the_order_is_that_of_commits_and_a_clock_put_back_is_told() -> None:
    from registry.audit.read import clock_put_back

    lay()
    assert clock_put_back() == []
    with store.engine(None).begin() as session:
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text("update audit.entry set at = at - interval '1 hour' where seq >= 9"))
    assert clock_put_back() == [9]
    assert [e.seq for e in entries(Wanted(limit=None))] == list(range(present_head().seq, 0, -1))


@pytest.mark.requirement("AUD-06")
def test_what_is_forgotten_is_gone_and_the_chain_still_holds() -> None:
    lay()
    end = present_head()
    with store.engine("mst_owner").begin() as session:
        session.execute(text("alter table crf.patient no force row level security"))
        session.execute(text("delete from crf.patient where center_id = 'C02' and case_id = 'Q9'"))
        session.execute(text("alter table crf.patient force row level security"))
        forgotten = session.execute(text("select audit.forget('C02', 'Q9')")).scalar_one()
        enter(session, "forget a case", center_id="C02")
    assert forgotten == 2  # the row that was added, and that it was removed
    assert faults(end) == []
    with store.engine(None).connect() as session:
        whole = session.execute(text("select string_agg(e::text, '') from audit.entry as e"))
        changes = session.execute(text("select string_agg(c::text, '') from audit.change as c"))
        assert "Q9" not in whole.scalar_one() + changes.scalar_one()
    assert entries(Wanted(limit=1))[0].action == "forget a case"


@pytest.mark.requirement("AUD-04")
def test_ends_are_kept_outside_the_database(tmp_path: Path) -> None:
    lay()
    head, told = check(kept())
    assert told == []
    assert head in set(kept())
    add_patient("C01", "P7", 60)
    keep(present_head())
    count = len(list(kept()))
    keep_daily(present_head())
    assert len(list(kept())) == count  # one was kept today
    assert check(kept())[1] == []
    with pytest.raises(AnchorError, match="carries no end"):
        of_file(tmp_path / "nothing.json")


@pytest.mark.requirement("AUD-09")
def test_entries_are_found_by_person_center_case_and_words() -> None:
    lay()
    upload([found(case="P2")], cases=("P2",))
    everything = entries(Wanted(limit=None))
    assert len(entries(Wanted(limit=5))) == 5
    for wanted, expected in (
        (Wanted(actor="nora", limit=None), lambda e: e.actor == "nora"),
        (Wanted(center_id="C01", limit=None), lambda e: e.center_id == "C01"),
        (Wanted(action="SIGN IN", limit=None), lambda e: "sign in" in e.action),
    ):
        assert entries(wanted) == [e for e in everything if expected(e)]
    (of_case,) = entries(Wanted(center_id="C01", case_id="P2"))
    assert "registry.query 1 added" in of_case.touched
    assert entries(Wanted(center_id="C02", case_id="P2")) == []


@pytest.mark.requirement("AUD-01")
def test_the_list_of_a_terminal_has_a_line_an_entry_the_newest_first() -> None:
    with acting(NORA):
        add_patient("C01", "P1", 60)
        add_patient("C01", "P2", 63)
    told = CliRunner().invoke(app, ["audit", "list", "--center", "C01"], env={"COLUMNS": "80"})
    head, _, *lines = (line.rstrip() for line in told.output.splitlines() if line.strip())
    assert head.split() == ["no", "when", "who", "what", "about", "rows"]
    (second, first) = (re.split(r" {3,}", line.strip()) for line in lines)
    assert (int(second[0]), int(first[0])) == (2, 1)
    assert second[2:] == first[2:] == ["nora (coordinator)", "Send data", "C01", "2"]
