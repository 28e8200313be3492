"""What the registry tells a center about a file: one finding, one place, one fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["reject", "query", "inform"]

SEVERITY_WORDS: dict[Severity, str] = {
    "reject": "must be fixed before the case is accepted",
    "query": "accepted, please check or explain",
    "inform": "for your information",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A complaint with its place. `message` and `fix` never repeat a value of the file.

    `category` is Kahn's: conformance, completeness or plausibility. Findings about the whole file
    have no case; findings about rows already stored have no row or cell. `record` names the row by its
    own key, besides center and case, such as "course_no 2". `value_sha256` stands for the answers the
    rule looked at, so that an answer to the finding holds for these answers and no others.
    `consequences` are the findings that go away when this one is fixed.
    """

    rule: str
    severity: Severity
    category: str
    message: str
    fix: str
    form: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    case_id: str | None = None
    record: str | None = None
    value_sha256: str | None = None
    why: str = ""
    consequences: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def place(self) -> str:
        """Where to look, in a coordinator's words."""
        if self.form is None:
            return "the file"
        if self.row is None:
            return f"{self.form} (already stored)" if self.record else self.form
        return f"{self.form}, cell {self.cell}" if self.cell else f"{self.form}, row {self.row}"


def of_rows(findings: Sequence[Finding]) -> str:
    """Of how many rows and cases it is said."""
    cases = len({f.case_id for f in findings if f.case_id})
    return f"{len(findings):,} rows" + (f" of {cases:,} cases" if cases > 1 else "")


def cell_name(column_index: int, row: int) -> str:
    """The address a spreadsheet shows: column 0 of row 2 is A2."""
    letters, number = "", column_index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
