"""Signing in, and the registry's own sessions: they end when idle, when old, and when someone ends them.

A session of the portal and a token of the command line are the same thing. What is handed out is a random
token; kept is only its digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, text, update

from registry.access.accounts import activate, digest, end_all, persons_of, set_password
from registry.access.passwords import hashed, is_outdated, matches
from registry.access.rights import Person, Role
from registry.access.tables import ACCOUNT, CREDENTIAL, IDENTITY, SESSION, SIGN_IN
from registry.acting import Act, present_act
from registry.audit import enter
from registry.store import engine, tell

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
JUST_NOW = timedelta(minutes=5)
FREE_TRIES = 5
# after so many wrong tries in a row each one more doubles the wait, up to a quarter of an hour
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# a session that was seen this long ago is written down as seen again; not at every click
_SEEN_EVERY = timedelta(seconds=20)

WRONG = "User name or password is wrong."


class SignInError(Exception):
    """Nobody was signed in; the message says no more than the person trying may know."""


@dataclass(frozen=True)
class Opened:
    """A session: the token to come back with, and whom its owner may act as."""

    token: str
    persons: tuple[Person, ...]


def sign_in(username: str, password: str, *, at: datetime, channel: str = "portal") -> Opened:
    """Open a session by password. Raises SignInError, alike for a wrong name and a wrong password."""
    with engine("mst_access").begin() as session:
        wait = _wait(session, username, at)
        if wait > timedelta():
            refused = SignInError(f"Too many tries. Wait {_told(wait)}, then try again.")
        else:
            opened = _by_password(session, username, password, channel, at)
            if opened is not None:
                return opened
            refused = SignInError(WRONG)
    raise refused


def sign_in_by_openid(claims: Mapping[str, Any], *, at: datetime) -> Opened:
    """Open a session for someone an OpenID provider vouches for. Raises SignInError.

    The provider says who it is; whether they may come in, and as whom, is the registry's own to say. An
    account is recognised by a verified e-mail address the first time, by issuer and subject from then on.
    One sign-in at the provider opens one session.
    """
    try:
        return _by_openid(claims, at)
    except SignInError:
        with engine("mst_access").begin() as session:
            _enter(session, "unknown", "portal", "fail to sign in")
        raise


def resume(token: str, *, at: datetime) -> tuple[Person, ...]:
    """Whom the owner of a session may act as now; none if it ended or nothing is left to act as.

    Asked at every step of a page and every command, so that a role taken back is gone at once.
    """
    return _resumed(SESSION.c.token_sha256 == digest(token), at)


def resume_by_openid(claims: Mapping[str, Any], *, at: datetime) -> tuple[Person, ...]:
    """The same of the session that a sign-in at the provider opened: a page loaded anew comes back to it."""
    return _resumed(SESSION.c.ticket_sha256 == _ticket(claims), at)


def _resumed(which: ColumnElement[bool], at: datetime) -> tuple[Person, ...]:
    with engine("mst_access").begin() as session:
        found = session.execute(select(SESSION).where(which)).one_or_none()
        if found is None or found.ended_at is not None:
            return ()
        if at >= found.ends_at or at - found.seen_at > IDLE:
            return ()
        if at - found.seen_at > _SEEN_EVERY:
            session.execute(update(SESSION).where(which).values(seen_at=at))
        return persons_of(session, found.username, at.date())


def _ticket(claims: Mapping[str, Any]) -> str:
    return digest("\n".join(str(claims.get(name)) for name in ("iss", "sub", "iat", "nonce")))


def confirm(username: str, password: str, *, at: datetime) -> bool:
    """Whether it is the person's own password, asked once more before a signature. Wrong tries count."""
    with engine("mst_access").begin() as session:
        if _wait(session, username, at) > timedelta():
            return False
        return _is_password(session, username, password, present_act().channel, at)


def confirm_by_openid(username: str, claims: Mapping[str, Any], *, at: datetime) -> bool:
    """Whether the person signed in at the OpenID provider a moment ago; it vouches as a password does.

    A provider may open a session for whom it knows already; where it tells when it last asked who they are,
    that counts.
    """
    asked = claims.get("auth_time")
    if isinstance(asked, int | float) and asked <= (at - JUST_NOW).timestamp():
        return False
    query = select(SESSION.c.token_sha256).where(
        SESSION.c.ticket_sha256 == _ticket(claims), SESSION.c.username == username,
        SESSION.c.ended_at.is_(None), SESSION.c.started_at > at - JUST_NOW,
    )  # fmt: skip
    with engine("mst_access").begin() as session:
        return session.execute(query).first() is not None


def sign_out(token: str, *, at: datetime) -> None:
    """End every session of the portal of the person whose session this is, or this one token."""
    _sign_out(SESSION.c.token_sha256 == digest(token), at)


def sign_out_by_openid(claims: Mapping[str, Any], *, at: datetime) -> None:
    """The same for the session that a sign-in at the provider opened."""
    _sign_out(SESSION.c.ticket_sha256 == _ticket(claims), at)


def _sign_out(which: ColumnElement[bool], at: datetime) -> None:
    with engine("mst_access").begin() as session:
        query = select(SESSION.c.username, SESSION.c.channel).where(which)
        found = session.execute(query).one_or_none()
        if found is None:
            return
        if found.channel == "portal":
            which = and_(SESSION.c.username == found.username, SESSION.c.channel == "portal")
        still = SESSION.c.ended_at.is_(None)
        session.execute(update(SESSION).where(which, still).values(ended_at=at))
        _enter(session, found.username, found.channel, "sign out")


def change_password(username: str, old: str, new: str, *, at: datetime) -> None:
    """Another password by the person's own hand; every session of theirs ends.

    Raises SignInError for a wrong old one, which counts as a wrong try, PasswordError for the new one.
    """
    with engine("mst_access").begin() as session:
        wait = _wait(session, username, at)
        if wait > timedelta():
            refused = SignInError(f"Too many tries. Wait {_told(wait)}, then try again.")
        elif _is_password(session, username, old, present_act().channel, at):
            set_password(session, username, new, at)
            return
        else:
            refused = SignInError("The present password is wrong.")
    raise refused


def end_everywhere(username: str, *, at: datetime) -> None:
    """End every session and token of a person."""
    with engine("mst_access").begin() as session:
        end_all(session, username, at)
        enter(session, "end all sessions", detail=username)


def _by_password(
    session: Connection, username: str, password: str, channel: str, at: datetime
) -> Opened | None:
    is_right = _is_password(session, username, password, channel, at)
    persons = persons_of(session, username, at.date()) if is_right else ()
    return _open(session, username, persons, channel, at) if persons else None


def _by_openid(claims: Mapping[str, Any], at: datetime) -> Opened:
    ends = claims.get("exp")
    if not claims.get("iss") or not claims.get("sub"):
        raise SignInError("The sign-in came without a name; try again.")
    if isinstance(ends, int | float) and ends <= at.timestamp():
        raise SignInError("The sign-in is too old; sign in again.")
    ticket = _ticket(claims)
    used = select(SESSION.c.username).where(SESSION.c.ticket_sha256 == ticket)
    with engine("mst_access").begin() as session:
        _one_at_a_time(session, ticket)
        if session.execute(used).first():
            raise SignInError("The session has ended; sign in again.")
        username = _known(session, claims, at)
        persons = persons_of(session, username, at.date()) if username else ()
        if username is None or not persons:
            raise SignInError("You are not known to this registry. Ask its administrator.")
        return _open(session, username, persons, "portal", at, ticket=ticket)


def _is_password(
    session: Connection, username: str, password: str, channel: str, at: datetime
) -> bool:
    query = select(CREDENTIAL.c.password_hash).where(CREDENTIAL.c.username == username)
    kept = session.execute(query).scalar_one_or_none()
    is_right = matches(kept, password)
    session.execute(
        insert(SIGN_IN).values(username_sha256=digest(username), at=at, succeeded=is_right)
    )
    if not is_right:
        # a name without an account is not written down: people type passwords there
        _enter(session, username if kept else "unknown", channel, "fail to sign in")
    elif kept is not None and is_outdated(kept):
        renewed = hashed(password, username)
        of = CREDENTIAL.c.username == username
        session.execute(update(CREDENTIAL).where(of).values(password_hash=renewed))
    return is_right


def _wait(session: Connection, username: str, at: datetime) -> timedelta:
    """How long until the next try may be made. Tries of one name wait for each other, so that all count."""
    _one_at_a_time(session, digest(username))
    of = SIGN_IN.c.username_sha256 == digest(username)
    last_right = select(func.max(SIGN_IN.c.sign_in_id)).where(of, SIGN_IN.c.succeeded)
    query = select(func.count(), func.max(SIGN_IN.c.at)).where(
        of, SIGN_IN.c.sign_in_id > func.coalesce(last_right.scalar_subquery(), 0)
    )
    wrong: int
    last: datetime
    wrong, last = session.execute(query).one()._tuple()
    if wrong < FREE_TRIES:
        return timedelta()
    doubled = min(wrong - FREE_TRIES, 10)  # enough to pass the longest wait
    until: datetime = last + min(FIRST_WAIT * 2**doubled, LONGEST_WAIT)
    return max(timedelta(), until - at)


def _one_at_a_time(session: Connection, key: str) -> None:
    """Let nobody else do the same with the same key until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def _told(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"


def _known(session: Connection, claims: Mapping[str, Any], at: datetime) -> str | None:
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    query = select(IDENTITY.c.username).where(
        IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject
    )
    username: str | None = session.execute(query).scalar_one_or_none()
    if username is not None or claims.get("email_verified") is not True:
        return username
    address = str(claims.get("email") or "").casefold()
    username = session.execute(
        select(ACCOUNT.c.username).where(ACCOUNT.c.email == address)
    ).scalar_one_or_none()
    # a second person with the same address at the provider is not the first one
    taken = select(IDENTITY.c.subject).where(
        IDENTITY.c.issuer == issuer, IDENTITY.c.username == username
    )
    if username is None or session.execute(taken).first():
        return None
    values = {"issuer": issuer, "subject": subject, "username": username, "at": at}
    session.execute(insert(IDENTITY).values(values))
    activate(session, username, at)
    return username


def _open(
    session: Connection, username: str, persons: tuple[Person, ...], channel: str, at: datetime,
    *, ticket: str | None = None,
) -> Opened:  # fmt: skip
    token = secrets.token_urlsafe(32)
    values = {"token_sha256": digest(token), "username": username, "channel": channel,
              "started_at": at, "seen_at": at, "ends_at": at + LONGEST, "ticket_sha256": ticket}  # fmt: skip
    session.execute(insert(SESSION).values(values))
    _enter(session, username, channel, "sign in")
    return Opened(token, persons)


def _enter(session: Connection, username: str, channel: str, action: str) -> None:
    """Enter an act of someone who is not, or not yet, the one at work."""
    tell(session, Act(username, "", channel, action))
    enter(session, action)


def operator(username: str) -> Person:
    """Who works on the registry's own machine with its state folder."""
    return Person(username, Role.OPERATOR)
