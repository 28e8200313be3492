"""The door of the registry: check a file, or check it and store what may be stored.

A case is accepted whole or held whole; the rest of the file goes through. Held rows stay with the
center: nothing of them is stored but the findings, which never repeat a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from registry import consensus
from registry.findings import Finding
from registry.forms import FORM_VERSION, FORMS
from registry.forms.base import CENTER_ID_PATTERN
from registry.home import home
from registry.intake import reader
from registry.intake.check import check as run_checks
from registry.intake.check import fold
from registry.intake.raw import RawFile, UnreadableFileError
from registry.intake.receipt import Decision, Receipt, status_of
from registry.intake.stage import CENTER_UNIT, Key, Row, Staged, from_stored, stage
from registry.schema import FINDING, SUBMISSION, SUBMISSION_CASE
from registry.store import add_versions, center_session, lock_for_commit, stored_rows
from registry.warehouse import Replay, consensus_vars

Progress = Callable[[str], None]
_ATTEMPTS = 5
_NO_CENTER = UnreadableFileError(
    "The center named is not a center id.",
    "Name it by its id: two to ten capital letters or digits, such as C01.",
)


class BusyError(Exception):
    """Others kept changing the same cases; nothing was stored, try again."""


@dataclass(frozen=True)
class Assessment:
    """A file judged against the registry as it was at submission `seen`."""

    raw: RawFile
    staged: Staged
    rows: tuple[Row, ...]
    stored: dict[tuple[str, Key], Row]
    findings: tuple[Finding, ...]
    decisions: dict[str | None, Decision]
    seen: int


def check(
    path: Path, center_id: str, *, file_name: str | None = None,
    progress: Progress = lambda _: None,
) -> Receipt:  # fmt: skip
    """What would happen if the file were submitted. Stores nothing."""
    return _through(path, center_id, None, None, file_name, progress)


def submit(
    path: Path, center_id: str, *, actor: str, as_of: datetime | None = None,
    file_name: str | None = None, progress: Progress = lambda _: None,
) -> Receipt:  # fmt: skip
    """Check a file and store every case without a reject.

    `file_name` is what the sender called the file, where `path` is a spooled copy; it is only ever
    shown. Raises BusyError after several tries.
    """
    return _through(path, center_id, actor, as_of, file_name, progress)


def _through(
    path: Path, center_id: str, actor: str | None, as_of: datetime | None,
    file_name: str | None, progress: Progress,
) -> Receipt:  # fmt: skip
    name = "".join(c for c in file_name or path.name if c.isprintable())[:200]
    if not re.fullmatch(CENTER_ID_PATTERN, center_id):
        return _unreadable(name, center_id, _NO_CENTER)
    progress("reading the file")
    try:
        raw = replace(reader.read(path), name=name)
    except UnreadableFileError as error:
        return _unreadable(name, center_id, error)
    staged = stage(raw, center_id)
    if staged.refused:
        return _refused(raw, staged, center_id)
    for _ in range(_ATTEMPTS):
        receipt = _attempt(raw, staged, center_id, actor, as_of, progress)
        if receipt is not None:
            return receipt
    raise BusyError


def _attempt(
    raw: RawFile, staged: Staged, center_id: str, actor: str | None, as_of: datetime | None,
    progress: Progress,
) -> Receipt | None:  # fmt: skip
    with center_session(center_id) as session:
        assessment = _assess(session, raw, staged, progress)
        earlier = _earlier(session, center_id, raw.sha256)
    receipt = _receipt(assessment, center_id)
    if earlier is not None and not receipt.accepted:
        return receipt.model_copy(update={"status": "already received", "submission_id": earlier})
    if actor is None:
        return receipt
    progress("storing the accepted cases")
    with center_session(center_id) as session:
        lock_for_commit(session)
        if _latest(session) != assessment.seen:
            return None  # another file of this center came in meanwhile: judge again
        return _commit(session, assessment, receipt, actor, as_of)


def _assess(session: Connection, raw: RawFile, staged: Staged, progress: Progress) -> Assessment:
    seen = _latest(session)
    stored = _stored(session, staged)
    rows = dict(stored)
    for row in staged.rows:
        key = (row.form, row.key)
        rows[key] = row.over(stored[key]) if key in stored else row
    progress(f"checking {len(rows):,} rows of {len(_cases(staged)):,} cases")
    findings = fold(
        [*staged.findings, *run_checks(list(rows.values()), Replay(home(), consensus_vars()))]
    )
    merged = tuple(rows[row.form, row.key] for row in staged.rows)
    decisions = _decide(staged, merged, stored, findings)
    return Assessment(raw, staged, merged, stored, tuple(findings), decisions, seen)


def _cases(staged: Staged) -> set[str]:
    return {case for case in staged.rows_per_case if case is not None and case != CENTER_UNIT}


def _stored(session: Connection, staged: Staged) -> dict[tuple[str, Key], Row]:
    found: dict[tuple[str, Key], Row] = {}
    cases = sorted(_cases(staged))
    for form in FORMS:
        of_center = form == "center"
        if of_center and CENTER_UNIT not in staged.rows_per_case:
            continue
        rows = stored_rows(session, form, None if of_center else cases)
        found |= {(form, key): row for key, row in from_stored(form, rows).items()}
    return found


def _decide(
    staged: Staged, rows: tuple[Row, ...], stored: dict[tuple[str, Key], Row],
    findings: list[Finding],
) -> dict[str | None, Decision]:  # fmt: skip
    held = {f.case_id for f in findings if f.severity == "reject"} | {None}
    changed = {row.case_id for row in rows if _changed(row, stored)}
    return {
        case: "held" if case in held else "accepted" if case in changed else "unchanged"
        for case in staged.rows_per_case
    }


def _changed(row: Row, stored: dict[tuple[str, Key], Row]) -> bool:
    before = stored.get((row.form, row.key))
    return before is None or before.sha256() != row.sha256()


def _receipt(a: Assessment, center_id: str) -> Receipt:
    held = sum(n for case, n in a.staged.rows_per_case.items() if a.decisions[case] == "held")
    accepted = sum(1 for row in _to_store(a))
    return Receipt(
        status=status_of(accepted=accepted, held=held), center_id=center_id,
        file_name=a.raw.name, file_sha256=a.raw.sha256, form_version=FORM_VERSION,
        consensus_version=consensus.CURRENT_VERSION, rows=a.staged.row_count, accepted=accepted,
        held=held, unchanged=a.staged.row_count - accepted - held,
        cases={case: d for case, d in a.decisions.items() if case not in (None, CENTER_UNIT)},
        findings=a.findings,
    )  # fmt: skip


def _to_store(a: Assessment) -> list[Row]:
    return [
        row for row in a.rows
        if a.decisions[row.case_id] == "accepted" and _changed(row, a.stored)
    ]  # fmt: skip


def _commit(
    session: Connection, a: Assessment, receipt: Receipt, actor: str, as_of: datetime | None
) -> Receipt:
    moment = as_of or session.execute(select(func.now())).scalar_one()
    number: int = session.execute(
        insert(SUBMISSION)
        .values(
            center_id=receipt.center_id, actor=actor, received_at=moment,
            file_name=receipt.file_name, file_sha256=receipt.file_sha256,
            form_version=FORM_VERSION,
            receipt=receipt.model_dump(mode="json", exclude={"findings", "submission_id"}),
        )
        .returning(SUBMISSION.c.submission_id)
    ).scalar_one()  # fmt: skip
    stamped = receipt.model_copy(
        update={"submission_id": number, "received_at": moment.isoformat(timespec="seconds")}
    )
    _store_decisions(session, a, number, receipt.center_id)
    for form in FORMS:
        add_versions(
            session, form, [_version(row, number) for row in _to_store(a) if row.form == form]
        )
    return stamped


def _store_decisions(session: Connection, a: Assessment, number: int, center_id: str) -> None:
    common: dict[str, Any] = {"submission_id": number, "center_id": center_id}
    cases = [
        {**common, "case_id": case or "", "decision": decision,
         "row_count": a.staged.rows_per_case[case]}
        for case, decision in a.decisions.items()
    ]  # fmt: skip
    session.execute(insert(SUBMISSION_CASE), cases)
    if a.findings:
        session.execute(insert(FINDING), [{**common, **f.as_dict()} for f in a.findings])


def _version(row: Row, number: int) -> dict[str, Any]:
    return {
        **row.values, "missing": dict(row.missing), "content_sha256": row.sha256(),
        "submission_id": number,
    }  # fmt: skip


def _latest(session: Connection) -> int:
    """The newest submission of the center the session is bound to, 0 before the first."""
    query = select(func.coalesce(func.max(SUBMISSION.c.submission_id), 0))
    return int(session.execute(query).scalar_one())


def _earlier(session: Connection, center_id: str, sha256: str) -> int | None:
    query = select(func.max(SUBMISSION.c.submission_id)).where(
        SUBMISSION.c.center_id == center_id, SUBMISSION.c.file_sha256 == sha256
    )
    return session.execute(query).scalar_one()


def _refused(raw: RawFile, staged: Staged, center_id: str) -> Receipt:
    return Receipt(
        status="refused", center_id=center_id, file_name=raw.name, file_sha256=raw.sha256,
        form_version=FORM_VERSION, consensus_version=consensus.CURRENT_VERSION,
        rows=staged.row_count, held=staged.row_count, findings=tuple(fold(staged.findings)),
    )  # fmt: skip


def _unreadable(name: str, center_id: str, error: UnreadableFileError) -> Receipt:
    finding = Finding(
        rule="file.unreadable", severity="reject", category="conformance",
        message=error.message, fix=error.fix,
    )  # fmt: skip
    return Receipt(
        status="refused", center_id=center_id, file_name=name, file_sha256="",
        form_version=FORM_VERSION, consensus_version=consensus.CURRENT_VERSION,
        findings=(finding,),
    )  # fmt: skip
