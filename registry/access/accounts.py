"""Accounts: who may sign in, how they are invited, and the roles they hold from one day to another.

Everything here is done by someone with the right to manage accounts, and is in the audit with its reason;
a reason that seems to hold an identifier raises RemarkError.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from registry.access.passwords import hashed
from registry.access.rights import ACCOUNT_ROLES, CENTER_ROLES, Person, Role
from registry.access.tables import (
    ACCOUNT,
    ACCOUNT_EVENT,
    CREDENTIAL,
    INVITATION,
    ROLE_GRANT,
    SESSION,
)
from registry.acting import present_act
from registry.forms.base import CENTER_ID_PATTERN
from registry.lifecycle.remarks import cleaned
from registry.store import engine

INVITATION_LASTS = timedelta(days=7)
USERNAME_PATTERN = r"[a-z][a-z0-9._-]{1,39}"
_EMAIL = r"[^@\s]{1,64}@[^@\s]{1,190}"


class AccountError(Exception):
    """It cannot be done to this account; the message says why."""


@dataclass(frozen=True)
class Grant:
    """A role held, at a center or (empty) for the whole registry; the last day counts."""

    role: Role
    center_id: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True)
class Standing:
    """An account as it stands: `state` is invited, active or deactivated; `grants` those not taken back."""

    username: str
    full_name: str
    email: str | None
    state: str
    grants: tuple[Grant, ...]


_STATE = {
    "invited": "invited", "activated": "active", "deactivated": "deactivated",
    "reactivated": "active",
}  # fmt: skip


def invite(
    username: str, full_name: str, email: str | None, grants: Iterable[Grant], *, at: datetime
) -> str:
    """Make an account that nobody can use yet. Returns the one-time code to set its password with.

    Raises AccountError for a name taken or malformed, or a role that does not go with the center.
    """
    with engine("mst_access").begin() as session:
        _create(session, username, full_name, email, at)
        for grant in grants:
            _grant(session, username, grant, True, None, at)
        return _invitation(session, username, at)


def invite_again(username: str, *, at: datetime) -> str:
    """A new one-time code for someone who lost the code or the password; earlier ones are void."""
    with engine("mst_access").begin() as session:
        _require(session, username)
        return _invitation(session, username, at)


def accept(code: str, password: str, *, at: datetime) -> str:
    """Set the password with a one-time code. Returns the user name.

    Raises AccountError for a code that is unknown, used or too old, PasswordError for the password.
    """
    with engine("mst_access").begin() as session:
        query = select(INVITATION).where(INVITATION.c.code_sha256 == digest(code)).with_for_update()
        found = session.execute(query).one_or_none()
        if found is None or found.used_at is not None or found.ends_at <= at:
            raise AccountError("The code is wrong, was used, or is too old; ask for a new one.")
        set_password(session, found.username, password, at)
        session.execute(
            update(INVITATION).where(INVITATION.c.code_sha256 == digest(code)).values(used_at=at)
        )
        activate(session, found.username, at)
        username: str = found.username
    return username


def add_account(
    username: str, password: str, role: Role, center_id: str | None, *, at: datetime | None = None
) -> None:
    """An account ready to use, or another password for one. Raises AccountError, PasswordError."""
    moment = at or datetime.now().astimezone()
    grant = Grant(role, center_id or "")
    with engine("mst_access").begin() as session:
        if state_of(session, username) is None:
            _create(session, username, username, None, moment)
            _event(session, username, "activated", moment)
        if grant not in grants_of(session, username):
            _grant(session, username, grant, True, None, moment)
        set_password(session, username, password, moment)


def grant(username: str, given: Grant, *, at: datetime, reason: str | None = None) -> None:
    """Give a role. Raises AccountError."""
    with engine("mst_access").begin() as session:
        _require(session, username)
        _grant(session, username, given, True, reason, at)


def revoke(username: str, taken: Grant, *, at: datetime, reason: str | None = None) -> None:
    """Take a role back; pages and tokens notice at their next step. Raises AccountError."""
    with engine("mst_access").begin() as session:
        held = {(g.role, g.center_id) for g in grants_of(session, username)}
        if (taken.role, taken.center_id) not in held:
            raise AccountError("The account does not hold this role.")
        _grant(session, username, taken, False, reason, at)


def deactivate(username: str, *, at: datetime, reason: str | None = None) -> None:
    """Nobody can sign in by this account any more, and its sessions end now. Raises AccountError."""
    with engine("mst_access").begin() as session:
        _require(session, username)
        if state_of(session, username) == "deactivated":
            raise AccountError("The account is deactivated already.")
        _event(session, username, "deactivated", at, reason=reason)
        end_all(session, username, at)


def reactivate(username: str, *, at: datetime, reason: str | None = None) -> None:
    """Undo a deactivation. Raises AccountError."""
    with engine("mst_access").begin() as session:
        if state_of(session, username) != "deactivated":
            raise AccountError("The account is not deactivated.")
        _event(session, username, "reactivated", at, reason=reason)


def accounts(username: str | None = None) -> list[Standing]:
    """Every account, by name, or the one of that name."""
    query = select(ACCOUNT).order_by(ACCOUNT.c.username)
    if username is not None:
        query = query.where(ACCOUNT.c.username == username)
    with engine("mst_access").begin() as session:
        rows = session.execute(query).all()
        return [
            Standing(row.username, row.full_name, row.email, state_of(session, row.username) or "",
                     grants_of(session, row.username))
            for row in rows
        ]  # fmt: skip


def has_password(username: str) -> bool:
    """Whether the person signs in by a password of this registry, not only by a provider."""
    query = select(CREDENTIAL.c.username).where(CREDENTIAL.c.username == username)
    with engine("mst_access").begin() as session:
        return session.execute(query).first() is not None


def state_of(session: Connection, username: str) -> str | None:
    """invited, active or deactivated; None if there is no such account."""
    query = (
        select(ACCOUNT_EVENT.c.event)
        .where(ACCOUNT_EVENT.c.username == username, ACCOUNT_EVENT.c.event.in_(_STATE))
        .order_by(ACCOUNT_EVENT.c.event_id.desc())
        .limit(1)
    )
    event = session.execute(query).scalar_one_or_none()
    return None if event is None else _STATE[event]


def grants_of(session: Connection, username: str) -> tuple[Grant, ...]:
    """The roles not taken back, whether or not they hold today."""
    key = (ROLE_GRANT.c.role, ROLE_GRANT.c.center_id)
    query = (
        select(ROLE_GRANT)
        .distinct(*key)
        .where(ROLE_GRANT.c.username == username)
        .order_by(*key, ROLE_GRANT.c.grant_id.desc())
    )
    return tuple(
        Grant(Role(row.role), row.center_id, row.valid_from, row.valid_until)
        for row in session.execute(query)
        if row.given
    )


def persons_of(session: Connection, username: str, day: date) -> tuple[Person, ...]:
    """Whom the account may act as on a day; none unless it is active."""
    if state_of(session, username) != "active":
        return ()
    return tuple(
        Person(username, g.role, g.center_id or None)
        for g in grants_of(session, username)
        if g.holds_on(day)
    )


def activate(session: Connection, username: str, at: datetime) -> None:
    """The first time that someone invited proves to be the person."""
    if state_of(session, username) == "invited":
        _event(session, username, "activated", at, actor=username)


def end_every(session: Connection, at: datetime) -> None:
    """End every session and token there is."""
    session.execute(update(SESSION).where(SESSION.c.ended_at.is_(None)).values(ended_at=at))


def end_all(session: Connection, username: str, at: datetime) -> None:
    """End every session and token of a person."""
    still = (SESSION.c.username == username, SESSION.c.ended_at.is_(None))
    session.execute(update(SESSION).where(*still).values(ended_at=at))


def set_password(session: Connection, username: str, password: str, at: datetime) -> None:
    """Another password; whoever was signed in by the old one is signed out."""
    made = hashed(password, username)
    known = session.execute(select(CREDENTIAL.c.username).where(CREDENTIAL.c.username == username))
    if known.first():
        of = CREDENTIAL.c.username == username
        session.execute(update(CREDENTIAL).where(of).values(password_hash=made, set_at=at))
    else:
        values = {"username": username, "password_hash": made, "set_at": at}
        session.execute(insert(CREDENTIAL).values(values))
    end_all(session, username, at)
    _event(session, username, "password set", at, actor=username)


def digest(secret: str) -> str:
    """What is kept of a code or token, which are too random to be guessed from it."""
    return sha256(secret.encode()).hexdigest()


def _create(
    session: Connection, username: str, full_name: str, email: str | None, at: datetime
) -> None:
    if not re.fullmatch(USERNAME_PATTERN, username):
        raise AccountError("A user name is 2 to 40 small letters, digits, point, - and _.")
    if not (full_name.strip() and full_name.isprintable() and len(full_name) <= 200):
        raise AccountError("The full name is empty, too long, or holds unprintable characters.")
    if email is not None and not re.fullmatch(_EMAIL, email):
        raise AccountError("This is no e-mail address.")
    if state_of(session, username) is not None:
        raise AccountError("There is an account of this name already.")
    address = None if email is None else email.casefold()
    taken = select(ACCOUNT.c.username).where(ACCOUNT.c.email == address)
    if address is not None and session.execute(taken).first():
        raise AccountError("There is an account with this e-mail address already.")
    values = {"username": username, "full_name": full_name, "email": address, "created_at": at}
    session.execute(insert(ACCOUNT).values(values))


def _require(session: Connection, username: str) -> None:
    if state_of(session, username) is None:
        raise AccountError("There is no account of this name.")


def _grant(
    session: Connection, username: str, given: Grant, is_given: bool, reason: str | None,
    at: datetime,
) -> None:  # fmt: skip
    if given.role not in ACCOUNT_ROLES:
        raise AccountError("This role is not given to accounts.")
    if (given.role in CENTER_ROLES) != bool(given.center_id):
        raise AccountError(
            f"The role {given.role.value} is held at a center; name it."
            if given.role in CENTER_ROLES
            else f"The role {given.role.value} is held for the whole registry, not at a center."
        )
    if given.center_id and not re.fullmatch(CENTER_ID_PATTERN, given.center_id):
        raise AccountError("The center named is not a center id, such as C01.")
    act = present_act()
    if is_given and (act.actor, act.role) == (username, Role.ADMINISTRATOR.value):
        raise AccountError("Nobody gives a role to themselves: another administrator does.")
    if given.valid_from and given.valid_until and given.valid_until < given.valid_from:
        raise AccountError("The last day of the role lies before its first.")
    values = {
        "username": username, "role": given.role.value, "center_id": given.center_id,
        "given": is_given, "valid_from": given.valid_from, "valid_until": given.valid_until,
        "actor": act.actor, "at": at, "reason": cleaned(reason) or None,
    }  # fmt: skip
    session.execute(insert(ROLE_GRANT).values(values))


def _event(
    session: Connection, username: str, event: str, at: datetime, *, actor: str | None = None,
    reason: str | None = None,
) -> None:  # fmt: skip
    values = {"username": username, "event": event, "at": at, "reason": cleaned(reason) or None,
              "actor": actor or present_act().actor}  # fmt: skip
    session.execute(insert(ACCOUNT_EVENT).values(values))


def _invitation(session: Connection, username: str, at: datetime) -> str:
    """A fresh code; those made before can no longer be used."""
    unused = (INVITATION.c.username == username, INVITATION.c.used_at.is_(None))
    session.execute(update(INVITATION).where(*unused).values(used_at=at))
    if state_of(session, username) is None:
        _event(session, username, "invited", at)
    code = secrets.token_urlsafe(24)
    values = {"code_sha256": digest(code), "username": username, "made_at": at,
              "ends_at": at + INVITATION_LASTS}  # fmt: skip
    session.execute(insert(INVITATION).values(values))
    return code
