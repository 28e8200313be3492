"""What a center is told about a file it sent, and can keep."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from registry.findings import SEVERITY_WORDS, Finding
from registry.intake.causes import all_of
from registry.intake.merge import Change
from registry.intake.practice import Practice

Decision = Literal["accepted", "held", "unchanged"]
Status = Literal[
    "accepted", "partly held", "held", "unchanged", "already received", "refused", "conflict"
]
REFUSED_WORDS = (
    "The file as a whole is refused and nothing of it was taken. Fix what is listed first; the rules "
    "across cells are checked once the file can be read through."
)
# values the sender gave or the registry holds of the sender: shown, and never kept with the receipt
_NOT_KEPT = {"findings", "changes", "practice"}


class AnswerOutcome(BaseModel):
    """What became of one answer to a query."""

    model_config = ConfigDict(frozen=True)

    query_id: int
    result: str
    message: str = ""
    cell: str | None = None


class AuditEnd(BaseModel):
    """The end of the audit trail: the number of its last entry, and that entry's hash."""

    model_config = ConfigDict(frozen=True)

    seq: int
    hash: str


class Receipt(BaseModel):
    """Counts always add up: accepted + held + unchanged = rows.

    `rows_new`, `rows_changed` and `rows_deleted` are what is accepted, by kind. `changes` are stored
    answers that change, old beside new. `state` is the last submission the registry had when the file
    was judged: a file sent on with `based_on` set to it is refused if its cases changed since.
    `cases_erased` were erased on request since, and are left out of `cases`.
    `audit` is the end of the audit trail before this submission; kept by the center, it proves that nothing
    up to there was altered. `practice` compares the cases with the consensus, apart from anything that is wrong.
    """

    model_config = ConfigDict(frozen=True)

    submission_id: int | None = None
    status: Status
    center_id: str
    file_name: str
    file_sha256: str
    form_version: str
    rules_version: str = ""
    consensus_version: str
    received_at: str | None = None
    state: int = 0
    rows: int = 0
    accepted: int = 0
    held: int = 0
    unchanged: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_deleted: int = 0
    cases: dict[str, Decision] = Field(default_factory=dict)
    cases_erased: int = 0
    open_items: dict[str, int] = Field(default_factory=dict)
    answers_given: int = 0
    answers: tuple[AnswerOutcome, ...] = ()
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    practice: tuple[Practice, ...] = ()
    audit: AuditEnd | None = None
    signature: str | None = None
    public_key_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def kept(self) -> dict[str, Any]:
        """What the registry keeps and signs: no value of the file."""
        return self.model_dump(mode="json", exclude=_NOT_KEPT)

    @property
    def cases_held(self) -> list[str]:
        return [case for case, decision in self.cases.items() if decision == "held"]


def open_items(findings: tuple[Finding, ...]) -> dict[str, int]:
    """How many findings of each severity, folded ones included."""
    found: Counter[str] = Counter(f.severity for f in all_of(findings))
    return {severity: found[severity] for severity in SEVERITY_WORDS}


def status_of(*, accepted: int, held: int) -> Status:
    """The one word for a submission."""
    if held:
        return "partly held" if accepted else "held"
    return "accepted" if accepted else "unchanged"
