"""Sessions end when idle, when old and when someone ends them; guessing is slow and learns nothing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text, update

from registry import store
from registry.access import accounts as book
from registry.access import sessions
from registry.access.accounts import Grant
from registry.access.passwords import PasswordError
from registry.access.rights import Person, Role
from registry.access.sessions import SignInError
from registry.access.tables import CREDENTIAL, IDENTITY, SESSION
from registry.acting import Act, acting
from tests.access.material import NOW, OWN, PASSWORD, add, after, enter

pytestmark = pytest.mark.usefixtures("empty_database")
WRONG_PASSWORD = "not the password"


def is_in(token: str, at: datetime) -> bool:
    return bool(sessions.resume(token, at=at))


@pytest.mark.requirement("ACC-09")
@pytest.mark.parametrize(
    ("idle", "stays"),
    [({"minutes": 29, "seconds": 59}, True), ({"minutes": 30, "seconds": 1}, False)],
)
def test_a_session_ends_after_thirty_minutes_without_use(
    idle: Mapping[str, float], stays: bool
) -> None:
    add()
    token = enter()
    assert is_in(token, after(minutes=20))
    assert is_in(token, after(minutes=20) + timedelta(**idle)) is stays


@pytest.mark.requirement("ACC-09")
def test_a_session_ends_after_eight_hours_however_busy() -> None:
    add()
    token = enter()
    assert all(is_in(token, after(minutes=20 * step)) for step in range(24))
    assert is_in(token, after(hours=7, minutes=59, seconds=59))
    assert not is_in(token, after(hours=8))
    assert not is_in(token, after(hours=8, seconds=1))


@pytest.mark.requirement("ACC-09")
def test_a_session_that_was_ended_never_comes_back() -> None:
    add()
    stolen, other = enter(), enter()
    command = sessions.sign_in("ana", PASSWORD, at=NOW, channel="command").token
    sessions.sign_out(other, at=NOW)
    assert not is_in(stolen, NOW)  # signing out ends the portal in every browser
    assert is_in(command, NOW)
    sessions.end_everywhere("ana", at=NOW)
    assert not is_in(command, NOW)
    assert enter()
    assert not any(is_in(token, NOW) for token in (stolen, other, command))


@pytest.mark.requirement("ACC-09")
def test_a_token_of_the_command_line_ends_alone() -> None:
    add()
    portal = enter()
    command = sessions.sign_in("ana", PASSWORD, at=NOW, channel="command").token
    sessions.sign_out(command, at=NOW)
    assert (is_in(command, NOW), is_in(portal, NOW)) == (False, True)


@pytest.mark.requirement("ACC-09")
def test_no_token_is_kept_and_none_is_guessed() -> None:
    add()
    token = enter()
    with store.engine("mst_access").begin() as session:
        kept = session.execute(select(SESSION.c.token_sha256)).scalar_one()
    assert token not in kept
    assert not is_in(kept, NOW)
    assert not is_in("", NOW)


@pytest.mark.requirement("ACC-12")
def test_the_sixth_wrong_try_waits_and_each_one_more_waits_twice_as_long() -> None:
    add()

    def refusal(at: datetime, password: str = WRONG_PASSWORD) -> str:
        with pytest.raises(SignInError) as told:
            sessions.sign_in("ana", password, at=at)
        return str(told.value)

    at = NOW
    assert [refusal(at) for _ in range(5)] == [sessions.WRONG] * 5
    for wait in (30, 60, 120, 240, 480, 900, 900):
        assert "Too many tries" in refusal(at + timedelta(seconds=wait - 1), PASSWORD)
        at += timedelta(seconds=wait)
        assert refusal(at) == sessions.WRONG
    at += timedelta(minutes=15)
    sessions.sign_in("ana", PASSWORD, at=at)
    assert refusal(at) == sessions.WRONG  # the count begins anew


@pytest.mark.requirement("ACC-12")
def test_a_name_that_is_none_is_answered_like_a_wrong_password() -> None:
    add()
    book.invite("ina", "Ina", None, [Grant(Role.ANALYST)], at=NOW)
    add("dora")
    book.deactivate("dora", at=NOW)

    def answers(username: str, tries: int) -> list[str]:
        told = []
        for _ in range(tries):
            with pytest.raises(SignInError) as refused:
                sessions.sign_in(username, WRONG_PASSWORD, at=NOW)
            told.append(str(refused.value))
        return told

    waits = "Too many tries. Wait 31 seconds, then try again."
    assert answers("ana", 6) == answers("nobody", 6) == [sessions.WRONG] * 5 + [waits]
    assert answers("ina", 1) == answers("dora", 1) == [sessions.WRONG]


@pytest.mark.requirement("ACC-12")
@pytest.mark.long
@pytest.mark.parametrize("tries", [200])
def test_a_name_that_is_none_takes_as_long_as_a_wrong_password(tries: int) -> None:
    add()

    def spent(username: str, at: datetime) -> float:
        # processor time: the wall clock of a busy machine tells more of its neighbours
        begin = time.process_time()
        with pytest.raises(SignInError, match=sessions.WRONG):
            sessions.sign_in(username, WRONG_PASSWORD, at=at)
        return time.process_time() - begin

    hours = [after(hours=hour) for hour in range(tries)]
    known, unknown = zip(*((spent("ana", at), spent("nobody", at)) for at in hours), strict=True)
    assert statistics.median(known) == pytest.approx(statistics.median(unknown), rel=0.1)


@pytest.mark.requirement("ACC-12")
def test_a_password_is_kept_by_argon2id_at_todays_cost() -> None:
    add()
    cheap = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    assert kept_hash().startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with store.engine("mst_access").begin() as session:
        session.execute(update(CREDENTIAL).values(password_hash=cheap))
    with pytest.raises(SignInError):
        enter(password=WRONG_PASSWORD)
    assert kept_hash() == cheap
    enter()
    assert kept_hash().startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    enter()


def kept_hash() -> str:
    with store.engine("mst_access").begin() as session:
        found: str = session.execute(select(CREDENTIAL.c.password_hash)).scalar_one()
    return found


@pytest.mark.requirement("ACC-12")
def test_no_password_is_cut_short() -> None:
    long = "a long sentence " * 10
    book.add_account("ana", long, Role.COORDINATOR, OWN, at=NOW)
    for wrong in (long[:72], long[:-1], f"{long}x"):
        with pytest.raises(SignInError):
            enter(password=wrong)
    enter(password=long)


@pytest.mark.requirement("ACC-09", "ACC-12")
def test_a_person_changes_the_password_and_is_out_everywhere() -> None:
    add()
    tokens = enter(), sessions.sign_in("ana", PASSWORD, at=NOW, channel="command").token
    with pytest.raises(SignInError, match="present password is wrong"):
        sessions.change_password("ana", WRONG_PASSWORD, "another long password", at=NOW)
    with pytest.raises(PasswordError):
        sessions.change_password("ana", PASSWORD, "short", at=NOW)
    assert all(is_in(token, NOW) for token in tokens)
    sessions.change_password("ana", PASSWORD, "another long password", at=NOW)
    assert not any(is_in(token, NOW) for token in tokens)
    with pytest.raises(SignInError):
        enter()
    enter(password="another long password")


@pytest.mark.requirement("ACC-12")
def test_the_present_password_cannot_be_guessed_by_changing_it() -> None:
    add()
    for _ in range(5):
        with pytest.raises(SignInError, match="wrong"):
            sessions.change_password("ana", WRONG_PASSWORD, "another long password", at=NOW)
    with pytest.raises(SignInError, match="Too many tries"):
        sessions.change_password("ana", PASSWORD, "another long password", at=NOW)


CLAIMS = {
    "iss": "https://id.example.org", "sub": "4711", "email": "Ana@Example.org", "email_verified": True,
    "iat": int(NOW.timestamp()), "exp": int(after(hours=1).timestamp()), "nonce": "n1",
}  # fmt: skip


def expect_ana(*, is_invited: bool = False) -> None:
    book.invite("ana", "Ana", "ana@example.org", [Grant(Role.COORDINATOR, OWN)], at=NOW)
    if not is_invited:
        with store.engine("mst_access").begin() as session:
            book.activate(session, "ana", NOW)


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize("is_invited", [True, False])
def test_a_person_the_provider_vouches_for_has_the_roles_of_the_registry(is_invited: bool) -> None:
    expect_ana(is_invited=is_invited)
    persons = (Person("ana", Role.COORDINATOR, OWN),)
    assert sessions.sign_in_by_openid(CLAIMS, at=NOW).persons == persons
    assert sessions.resume_by_openid(CLAIMS, at=after(minutes=1)) == persons
    (standing,) = book.accounts("ana")
    assert standing.state == "active"
    # from then on by issuer and subject, whatever becomes of the address
    moved = {**CLAIMS, "email": "ana@elsewhere.org", "email_verified": False, "nonce": "n2"}
    assert sessions.sign_in_by_openid(moved, at=NOW).persons == persons


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize(
    "change",
    [
        {"email": "bea@example.org"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"iss": ""},
        {"sub": None},
        {"exp": int(NOW.timestamp())},
    ],
    ids=str,
)
def test_whoever_the_registry_cannot_be_sure_of_is_refused(change: dict[str, Any]) -> None:
    expect_ana(is_invited=True)
    claims = {**CLAIMS, **change}
    with pytest.raises(SignInError):
        sessions.sign_in_by_openid(claims, at=NOW)
    assert sessions.resume_by_openid(claims, at=NOW) == ()
    with store.engine("mst_access").begin() as session:
        assert session.execute(select(IDENTITY)).all() == []
    (standing,) = book.accounts("ana")
    assert standing.state == "invited"


@pytest.mark.requirement("ACC-08")
def test_a_second_subject_with_the_same_address_is_another_person() -> None:
    expect_ana()
    sessions.sign_in_by_openid(CLAIMS, at=NOW)
    with pytest.raises(SignInError, match="not known"):
        sessions.sign_in_by_openid({**CLAIMS, "sub": "4712", "nonce": "n2"}, at=NOW)


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize(
    "take",
    [
        lambda: book.revoke("ana", Grant(Role.COORDINATOR, OWN), at=NOW),
        lambda: book.deactivate("ana", at=NOW),
    ],
)
def test_a_person_without_a_role_has_nothing_though_the_provider_vouches(
    take: Callable[[], None],
) -> None:
    expect_ana()
    sessions.sign_in_by_openid(CLAIMS, at=NOW)
    take()
    assert sessions.resume_by_openid(CLAIMS, at=NOW) == ()
    with pytest.raises(SignInError, match="not known"):
        sessions.sign_in_by_openid({**CLAIMS, "nonce": "n2"}, at=NOW)


@pytest.mark.requirement("ACC-09")
@pytest.mark.parametrize(
    "ended_by",
    [
        lambda: after(minutes=30, seconds=1),
        lambda: after(hours=8, seconds=1),
        lambda: sessions.sign_out_by_openid(CLAIMS, at=NOW) or NOW,
        lambda: sessions.end_everywhere("ana", at=NOW) or NOW,
    ],
    ids=["idle", "old", "signed out", "ended"],
)
def test_one_sign_in_at_the_provider_opens_no_second_session(
    ended_by: Callable[[], datetime],
) -> None:
    expect_ana()
    claims = {**CLAIMS, "exp": int(after(days=30).timestamp())}
    sessions.sign_in_by_openid(claims, at=NOW)
    at = ended_by()
    assert sessions.resume_by_openid(claims, at=at) == ()
    with pytest.raises(SignInError, match="session has ended"):
        sessions.sign_in_by_openid(claims, at=at)
    assert sessions.sign_in_by_openid({**claims, "nonce": "n2"}, at=at).persons


@pytest.mark.requirement("ACC-08", "AUD-01")
def test_every_try_is_in_the_audit_without_what_was_typed() -> None:
    add()
    enter()
    for username in ("ana", "my own password"):
        with pytest.raises(SignInError):
            enter(username, WRONG_PASSWORD)
    with pytest.raises(SignInError):
        sessions.sign_in_by_openid(CLAIMS, at=NOW)
    query = "select actor, action from audit.entry where action ~ 'sign in' order by seq"
    with store.engine("mst_reader").begin() as session:
        told = [tuple(row) for row in session.execute(text(query))]
    assert told == [("ana", "sign in"), ("ana", "fail to sign in"), ("unknown", "fail to sign in"),
                    ("unknown", "fail to sign in")]  # fmt: skip


@pytest.mark.requirement("ACC-08", "AUD-01")
def test_a_failed_try_is_entered_where_it_was_made() -> None:
    add()
    for channel in ("portal", "command"):
        with pytest.raises(SignInError):
            sessions.sign_in("ana", WRONG_PASSWORD, at=NOW, channel=channel)
        with acting(Act("ana", "center lead", channel, "sign a case")):
            assert not sessions.confirm("ana", WRONG_PASSWORD, at=NOW)
            with pytest.raises(SignInError):
                sessions.change_password("ana", WRONG_PASSWORD, PASSWORD, at=NOW)
    query = "select channel from audit.entry where action = 'fail to sign in' order by seq"
    with store.engine("mst_reader").begin() as session:
        told = session.execute(text(query)).scalars().all()
    assert told == ["portal"] * 3 + ["command"] * 2  # the sixth try has to wait
