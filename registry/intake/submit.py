"""The door of the registry: check a file, or check it and store what may be stored.

A case is accepted whole or held whole; the rest of the file goes through. Held rows stay with the
center: nothing of them is stored but the findings, which never repeat a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from registry import consensus
from registry.audit import Head
from registry.audit.anchors import keep_daily
from registry.findings import Finding
from registry.forms import FORM_VERSION
from registry.forms.base import CENTER_ID_PATTERN, CENTER_UNIT
from registry.forms.upload import ChangeReason
from registry.intake import earlier, reader
from registry.intake.assess import (
    Assessment,
    Progress,
    Terms,
    assess,
    latest,
    renamings,
    unsettled,
)
from registry.intake.causes import fold
from registry.intake.commit import Sender, accepted, commit
from registry.intake.gate import in_file_name
from registry.intake.raw import RawFile, UnreadableFileError
from registry.intake.receipt import Receipt, Status, open_items, status_of
from registry.intake.stage import Staged, stage
from registry.lifecycle.erased import erased
from registry.lifecycle.signatures import ever_signed
from registry.lifecycle.status import ConflictError
from registry.queries.model import Answer
from registry.roundtrip import answers as answer_sheet
from registry.rules import rules_version
from registry.store import center_session, lock_for_commit

_ATTEMPTS = 5
MAX_KEY_CHARACTERS = 200
_NO_CENTER = UnreadableFileError(
    "The center named is not a center id.",
    "Name it by its id: two to ten capital letters or digits, such as C01.",
)
_NO_REASON = UnreadableFileError(
    "The reason for changes is not one of the list.",
    f"Give one of: {', '.join(ChangeReason)}.", "change.reason_word",
)  # fmt: skip
_NO_KEY = UnreadableFileError(
    "The key of this sending is too long or holds characters that are none of a text.",
    f"Use at most {MAX_KEY_CHARACTERS} letters, digits and signs.", "file.key",
)  # fmt: skip


class BusyError(Exception):
    """Others kept changing the same cases; nothing was stored, try again."""


@dataclass(frozen=True)
class _File:
    """A file on its way, read and staged."""

    raw: RawFile
    staged: Staged
    answers: tuple[Answer, ...]


def check(
    path: Path, center_id: str, *, file_name: str | None = None, reason: str | None = None,
    based_on: int | None = None, progress: Progress = lambda _: None,
) -> Receipt:  # fmt: skip
    """What would happen if the file were submitted. Stores nothing."""
    return _through(path, Terms(center_id, reason, based_on), None, file_name, progress)


def submit(
    path: Path, center_id: str, *, actor: str, role: str = "coordinator",
    as_of: datetime | None = None, key: str | None = None, file_name: str | None = None,
    reason: str | None = None, based_on: int | None = None, progress: Progress = lambda _: None,
) -> Receipt:  # fmt: skip
    """Check a file and store every case without a reject.

    `file_name` is what the sender called the file, where `path` is a spooled copy; it is only ever
    shown. `reason` says why accepted answers change, for rows that do not say it themselves.
    `based_on` is the last submission the sender knew of, such as `state` of a preview; the stamp of
    the file itself comes first. `key` names the sending: the same key with another file is refused.
    Raises BusyError after several tries.
    """
    sender = Sender(actor, role, as_of, key)
    return _through(path, Terms(center_id, reason, based_on), sender, file_name, progress)


def _through(
    path: Path, terms: Terms, sender: Sender | None, file_name: str | None, progress: Progress
) -> Receipt:
    name = "".join(c for c in file_name or path.name if c.isprintable())[:200]
    if in_file_name(name):
        name = "(file name not kept: it looks like an identifier)"
    if not re.fullmatch(CENTER_ID_PATTERN, terms.center_id):
        return _unreadable(name, terms, _NO_CENTER)
    if terms.reason is not None and terms.reason not in set(ChangeReason):
        return _unreadable(name, terms, _NO_REASON)
    if sender is not None and not _is_key(sender.key):
        return _unreadable(name, terms, _NO_KEY)
    progress("reading the file")
    try:
        raw = replace(reader.read(path, name=file_name), name=name)
    except UnreadableFileError as error:
        return _unreadable(name, terms, error)
    progress("reading its cells by the forms")
    staged = stage(raw, terms.center_id)
    if staged.refused:
        return _refused(raw, terms, staged, staged.findings)
    if raw.based_on is not None:
        terms = replace(terms, based_on=raw.based_on)
    given: tuple[Answer, ...] = ()
    if raw.answers is not None:
        given, told = answer_sheet.answers(raw.answers)
        staged.findings += told
    return _attempts(_File(raw, staged, given), terms, sender, progress)


def _is_key(key: str | None) -> bool:
    return key is None or (0 < len(key) <= MAX_KEY_CHARACTERS and key.isprintable())


def _attempts(file: _File, terms: Terms, sender: Sender | None, progress: Progress) -> Receipt:
    for _ in range(_ATTEMPTS):
        try:
            receipt = _attempt(file, terms, sender, progress)
        except UnreadableFileError as error:
            status: Status = "conflict" if error is earlier.OTHER_CONTENT else "refused"
            return _unreadable(file.raw.name, terms, error, status=status)
        if receipt is not None:
            return receipt
    raise BusyError


def _attempt(
    file: _File, terms: Terms, sender: Sender | None, progress: Progress
) -> Receipt | None:
    with center_session(terms.center_id) as session:
        if sender is not None and sender.key is not None:
            told = earlier.by_key(session, file.raw, sender.key)
            if told is not None:
                return told
        gone = erased(session, terms.center_id, file.staged.cases)
        if gone:
            return _refused(file.raw, terms, file.staged, map(_erased, gone))
        sent = earlier.received(session, file.raw)
        earlier.require_own(session, terms.based_on)
        a = assess(session, file.raw, file.staged, terms, file.answers, progress)
        waiting = unsettled(session, terms.center_id) if file.answers else set()
    receipt = _receipt(a, terms, len(file.answers))
    answers_wait = any(answer.query_id in waiting for answer in file.answers)
    if sent is not None and not receipt.accepted and not answers_wait:
        return receipt.model_copy(update={"status": "already received", "submission_id": sent})
    if sender is None:
        return receipt
    progress("storing the accepted cases")
    try:
        with center_session(terms.center_id) as session:
            lock_for_commit(session)
            if (latest(session), renamings(session)) != (a.seen, a.renamings):
                return None  # the center sent another file or was rekeyed meanwhile: judge again
            if erased(session, terms.center_id, file.staged.cases):
                return None
            if ever_signed(session, terms.center_id, file.staged.cases) != a.signed:
                return None  # a change that needed no reason may need one now
            stored = commit(session, a, receipt, file.answers, sender)
        if stored.audit is not None:
            keep_daily(Head(stored.audit.seq, stored.audit.hash))
        return stored
    except ConflictError:
        return None  # a case was withdrawn meanwhile: judge again


def _receipt(a: Assessment, terms: Terms, answers_given: int) -> Receipt:
    held = sum(n for case, n in a.staged.rows_per_case.items() if a.decisions[case] == "held")
    new = changed = deleted = 0
    for merged in a.merged.values():
        kept = accepted(a, merged)
        deleted += int((kept & merged.deletes).sum())
        new += int((kept & merged.is_new & ~merged.deletes).sum())
        changed += int((kept & ~merged.is_new & ~merged.deletes).sum())
    stored = new + changed + deleted
    status = "conflict" if a.older and not stored else status_of(accepted=stored, held=held)
    return _receipt_of(
        a.raw, terms, a.findings, status=status, state=a.seen, rows=a.staged.row_count,
        accepted=stored, held=held, unchanged=a.staged.row_count - stored - held, rows_new=new,
        rows_changed=changed, rows_deleted=deleted, answers_given=answers_given, changes=a.changes,
        practice=a.practice,
        cases={case: d for case, d in a.decisions.items() if case not in (None, CENTER_UNIT)},
    )  # fmt: skip


def _erased(case: str) -> Finding:
    """Held, the case would be named in the registry again; so nothing of the file is kept at all."""
    return Finding(
        rule="case.erased", severity="reject", category="conformance", case_id=case,
        message="The case was erased on request. Nothing of the file was kept, so that it is not named again.",
        fix="Remove the case from the file. If the patient consents anew, send it under a new pseudonym.",
    )  # fmt: skip


def _refused(raw: RawFile, terms: Terms, staged: Staged, findings: Iterable[Finding]) -> Receipt:
    told = tuple(fold(findings))
    return _receipt_of(
        raw, terms, told, status="refused", rows=staged.row_count, held=staged.row_count
    )


def _unreadable(
    name: str, terms: Terms, error: UnreadableFileError, *, status: Status = "refused"
) -> Receipt:
    told = Finding(
        rule=error.rule, severity="reject", category="conformance", message=error.message,
        fix=error.fix,
    )  # fmt: skip
    return _receipt_of(RawFile(name, "", ()), terms, (told,), status=status)


def _receipt_of(raw: RawFile, terms: Terms, findings: tuple[Finding, ...], **more: Any) -> Receipt:
    return Receipt(
        center_id=terms.center_id, file_name=raw.name, file_sha256=raw.sha256,
        form_version=FORM_VERSION, rules_version=rules_version(),
        consensus_version=consensus.CURRENT_VERSION, findings=findings,
        open_items=open_items(findings), **more,
    )  # fmt: skip
