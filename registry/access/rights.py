"""What each role may do, as data: pages, commands and the policies of the database are held against it.

What is not in the table is not allowed. `docs/rights.md` is printed from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    COORDINATOR = "coordinator"
    LEAD = "center lead"
    ANALYST = "analyst"
    STEWARD = "steward"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    OPERATOR = "operator"  # who runs the registry's own machine; given to nobody as an account


EVERY_CENTER = "*"  # asked for as a center, it is only reached by a right that reaches all

# roles that are held at a center; the others are held for the whole registry
CENTER_ROLES = frozenset({Role.COORDINATOR, Role.LEAD})
ACCOUNT_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)


class Scope(StrEnum):
    OWN = "own center"
    ALL = "all centers"


class Right(StrEnum):
    """A thing that can be done; the value is how it is told to a person."""

    CHECK = "check a file"
    SEND = "send data"
    READ_CASES = "read cases, findings and receipts"
    EXPORT_CASES = "export cases"
    ANSWER = "answer queries"
    ASK = "ask, close and reopen queries"
    OVERSEE = "see the query work of all centers"
    WITHDRAW = "withdraw and reinstate a case"
    SIGN = "sign a case"
    LOCK = "lock and unlock cases"
    REKEY = "exchange pseudonyms"
    ERASE = "erase a case"
    READ_RESULTS = "read adherence, figures and outcomes"
    READ_ROWS_BEHIND = "see the cases behind a result"
    ASK_WAREHOUSE = "ask the analysts' file of de-identified rows"
    ASK_STEWARDS_FILE = "read the steward's file"
    EXTRACT = "take rows of a cohort out"
    RELEASE = "make releases"
    BUILD = "build the warehouse"
    PUBLISH = "approve what the public sees"
    MANAGE_ACCOUNTS = "manage accounts"
    READ_AUDIT = "read the audit trail"
    VERIFY_AUDIT = "verify the audit trail"
    OPERATE = "migrate, back up and restore"


_CENTER = {
    Right.CHECK: Scope.OWN, Right.SEND: Scope.OWN, Right.READ_CASES: Scope.OWN, Right.EXPORT_CASES: Scope.OWN,
    Right.ANSWER: Scope.OWN, Right.WITHDRAW: Scope.OWN, Right.REKEY: Scope.OWN,
    Right.READ_RESULTS: Scope.ALL, Right.READ_ROWS_BEHIND: Scope.OWN,
}  # fmt: skip

RIGHTS: Mapping[Role, Mapping[Right, Scope]] = {
    Role.COORDINATOR: _CENTER,
    Role.LEAD: {**_CENTER, Right.SIGN: Scope.OWN, Right.READ_AUDIT: Scope.OWN},
    Role.ANALYST: {
        Right.READ_RESULTS: Scope.ALL, Right.ASK_WAREHOUSE: Scope.ALL, Right.EXTRACT: Scope.ALL,
    },
    Role.STEWARD: {
        Right.READ_CASES: Scope.ALL, Right.EXPORT_CASES: Scope.ALL, Right.ANSWER: Scope.ALL,
        Right.ASK: Scope.ALL, Right.OVERSEE: Scope.ALL, Right.WITHDRAW: Scope.ALL,
        Right.LOCK: Scope.ALL, Right.ERASE: Scope.ALL, Right.READ_RESULTS: Scope.ALL,
        Right.READ_ROWS_BEHIND: Scope.ALL, Right.ASK_WAREHOUSE: Scope.ALL,
        Right.ASK_STEWARDS_FILE: Scope.ALL, Right.EXTRACT: Scope.ALL,
        Right.RELEASE: Scope.ALL, Right.BUILD: Scope.ALL, Right.PUBLISH: Scope.ALL,
        Right.READ_AUDIT: Scope.ALL, Right.VERIFY_AUDIT: Scope.ALL,
    },
    Role.ADMINISTRATOR: {Right.MANAGE_ACCOUNTS: Scope.ALL, Right.OPERATE: Scope.ALL},
    Role.AUDITOR: {
        Right.READ_CASES: Scope.ALL, Right.OVERSEE: Scope.ALL, Right.READ_RESULTS: Scope.ALL,
        Right.READ_AUDIT: Scope.ALL, Right.VERIFY_AUDIT: Scope.ALL,
    },
    Role.OPERATOR: dict.fromkeys(Right, Scope.ALL),
}  # fmt: skip


class NotAllowedError(Exception):
    """The person may not do this; the message says what, never about whom or which case."""


@dataclass(frozen=True)
class Person:
    """Someone signed in, acting in one of their roles; `center_id` is the center of that role, if any."""

    username: str
    role: Role
    center_id: str | None = None

    def may(self, right: Right, center_id: str | None = None) -> bool:
        """Whether the right is held, and reaches that center; without a center, for any."""
        scope = RIGHTS[self.role].get(right)
        if scope is None:
            return False
        return scope is Scope.ALL or center_id is None or center_id == self.center_id

    def require(self, right: Right, center_id: str | None = None) -> None:
        """Raises NotAllowedError, alike for a center that exists and one that does not."""
        if not self.may(right, center_id):
            reach = " of all centers" if center_id == EVERY_CENTER else " of that center"
            where = reach if right in RIGHTS[self.role] else ""
            raise NotAllowedError(f"As {self.role.value} you may not {right.value}{where}.")


def page(notice: str) -> str:
    """The table in Markdown."""
    lines = [
        f"<!-- {notice} -->", "", "# Rights", "",
        "What each role may do; what is not named is not allowed. Coordinators and center leads hold their",
        "role at a center. The operator is whoever owns the state folder on the registry's own machine.", "",
        "| may | " + " | ".join(role.value for role in Role) + " |",
        "|---|" + "---|" * len(Role),
    ]  # fmt: skip
    for right in Right:
        cells = (RIGHTS[role].get(right) for role in Role)
        lines.append(f"| {right.value} | " + " | ".join(c.value if c else "" for c in cells) + " |")
    return "\n".join(lines) + "\n"
