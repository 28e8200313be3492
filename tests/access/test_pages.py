"""The pages of accounts, of the audit trail and of the own account, as Streamlit runs them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.listing import to_csv, to_json
from registry.access import accounts as book
from registry.access import sessions
from registry.access.accounts import Grant
from registry.access.rights import Person, Role
from registry.audit.read import Wanted, entries
from registry.home import home
from tests.access.material import NOW, OWN, PASSWORD, add, enter, person, shown, words
from tests.queries.material import found, upload

pytestmark = pytest.mark.usefixtures("empty_database")
ADMINISTRATOR = Person("root", Role.ADMINISTRATOR)


def press(page: AppTest, label: str) -> AppTest:
    (button,) = (b for b in page.button if b.label == label)
    return button.click().run()


def fill(page: AppTest, **texts: str) -> None:
    for label, text in texts.items():
        (field,) = (t for t in page.text_input if t.label == label.replace("_", " "))
        field.input(text)


@pytest.mark.requirement("ACC-08")
def test_an_administrator_invites_someone_and_the_code_is_shown_once() -> None:
    page = shown(ADMINISTRATOR, "Accounts")
    fill(page, User_name="ines", Full_name="Ines Example")
    press(page, "Invite")
    assert "held at a center" in words(page)
    page.text_input(key="invite center").input(OWN)
    press(page, "Invite")
    (code,) = (c.value for c in page.code)
    assert book.accept(code, PASSWORD, at=datetime.now(UTC)) == "ines"
    assert len(page.run().code) == 0
    (standing,) = book.accounts("ines")
    assert standing.grants == (Grant(Role.COORDINATOR, OWN),)


@pytest.mark.requirement("ACC-08", "ACC-09")
def test_an_administrator_gives_takes_and_ends_with_a_reason() -> None:
    add()
    token = enter(at=datetime.now(UTC))
    page = shown(ADMINISTRATOR, "Accounts")
    (box,) = (s for s in page.selectbox if s.label == "Account")
    box.select_index(0).run()
    page.selectbox(key="give role").select(Role.ANALYST)
    last = NOW.date() + timedelta(30)
    page.date_input(key="give until").set_value(last)
    press(page, "Give the role")
    assert "Write a reason" in words(page)
    page.text_input(key="give reason").input("joins the analysis group")
    press(page, "Give the role")
    assert "ana is analyst." in words(page)
    (standing,) = book.accounts("ana")
    assert standing.grants == (Grant(Role.ANALYST, "", None, last), Grant(Role.COORDINATOR, OWN))

    page.text_input(key="switch reason").input("left the center")
    press(page, "Deactivate")
    assert "ana may no longer sign in." in words(page)
    assert sessions.resume(token, at=datetime.now(UTC)) == ()
    acts = [(e.actor, e.action, e.touched) for e in entries(Wanted(actor="root"))]
    assert ("root", "Accounts", "registry.role_grant 1 added") in acts
    assert ("root", "Accounts", "registry.account_event 1 added") in acts


@pytest.mark.requirement("ACC-09", "ACC-12")
def test_a_person_changes_the_password_and_ends_all_sessions() -> None:
    who, now = add(), datetime.now(UTC)
    token = enter(at=now)
    page = shown(who, "My account")
    new = "another long password"
    fill(page, Present_password="not the password", New_password=new, New_password_again=new)
    press(page, "Change the password")
    assert "The present password is wrong." in words(page)
    fill(page, Present_password=PASSWORD, New_password=new, New_password_again=f"{new}s")
    press(page, "Change the password")
    assert "The two new passwords differ." in words(page)
    assert sessions.resume(token, at=now)
    fill(page, Present_password=PASSWORD, New_password=new, New_password_again=new)
    press(page, "Change the password")
    assert sessions.resume(token, at=now) == ()
    token = enter(password=new, at=now)
    press(shown(who, "My account"), "End all my sessions")
    assert sessions.resume(token, at=now) == ()


@pytest.mark.requirement("AUD-09")
def test_the_trail_is_filtered_verified_and_taken_away() -> None:
    upload([found()])
    (home() / "audit" / "last_verified.json").unlink(missing_ok=True)
    page = shown(person("auditor"), "Audit trail")
    assert "The trail was never verified." in words(page)
    press(page, "Verify now")
    assert "every row is the one that was entered" in words(page)
    assert "every entry and every row is as it was entered" in words(page.run())

    fill(page, Person="nobody")
    assert "Nothing of this kind" in words(page.run())
    fill(page, Person="")
    page.text_input(key="audit case").input("P1")
    (shown_rows,) = (frame.value for frame in page.run().dataframe)
    assert "registry.case_event 1 added" in " ".join(shown_rows["rows"])
    assert set(map(int, shown_rows["no"])) == {e.seq for e in entries(Wanted(case_id="P1"))}


@pytest.mark.requirement("AUD-09")
def test_a_download_holds_every_entry_as_the_table_does_and_runs_nothing() -> None:
    upload([found()])
    rows = [entry.as_row() for entry in entries(Wanted(limit=None))]
    assert [row["hash"] for row in json.loads(to_json(rows))] == [row["hash"] for row in rows]
    read = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert read == [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    assert to_csv([{"detail": "=1+1", "n": -5}]) == "detail,n\n'=1+1,-5\n"
    assert to_csv([]) == ""


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize(
    ("role", "may_change"), [("steward", True), ("auditor", False), ("coordinator", True)]
)
def test_who_only_reads_is_offered_no_export_and_no_withdrawal(role: str, may_change: bool) -> None:
    upload([found()])
    page = shown(person(role), "Cases")
    if role != "coordinator":
        (center,) = (box for box in page.selectbox if box.label == "Center")
        center.select("C01").run()
    labels = [button.label for button in page.button]
    assert ("Prepare the workbook" in labels) is may_change
    assert ("Withdraw the case" in labels) is may_change
