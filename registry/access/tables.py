"""The tables of accounts. Grants and sign-ins are only ever added to; a password and the time a session was
last used are the only things that change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, func
from sqlmodel import Field, SQLModel

from registry.schema import SCHEMA, table_of

_MOMENT: Any = DateTime(timezone=True)
_NOW: dict[str, Any] = {"server_default": func.now()}


class Account(SQLModel, table=True):
    """One row per person. `email` is matched with the one that an OpenID provider vouches for."""

    __tablename__ = "account"
    __table_args__ = {"schema": SCHEMA}

    username: str = Field(primary_key=True)
    full_name: str
    email: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs=_NOW)


class AccountEvent(SQLModel, table=True):
    """One row per thing done to an account: invited, activated, deactivated, reactivated, password set."""

    __tablename__ = "account_event"
    __table_args__ = (Index("account_event_latest", "username", "event_id"), {"schema": SCHEMA})

    event_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    username: str = Field(foreign_key="registry.account.username")
    event: str
    actor: str
    at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs=_NOW)
    reason: str | None = None


class RoleGrant(SQLModel, table=True):
    """One row each time a role is given or taken; the latest row of a person, role and center counts.

    `center_id` is empty for a role of the whole registry. The last day counts.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("role_grant_latest", "username", "role", "center_id", "grant_id"),
        {"schema": SCHEMA},
    )

    grant_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    username: str = Field(foreign_key="registry.account.username")
    role: str
    center_id: str = ""
    given: bool
    valid_from: date | None = None
    valid_until: date | None = None
    actor: str
    at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs=_NOW)
    reason: str | None = None


class Credential(SQLModel, table=True):
    """One row per person with a password: its Argon2id hash, never the password."""

    __tablename__ = "credential"
    __table_args__ = {"schema": SCHEMA}

    username: str = Field(primary_key=True, foreign_key="registry.account.username")
    password_hash: str
    set_at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs=_NOW)


class OpenIdIdentity(SQLModel, table=True):
    """One row per person known to an OpenID provider, written at the first sign-in."""

    __tablename__ = "openid_identity"
    __table_args__ = {"schema": SCHEMA}

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    username: str = Field(foreign_key="registry.account.username")
    at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs=_NOW)


class Session(SQLModel, table=True):
    """One row per session of the portal or token of the command line; only the token's digest is kept.

    `ticket_sha256` is the digest of the OpenID sign-in it came from, which opens no second session.
    """

    __tablename__ = "session"
    __table_args__ = (Index("session_of_person", "username", "started_at"), {"schema": SCHEMA})

    token_sha256: str = Field(primary_key=True)
    username: str = Field(foreign_key="registry.account.username")
    channel: str
    started_at: datetime = Field(sa_type=_MOMENT)
    seen_at: datetime = Field(sa_type=_MOMENT)
    ends_at: datetime = Field(sa_type=_MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=_MOMENT)
    ticket_sha256: str | None = Field(default=None, unique=True)


class SignIn(SQLModel, table=True):
    """One row per try to sign in with a password, of names without an account too."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("sign_in_latest", "username_sha256", "at"), {"schema": SCHEMA})

    sign_in_id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)]
    )
    # a digest, since people type their password where the name belongs
    username_sha256: str
    at: datetime = Field(sa_type=_MOMENT)
    succeeded: bool


class Invitation(SQLModel, table=True):
    """One row per one-time code to set a password with; only its digest is kept."""

    __tablename__ = "invitation"
    __table_args__ = {"schema": SCHEMA}

    code_sha256: str = Field(primary_key=True)
    username: str = Field(foreign_key="registry.account.username")
    made_at: datetime = Field(sa_type=_MOMENT)
    ends_at: datetime = Field(sa_type=_MOMENT)
    used_at: datetime | None = Field(default=None, sa_type=_MOMENT)


ACCOUNT = table_of(Account)
ACCOUNT_EVENT = table_of(AccountEvent)
ROLE_GRANT = table_of(RoleGrant)
CREDENTIAL = table_of(Credential)
IDENTITY = table_of(OpenIdIdentity)
SESSION = table_of(Session)
SIGN_IN = table_of(SignIn)
INVITATION = table_of(Invitation)
