"""People of a registry made for a test, and a moment that is not now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from registry.access import sessions
from registry.access.accounts import add_account
from registry.access.rights import Person, Role

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "four words of a song"
OWN, OTHER, NOWHERE = "C01", "C02", "C99"


def after(**of: float) -> datetime:
    return NOW + timedelta(**of)


def add(username: str = "ana", role: Role = Role.COORDINATOR, center: str | None = OWN) -> Person:
    add_account(username, PASSWORD, role, center, at=NOW)
    return Person(username, role, center)


def enter(username: str = "ana", password: str = PASSWORD, *, at: datetime = NOW) -> str:
    """The token of a session of the portal."""
    return sessions.sign_in(username, password, at=at).token
