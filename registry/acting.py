"""Who is at work: the person, role and channel that every transaction tells the audit.

Set once at the edge, by a command or a page; a session of the database reads it from here.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Act:
    """What someone does: `channel` is portal, command or program; `action` a few plain words.

    `center_id` and `case_id` say what it is about. `reason` is free of identifiers.
    """

    actor: str
    role: str
    channel: str
    action: str
    center_id: str | None = None
    case_id: str | None = None
    reason: str | None = None

    def as_setting(self) -> str:
        """The text a session of the database is given."""
        return json.dumps(asdict(self))


_present: ContextVar[Act | None] = ContextVar("present_act", default=None)


def present_act() -> Act:
    """What is being done now; a program that does not say has the name of its user."""
    return _present.get() or Act(getpass.getuser(), "operator", "program", "use the library")


@contextmanager
def acting(act: Act) -> Iterator[None]:
    """Everything within is this act."""
    before = _present.set(act)
    try:
        yield
    finally:
        _present.reset(before)


@contextmanager
def doing(action: str, **about: Any) -> Iterator[None]:
    """The same person does something in particular."""
    with acting(replace(present_act(), action=action, **about)):
        yield
