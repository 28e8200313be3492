"""What a center is told about a file it sent, and can keep."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from registry.findings import Finding

Decision = Literal["accepted", "held", "unchanged"]
Status = Literal["accepted", "partly held", "held", "unchanged", "already received", "refused"]


class Receipt(BaseModel):
    """Counts always add up: accepted + held + unchanged = rows."""

    model_config = ConfigDict(frozen=True)

    submission_id: int | None = None
    status: Status
    center_id: str
    file_name: str
    file_sha256: str
    form_version: str
    consensus_version: str
    received_at: str | None = None
    rows: int = 0
    accepted: int = 0
    held: int = 0
    unchanged: int = 0
    cases: dict[str, Decision] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    @property
    def cases_held(self) -> list[str]:
        return [case for case, decision in self.cases.items() if decision == "held"]


def status_of(*, accepted: int, held: int) -> Status:
    """The one word for a submission."""
    if held:
        return "partly held" if accepted else "held"
    return "accepted" if accepted else "unchanged"
