"""A center lead signs a case: who they are is asked once more, at the very moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from registry.access.accounts import persons_of
from registry.access.rights import NotAllowedError, Person, Right, Role
from registry.access.sessions import confirm, confirm_by_openid
from registry.access.tables import ACCOUNT
from registry.lifecycle.signatures import record_signature
from registry.lifecycle.status import Meaning
from registry.store import center_session, engine, lock_for_commit

NOT_CONFIRMED = (
    "The password is wrong, or was tried too often. Nothing was signed. Whoever signs in with their "
    "institution signs within five minutes of having signed in there: sign out and in again."
)


def sign(
    person: Person, center_id: str, case_id: str, meaning: Meaning, *, at: datetime,
    password: str | None = None, claims: Mapping[str, Any] | None = None,
    seen: str | None = None,
) -> None:  # fmt: skip
    """Sign a case as it stands. A password confirms who signs; for someone an OpenID provider vouches for,
    the claims of a sign-in there in the last minutes.

    Raises NotAllowedError for anybody but a lead of the center, or one not confirmed; ConflictError as
    `record_signature` does.
    """
    person.require(Right.SIGN, center_id)
    if person.role is not Role.LEAD:
        raise NotAllowedError(
            "A case is signed by a center lead under an account: mst sign-in NAME."
        )
    is_confirmed = (
        confirm(person.username, password, at=at) if password
        else claims is not None and confirm_by_openid(person.username, claims, at=at)
    )  # fmt: skip
    if not is_confirmed:
        raise NotAllowedError(NOT_CONFIRMED)
    full_name = _full_name(person, at)
    with center_session(center_id) as session:
        lock_for_commit(session)
        record_signature(
            session, center_id=center_id, case_id=case_id, meaning=meaning, signer=person.username,
            full_name=full_name, role=person.role.value, at=at, seen=seen,
        )  # fmt: skip


def _full_name(person: Person, at: datetime) -> str:
    """The printed name. Raises NotAllowedError if the role was taken back meanwhile."""
    with engine("mst_access").begin() as session:
        if person not in persons_of(session, person.username, at.date()):
            raise NotAllowedError("The role of center lead was taken back; nothing was signed.")
        query = select(ACCOUNT.c.full_name).where(ACCOUNT.c.username == person.username)
        name: str = session.execute(query).scalar_one()
        return name
