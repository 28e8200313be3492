"""Who calls a command, whether they may, and how a refusal is told: one place for all commands.

With a token (`mst sign-in`) the caller is the person it belongs to. Without one it is whoever owns the state
folder of the registry's own machine, its operator; a registry on a server asks for a token.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from registry.access.rights import Person, Right, Role
from registry.cli.output import CONFLICT, NOT_ALLOWED, TRY_AGAIN, fail


def token_path() -> Path:
    """Where the token lies: `MST_TOKEN_FILE`, or the user's configuration folder."""
    given = os.environ.get("MST_TOKEN_FILE")
    if given:
        return Path(given)
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "mst" / "token"


@contextmanager
def caller(
    right: Right | None, center: str | None = None, *, action: str, as_: Role | None = None,
    case: str | None = None,
) -> Iterator[Person]:  # fmt: skip
    """A database that fits, and the caller, who holds the right at that center and is known to the audit.

    Without a right anyone signed in may go on. `as_` chooses among several roles. Refusals end the command with
    one line and their exit code.
    """
    from registry import store
    from registry.access.rights import NotAllowedError
    from registry.acting import Act, acting
    from registry.lifecycle.remarks import RemarkError
    from registry.lifecycle.status import ConflictError
    from registry.lifecycle.status import NotAllowedError as NoStepError

    try:
        store.prepare()
        person = _person(right, center, as_)
        if right is not None:
            person.require(right, center)
        act = Act(person.username, person.role.value, "command", action, center, case)
        with acting(act):
            yield person
    except store.NotReadyError as error:
        raise fail(str(error), TRY_AGAIN) from None
    except (NotAllowedError, NoStepError) as error:
        raise fail(str(error), NOT_ALLOWED) from None
    except RemarkError as error:
        raise fail(str(error)) from None
    except ConflictError as error:
        raise fail(str(error), CONFLICT) from None


def keeper() -> Person:
    """Who keeps the registry itself: its operator, or whoever is signed in and may. Raises NotAllowedError.

    An empty database, or one of an older revision, can tell nobody apart: there the owner's login alone counts.
    """
    from registry import store

    if _token() is None or store.revision() != store.head_revision():
        return Person(getpass.getuser(), Role.OPERATOR)
    person = _person(Right.OPERATE, None, None)
    person.require(Right.OPERATE)
    return person


def _person(right: Right | None, center: str | None, as_: Role | None) -> Person:
    from registry import store
    from registry.access.rights import NotAllowedError
    from registry.access.sessions import resume

    token = _token()
    if token is None:
        if not store.is_embedded() and not os.environ.get("MST_OWNER_DATABASE_URL"):
            raise NotAllowedError("Sign in first: mst sign-in NAME.")
        return Person(getpass.getuser(), Role.OPERATOR)
    persons = resume(token, at=datetime.now(UTC))
    if not persons:
        raise NotAllowedError(
            "The sign-in has ended. Sign in again: mst sign-in NAME, or sign out: mst sign-out."
        )
    for person in persons:
        if as_ in (None, person.role) and (right is None or person.may(right, center)):
            return person
    return persons[0]


def acted_as(person: Person, chosen: Role = Role.COORDINATOR) -> str:
    """The role kept with what was done: the person's own; the operator acts in the one chosen."""
    return (chosen if person.role is Role.OPERATOR else person.role).value


def _token() -> str | None:
    path = token_path()
    if not path.is_file():
        return None
    if path.stat().st_mode & 0o077:
        raise fail(
            f"Other people of this machine may read the token {path.name}; delete it and sign in again.",
            NOT_ALLOWED,
        )
    return path.read_text(encoding="ascii").strip()


def secret(prompt: str) -> str:
    """Words that are not shown while they are typed; from a pipe, its next line."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
