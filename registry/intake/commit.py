"""Stores what an assessment accepts, in one transaction: rows, findings, queries, cases, receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, insert, select

from registry.audit import head
from registry.findings import Finding
from registry.forms import FORM_VERSION, FORMS
from registry.forms.base import CENTER_UNIT
from registry.intake.assess import Assessment
from registry.intake.earlier import kept_key
from registry.intake.merge import Merged
from registry.intake.receipt import AnswerOutcome, AuditEnd, Receipt
from registry.intake.rows import Mask
from registry.intake.signature import sign
from registry.lifecycle.cases import record_cases
from registry.queries import answer_in, sync
from registry.queries.model import Answer
from registry.row_versions import add_rows
from registry.rules import may_confirm, rule_version
from registry.schema import FINDING, RECEIPT, SUBMISSION, SUBMISSION_CASE


@dataclass(frozen=True)
class Sender:
    """Who sends, in which role, when (None: now), and under which key a repeat is known again."""

    actor: str
    role: str = "coordinator"
    as_of: datetime | None = None
    key: str | None = None


def commit(
    session: Connection, a: Assessment, receipt: Receipt, answers: Sequence[Answer], sender: Sender
) -> Receipt:
    """Write everything and sign the receipt. The session holds the lock for commits."""
    moment = sender.as_of or session.execute(select(func.now())).scalar_one()
    number = _number(session, receipt, moment, sender)
    _store_cases(session, a, number, receipt.center_id)
    _store_findings(session, a.findings, number, receipt.center_id)
    for form, merged in a.merged.items():
        add_rows(session, form, list(_versions(merged, accepted(a, merged), number)))
    outcomes = _answer(session, receipt, answers, number, moment, sender)
    _follow_up(session, a, receipt, number, moment, sender)
    end = head(session)
    stamped = receipt.model_copy(update={
        "submission_id": number, "received_at": moment.isoformat(timespec="seconds"),
        "answers": outcomes, "audit": AuditEnd(**end._asdict()) if end else None,
    })  # fmt: skip
    signed = sign(stamped.kept())
    session.execute(
        insert(RECEIPT).values(submission_id=number, center_id=receipt.center_id, receipt=signed)
    )
    return stamped.model_copy(
        update={name: signed[name] for name in ("signature", "public_key_id")}
    )


def accepted(a: Assessment, merged: Merged) -> Mask:
    """The rows of a form that are stored: changed ones of accepted cases."""
    of_case = np.array([a.decisions[case] == "accepted" for case in merged.rows.case_ids], np.bool_)
    return merged.is_changed & of_case


def _number(session: Connection, receipt: Receipt, moment: datetime, sender: Sender) -> int:
    values = {
        "center_id": receipt.center_id, "actor": sender.actor, "received_at": moment,
        "file_name": receipt.file_name, "file_sha256": receipt.file_sha256,
        "form_version": FORM_VERSION, "client_key": kept_key(sender.key) if sender.key else None,
    }  # fmt: skip
    number: int = session.execute(
        insert(SUBMISSION).values(values).returning(SUBMISSION.c.submission_id)
    ).scalar_one()
    return number


def _store_cases(session: Connection, a: Assessment, number: int, center_id: str) -> None:
    cases = [
        {"submission_id": number, "center_id": center_id, "case_id": case or "",
         "decision": decision, "row_count": a.staged.rows_per_case[case]}
        for case, decision in a.decisions.items()
    ]  # fmt: skip
    if cases:
        session.execute(insert(SUBMISSION_CASE), cases)


def _store_findings(
    session: Connection, findings: Sequence[Finding], number: int, center_id: str
) -> None:
    if findings:
        common = {"submission_id": number, "center_id": center_id}
        session.execute(insert(FINDING), [{**common, **f.as_dict()} for f in findings])


def _versions(merged: Merged, kept: Mask, number: int) -> Iterator[Mapping[str, Any]]:
    rows = merged.rows.where(kept)
    missing = rows.missing_json().to_pylist()
    deletes = merged.deletes[kept]
    reasons = [r for r, keep in zip(merged.reasons, kept, strict=True) if keep]
    names = list(FORMS[rows.form].columns())
    for i, values in enumerate(
        zip(*(rows.answers.column(n).to_pylist() for n in names), strict=True)
    ):
        answers = dict(zip(names, values, strict=True))
        yield {
            **answers, "missing": json.loads(missing[i]), "submission_id": number,
            "content_sha256": _digest(answers, missing[i]), "deleted": bool(deletes[i]),
            "change_reason": reasons[i],
        }  # fmt: skip


def _digest(answers: Mapping[str, Any], missing: str) -> str:
    """The same answers give the same digest."""
    content = json.dumps({"values": answers, "missing": missing}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _answer(
    session: Connection, receipt: Receipt, answers: Sequence[Answer], number: int,
    moment: datetime, sender: Sender,
) -> tuple[AnswerOutcome, ...]:  # fmt: skip
    if not answers:
        return ()
    outcomes = answer_in(
        session, receipt.center_id, answers, actor=sender.actor, role=sender.role, at=moment,
        may_confirm=may_confirm, submission_id=number,
    )  # fmt: skip
    return tuple(
        AnswerOutcome(query_id=o.query_id, result=o.result, message=o.message, cell=o.cell)
        for o in outcomes
    )


def _follow_up(
    session: Connection, a: Assessment, receipt: Receipt, number: int, moment: datetime,
    sender: Sender,
) -> None:  # fmt: skip
    """Queries and the status of cases, as they are now for every case that is in the registry."""
    taken = {case for case, decision in a.decisions.items() if case and decision != "held"}
    sync(
        session, center_id=receipt.center_id, cases=taken, submission_id=number, actor=sender.actor,
        at=moment, rule_version=rule_version,
        findings=[f for f in a.queries if (f.case_id or CENTER_UNIT) in taken],
    )  # fmt: skip
    record_cases(
        session, center_id=receipt.center_id, submission_id=number, actor=sender.actor, at=moment,
        decisions={c: d for c, d in a.decisions.items() if c is not None and c != CENTER_UNIT},
    )  # fmt: skip
