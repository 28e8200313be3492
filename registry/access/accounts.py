"""Local accounts: a name, an Argon2id hash, a role, and for center roles a center."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select

from registry.schema import ACCOUNT
from registry.store import account_session, engine

MIN_PASSWORD_CHARACTERS = 12
_hasher = PasswordHasher()
# verified against when there is no such account, so that both answers take the same time
_NOBODY = _hasher.hash("no such account")


class Role(StrEnum):
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    STEWARD = "steward"


CENTER_ROLES = frozenset({Role.COORDINATOR})


class AccountError(Exception):
    """An account cannot be made; the message says why."""


@dataclass(frozen=True)
class Person:
    """Someone signed in."""

    username: str
    role: Role
    center_id: str | None


def add_account(username: str, password: str, role: Role, center_id: str | None) -> None:
    """Create or replace an account. Raises AccountError."""
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise AccountError(f"A password needs at least {MIN_PASSWORD_CHARACTERS} characters.")
    if (role in CENTER_ROLES) != (center_id is not None):
        raise AccountError("A coordinator has a center; analysts and stewards have none.")
    with engine("mst_owner").begin() as session:
        session.execute(delete(ACCOUNT).where(ACCOUNT.c.username == username))
        session.execute(
            insert(ACCOUNT).values(
                username=username, password_hash=_hasher.hash(password), role=role.value,
                center_id=center_id,
            )
        )  # fmt: skip


def sign_in(username: str, password: str) -> Person | None:
    """The person, or None; a wrong name and a wrong password are answered alike."""
    with account_session(username) as session:
        query = select(ACCOUNT.c.password_hash, ACCOUNT.c.role, ACCOUNT.c.center_id)
        found = session.execute(query).one_or_none()
    try:
        _hasher.verify(found.password_hash if found else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return Person(username, Role(found.role), found.center_id) if found else None


def still_valid(person: Person) -> bool:
    """Whether the account still exists with the same rights; asked on every rerun of a page."""
    with account_session(person.username) as session:
        query = select(ACCOUNT.c.role, ACCOUNT.c.center_id)
        found = session.execute(query).one_or_none()
    return found is not None and (found.role, found.center_id) == (person.role, person.center_id)
