"""Signatures of cases: who said what of which content, and whether that still is the content."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from registry.forms import FORMS
from registry.lifecycle.latest import among, case_states
from registry.lifecycle.status import SIGNATURE_LIFECYCLE, ConflictError, Meaning, require
from registry.schema import CASE_SIGNATURE, SUBMISSION, SUBMISSION_CASE


@dataclass(frozen=True)
class Signature:
    """`state` is valid or void; a void one says which submission changed the case, and when, if one did."""

    case_id: str
    meaning: str
    signer: str
    full_name: str
    role: str
    at: datetime
    state: str
    void_by: int | None
    void_at: datetime | None

    def words(self) -> str:
        said = f"{self.meaning}, {self.full_name}, {self.role}, {self.at:%Y-%m-%d %H:%M} UTC"
        if self.state == "valid":
            return said
        if self.void_by is None or self.void_at is None:
            return f"void, the case is not what was signed ({said})"
        return f"void since {self.void_at:%Y-%m-%d %H:%M} by submission {self.void_by} ({said})"


def _contents() -> str:
    """Center, case and every current row with its version: another case, or a later version of the same
    answers, is another content."""
    rows = " union all ".join(
        f"select case_id, '{name}' as form, row_version, to_jsonb(t) as body from ("
        f"select distinct on ({', '.join(form.key())}) * from crf.{name} "
        "where center_id = :center and case_id = any(cast(:cases as text[])) "
        f"order by {', '.join(form.key())}, submission_id desc) as t where not deleted"
        for name, form in FORMS.items() if name != "center"
    )  # fmt: skip
    return (
        "select case_id, encode(sha256(convert_to(jsonb_build_array(cast(:center as text), case_id, "
        "jsonb_agg(jsonb_build_array(form, jsonb_strip_nulls(body)) order by form, row_version)"
        f")::text, 'UTF8')), 'hex') as digest from ({rows}) as r group by case_id"
    )


def contents(session: Connection, center_id: str, case_ids: Collection[str]) -> dict[str, str]:
    """The digest of each case as it stands; none for a case without any row."""
    if not case_ids:
        return {}
    found = session.execute(text(_contents()), {"center": center_id, "cases": list(case_ids)})
    return {row.case_id: row.digest for row in found}


def ever_signed(session: Connection, center_id: str, case_ids: Collection[str]) -> frozenset[str]:
    """Those of the cases that were signed once, whether or not it still holds."""
    query = select(CASE_SIGNATURE.c.case_id).where(
        CASE_SIGNATURE.c.center_id == center_id, among(CASE_SIGNATURE.c.case_id, case_ids)
    )
    return frozenset(session.execute(query.distinct()).scalars())


def signatures(
    session: Connection, center_id: str, case_ids: Collection[str] | None = None
) -> dict[str, list[Signature]]:
    """The latest signature of each meaning, by case, the newest last."""
    latest = (
        select(CASE_SIGNATURE)
        .distinct(CASE_SIGNATURE.c.case_id, CASE_SIGNATURE.c.meaning)
        .where(CASE_SIGNATURE.c.center_id == center_id)
        .order_by(
            CASE_SIGNATURE.c.case_id, CASE_SIGNATURE.c.meaning, CASE_SIGNATURE.c.signature_id.desc()
        )
    )
    if case_ids is not None:
        latest = latest.where(among(CASE_SIGNATURE.c.case_id, case_ids))
    kept = latest.subquery("kept")
    change = (
        select(SUBMISSION.c.submission_id, SUBMISSION.c.received_at)
        .join(SUBMISSION_CASE, SUBMISSION_CASE.c.submission_id == SUBMISSION.c.submission_id)
        .where(
            SUBMISSION_CASE.c.center_id == kept.c.center_id,
            SUBMISSION_CASE.c.case_id == kept.c.case_id,
            SUBMISSION_CASE.c.decision == "accepted",
            SUBMISSION_CASE.c.submission_id > kept.c.submission_id,
        )
        .order_by(SUBMISSION.c.submission_id)
        .limit(1)
        .lateral("change")
    )
    query = (
        select(kept, change.c.submission_id.label("void_by"), change.c.received_at.label("void_at"))
        .join_from(kept, change, text("true"), isouter=True)
        .order_by(kept.c.signature_id)
    )
    rows = session.execute(query).all()
    present = contents(session, center_id, {row.case_id for row in rows})
    found: dict[str, list[Signature]] = {}
    for row in rows:
        holds = present.get(row.case_id) == row.content_sha256
        found.setdefault(row.case_id, []).append(
            Signature(row.case_id, row.meaning, row.signer, row.full_name, row.role, row.at,
                      "valid" if holds else "void", None if holds else row.void_by,
                      None if holds else row.void_at)
        )  # fmt: skip
    return found


def record_signature(
    session: Connection, *, center_id: str, case_id: str, meaning: Meaning, signer: str,
    full_name: str, role: str, at: datetime, seen: str | None,
) -> None:  # fmt: skip
    """Sign the case as it stands; the session holds the lock for commits.

    `seen` is the digest of what the signer was shown. Raises NotAllowedError for another role,
    ConflictError if the case is not clean, is signed so already, or is not what was shown.
    """
    before = [
        s.state for s in signatures(session, center_id, [case_id]).get(case_id, [])
        if s.meaning == meaning
    ]  # fmt: skip
    require(SIGNATURE_LIFECYCLE, what=f"The signature of {case_id} as {meaning}",
            source=before[0] if before else None, event="signed", role=role)  # fmt: skip
    _require_clean(session, center_id, case_id)
    content = contents(session, center_id, [case_id]).get(case_id)
    if content is None or seen not in (None, content):
        raise ConflictError("The case changed while it was looked at; look again, then sign.")
    values: dict[str, Any] = {
        "center_id": center_id, "case_id": case_id, "meaning": meaning.value, "signer": signer,
        "full_name": full_name, "role": role, "at": at, "content_sha256": content,
        "submission_id": session.execute(_last_change(center_id, case_id)).scalar_one(),
    }  # fmt: skip
    session.execute(insert(CASE_SIGNATURE).values(values))


def _last_change(center_id: str, case_id: str) -> Any:
    return select(func.max(SUBMISSION_CASE.c.submission_id)).where(
        SUBMISSION_CASE.c.center_id == center_id, SUBMISSION_CASE.c.case_id == case_id,
        SUBMISSION_CASE.c.decision == "accepted",
    )  # fmt: skip


def _require_clean(session: Connection, center_id: str, case_id: str) -> None:
    state = case_states()
    query = select(state.c.status).where(state.c.center_id == center_id, state.c.case_id == case_id)
    status = session.execute(query).scalar_one_or_none()
    if status is None:
        raise ConflictError("The center has sent no case of this name.")
    if status != "clean":
        why = {
            "in query": "Settle its open and answered queries first.",
            "held": "Nothing of it was accepted yet.",
            "withdrawn": "Its consent is withdrawn.",
        }[status]
        raise ConflictError(f"The case is {status}; only a clean case is signed. {why}")
