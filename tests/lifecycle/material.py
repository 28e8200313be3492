"""Cases, sent by the real door or only stored, and the people who sign and lock them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from registry import store
from registry.access.accounts import add_account
from registry.access.rights import Person, Role
from registry.findings import Finding
from registry.intake.receipt import Receipt
from registry.intake.submit import submit
from registry.schema import SUBMISSION_CASE
from registry.workbook import write_csv_folder
from tests.cases import as_cells, tidy_case
from tests.queries.material import upload
from tests.versions import add_versions

PASSWORD = "four words make one"
ANA = Person("ana", Role.LEAD, "C01")
NOW = datetime.now(UTC)


def later(**time: float) -> datetime:
    return NOW + timedelta(**time)


def add_lead(person: Person = ANA) -> Person:
    add_account(person.username, PASSWORD, person.role, person.center_id, at=later(days=-1))
    return person


def send(
    folder: Path, *cases: str, center: str = "C01", changes: dict[str, dict[str, Any]] | None = None,
    blank: tuple[str, ...] = (), more: dict[str, list[dict[str, Any]]] | None = None, **how: Any,
) -> Receipt:  # fmt: skip
    """Send tidy cases: with other answers in the first row of a form, `blank` columns of the patient, and
    more rows."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for case in cases or ("P001",):
        made = tidy_case(center, case)
        for form, answers in (changes or {}).items():
            made[form][0].update(answers)
        for column in blank:
            del made["patient"][0][column]
        for form, extra in (more or {}).items():
            made[form] += [{"center_id": center, "case_id": case, **row} for row in extra]
        for form, entries in as_cells(made).items():
            rows.setdefault(form, []).extend(entries)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    write_csv_folder(folder, rows)
    return submit(folder, center, actor="cora", **how)


def stored(
    *cases: str, center: str = "C01", weight: float = 60.0, reason: str | None = None,
    findings: Sequence[Finding] = (),
) -> int:  # fmt: skip
    """What a file leaves behind that brings one row of each case, without reading and checking one."""
    number = upload(findings, center=center, cases=cases or ("P001",))
    with store.center_session(center) as session:
        for case in cases or ("P001",):
            row = {"center_id": center, "case_id": case, "weight_kg": weight, "missing": {},
                   "submission_id": number, "content_sha256": str(weight), "change_reason": reason}  # fmt: skip
            add_versions(session, "patient", [row])
            session.execute(
                insert(SUBMISSION_CASE).values(
                    submission_id=number,
                    center_id=center,
                    case_id=case,
                    decision="accepted",
                    row_count=1,
                )
            )
    return number
