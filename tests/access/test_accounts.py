"""Accounts: invited by a code that is good once, roles from one day to another, off at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from registry.access import accounts as book
from registry.access import sessions
from registry.access.accounts import AccountError, Grant, Standing
from registry.access.passwords import PasswordError
from registry.access.report import rights_report
from registry.access.rights import Person, Role
from registry.acting import Act, acting
from registry.lifecycle.remarks import RemarkError
from tests.access.material import NOW, OWN, PASSWORD, add, after, enter

pytestmark = [
    pytest.mark.usefixtures("empty_database"),
    pytest.mark.requirement("ACC-08", "ACC-12"),
]
COORDINATOR = Grant(Role.COORDINATOR, OWN)


def invite(username: str = "ana", *grants: Grant, email: str | None = None) -> str:
    return book.invite(username, "Ana Example", email, grants or (COORDINATOR,), at=NOW)


def standing(username: str = "ana") -> Standing:
    (found,) = book.accounts(username)
    return found


def test_someone_invited_sets_a_password_and_comes_in() -> None:
    code = invite(email="Ana@Example.org")
    assert standing() == Standing(
        "ana", "Ana Example", "ana@example.org", "invited", (COORDINATOR,)
    )
    assert book.accept(code, PASSWORD, at=after(days=6)) == "ana"
    assert standing().state == "active"
    opened = sessions.sign_in("ana", PASSWORD, at=after(days=6))
    assert opened.persons == (Person("ana", Role.COORDINATOR, OWN),)


def test_a_code_is_good_once_and_only_the_newest() -> None:
    lost, code = invite(), book.invite_again("ana", at=after(days=1))
    assert lost != code
    with pytest.raises(AccountError, match="wrong, was used, or is too old"):
        book.accept(lost, PASSWORD, at=after(days=1))
    book.accept(code, PASSWORD, at=after(days=1))
    with pytest.raises(AccountError, match="wrong, was used, or is too old"):
        book.accept(code, "another long password", at=after(days=1))
    enter(at=after(days=1))


def test_a_code_lasts_seven_days() -> None:
    code = invite()
    with pytest.raises(AccountError, match="too old"):
        book.accept(code, PASSWORD, at=NOW + book.INVITATION_LASTS)
    book.accept(code, PASSWORD, at=NOW + book.INVITATION_LASTS - timedelta(seconds=1))


def test_a_password_that_is_refused_leaves_the_code_good() -> None:
    code = invite()
    for password in (
        "elevenchars",
        "x" * 1_001,
        "abababababab",
        "my name is ana",
        "ANA-in-capitals",
    ):
        with pytest.raises(PasswordError):
            book.accept(code, password, at=NOW)
    book.accept(code, "äöü" * 4 + " and it is long", at=NOW)


@pytest.mark.parametrize(
    "username", ["", "a", "Ana", "ana maria", "1ana", "a" * 41, "ana\n", "änne"]
)
def test_a_user_name_is_plain(username: str) -> None:
    with pytest.raises(AccountError, match="small letters"):
        invite(username)


def test_nobody_is_invited_twice() -> None:
    invite(email="ana@example.org")
    with pytest.raises(AccountError, match="of this name already"):
        invite()
    with pytest.raises(AccountError, match="this e-mail address already"):
        invite("bea", email="ANA@example.org")
    assert [a.username for a in book.accounts()] == ["ana"]


@pytest.mark.parametrize(
    ("grant", "why"),
    [
        (Grant(Role.COORDINATOR), "held at a center"),
        (Grant(Role.STEWARD, OWN), "not at a center"),
        (Grant(Role.LEAD, "Munich"), "is not a center id"),
        (Grant(Role.OPERATOR), "not given to accounts"),
        (Grant(Role.ANALYST, "", date(2026, 2, 1), date(2026, 1, 31)), "before its first"),
    ],
)
def test_a_role_that_cannot_be_is_refused_and_no_account_made(grant: Grant, why: str) -> None:
    with pytest.raises(AccountError, match=why):
        invite("ana", grant)
    assert book.accounts() == []


def test_an_administrator_gives_themselves_no_role() -> None:
    add("root", Role.ADMINISTRATOR, None)
    add("ruth", Role.ADMINISTRATOR, None)
    steward = Grant(Role.STEWARD)
    with acting(Act("root", "administrator", "portal", "Accounts")):
        with pytest.raises(AccountError, match="another administrator"):
            book.grant("root", steward, at=NOW)
        book.grant("ruth", steward, at=NOW)
    assert standing("root").grants == (Grant(Role.ADMINISTRATOR),)
    assert standing("ruth").grants == (Grant(Role.ADMINISTRATOR), steward)


def test_the_first_and_the_last_day_of_a_role_count() -> None:
    first, last = NOW.date() + timedelta(1), NOW.date() + timedelta(3)
    add()
    book.grant("ana", Grant(Role.ANALYST, "", first, last), at=NOW)
    held = [len(sessions.sign_in("ana", PASSWORD, at=after(days=day)).persons) for day in range(5)]
    assert held == [1, 2, 2, 2, 1]


def test_a_role_taken_back_is_gone_at_the_next_step() -> None:
    add()
    book.grant("ana", Grant(Role.ANALYST), at=NOW)
    token = enter()
    book.revoke("ana", COORDINATOR, at=NOW, reason="changed her post")
    assert sessions.resume(token, at=after(seconds=1)) == (Person("ana", Role.ANALYST),)
    book.revoke("ana", Grant(Role.ANALYST), at=NOW)
    assert sessions.resume(token, at=after(seconds=2)) == ()
    with pytest.raises(AccountError, match="does not hold"):
        book.revoke("ana", COORDINATOR, at=NOW)


def test_a_deactivated_account_is_out_until_reactivated() -> None:
    add()
    token = enter()
    book.deactivate("ana", at=NOW, reason="left the center")
    assert sessions.resume(token, at=NOW) == ()
    with pytest.raises(sessions.SignInError, match=sessions.WRONG):
        enter()
    with pytest.raises(AccountError, match="already"):
        book.deactivate("ana", at=NOW)
    book.reactivate("ana", at=NOW)
    assert sessions.resume(token, at=NOW) == ()
    assert sessions.resume(enter(), at=NOW)


@pytest.mark.parametrize(
    "act",
    [
        lambda reason: book.grant("ana", Grant(Role.ANALYST), at=NOW, reason=reason),
        lambda reason: book.revoke("ana", COORDINATOR, at=NOW, reason=reason),
        lambda reason: book.deactivate("ana", at=NOW, reason=reason),
    ],
)
def test_a_reason_holds_no_identifier(act: Callable[[str], None]) -> None:
    add()
    before = standing()
    with pytest.raises(RemarkError):
        act("asked by anna.schmidt@hospital.org")
    assert standing() == before


@pytest.mark.parametrize(
    "act",
    [
        lambda: book.grant("bea", COORDINATOR, at=NOW),
        lambda: book.deactivate("bea", at=NOW),
        lambda: book.invite_again("bea", at=NOW),
    ],
)
def test_an_account_that_is_none_is_named_so(act: Callable[[], object]) -> None:
    with pytest.raises(AccountError, match="no account of this name"):
        act()


def test_the_rights_report_tells_who_gave_what_and_what_to_look_at() -> None:
    with acting(Act("root", "administrator", "program", "prepare")):
        add()
        invite("bea", Grant(Role.ANALYST, "", None, date(2026, 11, 30)))
        add("cleo", Role.STEWARD, None)
        book.deactivate("cleo", at=NOW)
        add("dora")
    enter()
    told = {row["username"]: row for row in rights_report(NOW.date())}
    assert told["ana"] == {
        "username": "ana", "name": "ana", "state": "active", "role": "coordinator", "center_id": OWN,
        "since": NOW.date(), "given_by": "root", "valid_until": None, "last_seen": NOW.date(),
        "look_at": None,
    }  # fmt: skip
    assert told["bea"]["look_at"] == "never activated"
    assert (told["dora"]["last_seen"], told["dora"]["look_at"]) == (None, None)
    assert told["cleo"]["look_at"] == "the account is deactivated: take the role back"
    later = {row["username"]: row["look_at"] for row in rights_report(date(2027, 6, 1))}
    assert later["ana"] == later["dora"] == "not seen for half a year"
    assert later["bea"] == "the role has run out: take it back or give it anew"
    assert rights_report(NOW.date() - timedelta(1)) == []
