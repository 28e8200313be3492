"""Exchanges a center's pseudonyms for new ones, by a mapping that the center made.

Everything stored of the center is renamed in one transaction: either all of it carries the new
pseudonyms or all of it the old ones. Nothing else changes, and which old one became which new one is
not kept but as keyed digests, by which an erasure finds a case in releases made before; those stay as they
are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from registry.deidentify.mapping import OF_A_CASE, RekeyMapping, encoded
from registry.forms import FORMS
from registry.lifecycle.erased import digest
from registry.lifecycle.latest import among
from registry.schema import FORMER_NAME, REKEYING, SCHEMA
from registry.store import engine, lock_for_commit, past_policies

# the tables of the registry that name a case; those with `record` also name its rows
_OF_CASES = (
    "submission_case", "finding", "query", "case_event", "case_signature", "case_lock",
)  # fmt: skip
_WITH_RECORD = ("finding", "query")


class RekeyError(Exception):
    """The mapping cannot be applied; the message says why. Nothing was changed."""


def rekey(mapping: RekeyMapping, center_id: str, *, actor: str, at: datetime) -> dict[str, int]:
    """Rename every case, donor, collection and aliquot of the mapping. Returns how many there were.

    Raises RekeyError if the mapping is another center's, was applied before, names a case the center
    never sent, or would give a case the name of another.
    """
    if mapping.center_id != center_id:
        raise RekeyError("The mapping is about another center.")
    try:
        _rename(mapping, center_id, actor, at)
    except IntegrityError as error:
        raise RekeyError("The mapping would give two records the same name.") from error
    return mapping.counts


def _rename(mapping: RekeyMapping, center_id: str, actor: str, at: datetime) -> None:
    with engine("mst_owner").begin() as session:
        lock_for_commit(session)
        # whoever judges a file holds this table first, and reads the forms by a second connection: to
        # wait here for its end keeps the two from waiting for each other, which PostgreSQL cannot see
        session.execute(text(f"lock table {SCHEMA}.submission in access exclusive mode"))
        with past_policies(session):
            _require_new(session, mapping)
            _load(session, mapping)
            _require_known(session, center_id)
            _require_unused(session, mapping)
            # what the audit said of the old names goes; it commits anew to the renamed rows
            session.execute(
                text("select audit.forget(:center, old) from renamed where kind = 'case'"),
                {"center": center_id},
            )
            for statement in _renamings():
                session.execute(text(statement), {"center": center_id})
            number: int = session.execute(insert(REKEYING).values(
                center_id=center_id, actor=actor, at=at, reason=mapping.reason,
                mapping_sha256=_digest(mapping), counts=mapping.counts,
            ).returning(REKEYING.c.rekeying_id)).scalar_one()  # fmt: skip
            session.execute(insert(FORMER_NAME), [
                {"rekeying_id": number, "center_id": center_id,
                 "case_hmac": digest(center_id, case.new), "former_hmac": digest(center_id, case.old)}
                for case in mapping.cases
            ])  # fmt: skip


def _digest(mapping: RekeyMapping) -> str:
    return hashlib.sha256(encoded(mapping)).hexdigest()


def _require_new(session: Connection, mapping: RekeyMapping) -> None:
    query = text(f"select 1 from {SCHEMA}.rekeying where center_id = :c and mapping_sha256 = :d")
    if session.execute(query, {"c": mapping.center_id, "d": _digest(mapping)}).first():
        raise RekeyError("This mapping was applied before.")


def _load(session: Connection, mapping: RekeyMapping) -> None:
    """The mapping as a table of the transaction: kind, case (old), old, new."""
    pairs = [("case", case.old, case.old, case.new) for case in mapping.cases]
    pairs += [
        (kind, case.old, old, new)
        for case in mapping.cases for kind in OF_A_CASE for old, new in case.own[kind]
    ]  # fmt: skip
    session.execute(text(
        "create temporary table renamed (kind text, of_case text, old text, new text) on commit drop"
    ))  # fmt: skip
    named = [dict(zip(("kind", "of_case", "old", "new"), pair, strict=True)) for pair in pairs]
    session.execute(
        text("insert into renamed select kind, of_case, old, new from jsonb_to_recordset("
             "cast(:pairs as jsonb)) as p (kind text, of_case text, old text, new text)"),
        {"pairs": json.dumps(named)},
    )  # fmt: skip
    session.execute(text("create index on renamed (kind, of_case, old)"))


def _require_known(session: Connection, center_id: str) -> None:
    known = f"select case_id from {SCHEMA}.case_event where center_id = :c"
    unknown: int = session.execute(
        text(f"select count(*) from renamed where kind = 'case' and old not in ({known})"),
        {"c": center_id},
    ).scalar_one()  # fmt: skip
    if unknown:
        raise RekeyError(f"{unknown} cases of the mapping are not in the registry.")
    taken: int = session.execute(
        text(f"select count(*) from renamed where kind = 'case' and new in ({known})"),
        {"c": center_id},
    ).scalar_one()  # fmt: skip
    if taken:
        raise RekeyError(f"{taken} new pseudonyms of the mapping are in use already.")


def _require_unused(session: Connection, mapping: RekeyMapping) -> None:
    """A name is never another patient's later: an erasure would take both out of older releases."""
    new = [digest(mapping.center_id, case.new) for case in mapping.cases]
    query = select(FORMER_NAME.c.former_hmac).where(
        FORMER_NAME.c.center_id == mapping.center_id, among(FORMER_NAME.c.former_hmac, new)
    )
    if used := len(session.execute(query).all()):
        raise RekeyError(f"{used} new pseudonyms of the mapping were in use before.")


def _renamings() -> Iterator[str]:
    """First what belongs to a case, found by the case's old name, then the cases themselves."""
    for form in FORMS:
        for column, kind in pseudonym_columns(form).items():
            yield (
                f'update crf."{form}" as t set "{column}" = r.new from renamed as r '
                f"where t.center_id = :center and r.kind = '{kind}' and r.of_case = t.case_id "
                f'and r.old = t."{column}"'
            )
        yield from _records_renamed(form)
    # what is folded under a finding names the case once more; the finding itself stays
    yield (
        f"update {SCHEMA}.finding as t set consequences = '[]' from renamed as r "
        "where t.center_id = :center and r.kind = 'case' and r.of_case = t.case_id"
    )
    tables = [f'crf."{form}"' for form in FORMS if form != "center"]
    for table in (*tables, *(f"{SCHEMA}.{name}" for name in _OF_CASES)):
        yield (
            f"update {table} as t set case_id = r.new from renamed as r "
            "where t.center_id = :center and r.kind = 'case' and r.old = t.case_id"
        )


def _records_renamed(form: str) -> Iterator[str]:
    """A record is named by the form's key, in which one column at most is a pseudonym."""
    for column, kind in pseudonym_columns(form).items():
        if column in FORMS[form].key():
            for table in _WITH_RECORD:
                yield (
                    f"update {SCHEMA}.{table} as t set record = regexp_replace(t.record, "
                    f"'(\\m{column} )' || r.old || '(?=,|$)', '\\1' || r.new) from renamed as r "
                    f"where t.center_id = :center and r.kind = '{kind}' and r.of_case = t.case_id "
                    f"and t.form = '{form}' "
                    f"and r.old = substring(t.record from '\\m{column} ([A-Za-z0-9_-]+)(?=,|$)')"
                )


def pseudonym_columns(form: str) -> dict[str, str]:
    """The columns of a form that hold pseudonyms below the case, and whose they are."""
    found = {}
    for name, column in FORMS[form].columns().items():
        if column.item.refers_to in OF_A_CASE:
            found[name] = str(column.item.refers_to)
        elif form in OF_A_CASE and name == f"{form}_id":
            found[name] = form
    if form == "hla":
        found["subject_id"] = "donor"  # or the word patient, which no mapping renames
    return found
