"""Erases a case on request: from the database, from releases, and from what was built of them.

The audit still verifies afterwards: it holds salted commitments, of which the salts go. Backups are not
touched; a restored one is told to erase again from the ledger (`again`). docs/erasure.md says what remains.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from registry import release, warehouse
from registry.audit import enter
from registry.forms import FORMS
from registry.home import home
from registry.intake.signature import sign
from registry.lifecycle.erased import Line, digest, former, ledger, write_down
from registry.lifecycle.remarks import RemarkError, words
from registry.lifecycle.status import ConflictError
from registry.schema import ERASURE, FORMER_NAME, REKEYING
from registry.store import NotReadyError, engine, lock_for_commit, past_policies
from registry.warehouse import builds

Progress = Callable[[str], None]
# each after what refers to it; a query's events name it by its number
_OF_CASES = (
    "case_signature", "case_lock", "finding", "query", "submission_case", "case_event",
)  # fmt: skip
# where people write words, or a file its name, a case could be named
_TEXTS = (
    ("submission", "submission_id", "file_name"), ("submission", "submission_id", "client_key"),
    ("query", "query_id", "message"), ("query_event", "event_id", "comment"),
    ("case_event", "event_id", "reason"), ("case_lock", "lock_id", "reason"),
    ("rekeying", "rekeying_id", "reason"),
)  # fmt: skip
_OF_FILES = ("file_name", "client_key")
# a login that may not clear a table gets a warning only, and its rows would stay on the disk
_MAY_CLEAR = """
    select r.rolname, r.rolsuper
        or (pg_has_role(r.oid, d.datdba, 'usage') and pg_has_role(r.oid, 'pg_checkpoint', 'usage'))
    from pg_roles as r, pg_database as d where r.rolname = session_user and d.datname = current_database()
"""
_BY_RULE = {"query": "and rule is null"}  # what a rule asks names no case
_GONE = "(erased)"
_UNKNOWN = "The center has sent no case of this name."
_ERASED_BEFORE = "The case was erased from the database before. If that was stopped halfway, mst erase --again does the rest."


@dataclass(frozen=True)
class Erased:
    """How many rows went, the releases that were rewritten, and the builds that were removed.

    `unsearched` are releases from before an exchange of pseudonyms that kept no digests of the old ones.
    """

    rows: int
    releases: tuple[str, ...]
    builds: tuple[str, ...]
    unsearched: tuple[str, ...] = ()


def erase(
    center_id: str, case_id: str, *, actor: str, reason: str, at: datetime,
    progress: Progress = lambda _: None,
) -> Erased:  # fmt: skip
    """Erase one case everywhere, under the names it had before its center exchanged pseudonyms too.

    Raises RemarkError for a reason too short, with identifiers, or naming the case; ConflictError for a case
    that the center has not sent; before anything is erased NotReadyError for a login that may not clear the
    disk of it, and ReleaseError for a release that cannot be searched.
    """
    said = words(reason, "a reason")
    if re.search(_word(case_id), said):
        raise RemarkError("The reason is kept; write it without the name of the case.")
    line = Line(center_id, digest(center_id, case_id), actor, at.isoformat(), said)
    _require_clearing()
    _require_manifests()
    progress("erasing the rows of the case")
    lines = _with_former(line)
    rows = _from_database(lines, case_id)
    return _everywhere_else(lines, rows, progress)


def again(*, progress: Progress = lambda _: None) -> Erased:
    """Erase what the ledger names and a restored backup brought back, or an erasure that was stopped left."""
    _require_clearing()
    _require_manifests()
    rows = 0
    lines = ledger()
    for line in lines:
        for case in _present(line):
            progress("erasing the rows of a case")
            rows += _from_database(_with_former(line), case)
    return _everywhere_else(ledger(), rows, progress)


def _require_manifests() -> None:
    for name in release.names():
        release.manifest(name)


def _with_former(line: Line) -> list[Line]:
    """The line, and one for each name the case had before."""
    with engine("mst_reader").begin() as session:
        names = former(session, line.center_id, line.case_hmac)
    return [line, *(line._replace(case_hmac=name) for name in names)]


def _everywhere_else(lines: Sequence[Line], rows: int, progress: Progress) -> Erased:
    if lines:
        progress("clearing the pages that the rows stood on")
        _vacuum()
    known = {(line.center_id, line.case_hmac) for line in lines}

    def is_erased(center_id: str, case_id: str) -> bool:
        return (center_id, digest(center_id, case_id)) in known

    release.remove_unfinished()
    changed = [name for name in release.names() if release.erase(name, is_erased)]
    for name in changed:
        progress(f"release {name} is rewritten without it")
    built = _from_warehouse(is_erased, progress)
    centers = {line.center_id for line in lines}
    return Erased(rows, tuple(changed), built, tuple(_unsearched(centers)))


def _unsearched(centers: Iterable[str]) -> list[str]:
    """The releases older than an exchange of pseudonyms by a version that kept no digests."""
    known = select(FORMER_NAME.c.rekeying_id)
    query = select(func.max(REKEYING.c.rekeying_id)).where(
        REKEYING.c.center_id.in_(centers), REKEYING.c.rekeying_id.not_in(known)
    )
    with engine("mst_reader").begin() as session:
        last: int = session.execute(query).scalar_one() or 0
    return [n for n in release.names() if release.manifest(n).get("last_rekeying", 0) < last]


def _from_warehouse(is_erased: Callable[[str, str], bool], progress: Progress) -> tuple[str, ...]:
    """Builds that hold an erased case go; if one was served, a new one is made of its release."""
    found = builds.holding(home(), is_erased)
    try:
        served = builds.served(home())
        if served is not None and served.folder in found and served.release in release.names():
            progress(f"building the warehouse anew from {served.release}")
            warehouse.build(release.folder(served.release), home(), progress=progress)
    finally:
        builds.remove(home(), found)
    return tuple(path.name for path in found)


def _present(line: Line) -> list[str]:
    """The cases in the database that are the one of the line."""
    tables = [f"crf.{form}" for form in FORMS if form != "center"]
    tables += [f"registry.{table}" for table in _OF_CASES]
    return _known(
        line, *(f"select case_id from {table} where center_id = :center" for table in tables)
    )


def _in_receipts(line: Line) -> list[str]:
    """The same of the receipts, which keep the names that cases had."""
    names = "select jsonb_object_keys(receipt -> 'cases') from registry.receipt"
    return _known(line, f"{names} where center_id = :center")


def _known(line: Line, *queries: str) -> list[str]:
    with engine("mst_reader").begin() as session:
        query = text(" union ".join(queries))
        named: Iterable[str] = session.execute(query, {"center": line.center_id}).scalars()
        return [case for case in named if case and digest(line.center_id, case) == line.case_hmac]


def _from_database(lines: Sequence[Line], case_id: str) -> int:
    """All in one transaction; the ledger is written last, when nothing can be refused any more.

    The first line is the case, the others the names it had before.
    """
    line = lines[0]
    before = {n for one in lines[1:] for n in (*_present(one), *_in_receipts(one))}
    names = [case_id, *sorted(before)]
    counts: Counter[str] = Counter()
    with engine("mst_owner").begin() as session:
        lock_for_commit(session)
        with past_policies(session):
            for name in names:
                about = {"center": line.center_id, "case": name}
                _redact_receipts(session, about)
                counts.update(dict(_deleted(session, about)))
                _redact_texts(session, about)
            if not counts:
                raise ConflictError(_UNKNOWN if line.case_hmac not in _erased() else _ERASED_BEFORE)
            for each in lines:
                session.execute(
                    insert(ERASURE).values(
                        center_id=each.center_id, case_hmac=each.case_hmac, actor=each.actor,
                        at=datetime.fromisoformat(each.at), reason=each.reason,
                        counts=counts if each is line else {},
                    )
                )  # fmt: skip
        for name in names:
            about = {"center": line.center_id, "case": name}
            session.execute(text("select audit.forget(:center, :case)"), about)
        enter(session, "erase a case", center_id=line.center_id, detail=line.reason)
        for each in lines:
            write_down(each)
    return sum(counts.values())


def _deleted(session: Connection, about: dict[str, str]) -> Iterator[tuple[str, int]]:
    """How many rows each table lost."""
    of_queries = "query_id in (select query_id from registry.query where center_id = :center and case_id = :case)"
    statements = {"query_event": f"delete from registry.query_event where {of_queries}"}
    tables = {form: f"crf.{form}" for form in FORMS if form != "center"}
    tables |= {table: f"registry.{table}" for table in _OF_CASES}
    for name, table in tables.items():
        statements[name] = f"delete from {table} where center_id = :center and case_id = :case"
    for name, statement in statements.items():
        key = "event_id" if name == "query_event" else "center_id"
        gone: Sequence[object] = session.execute(
            text(f"{statement} returning {key}"), about
        ).scalars().all()  # fmt: skip
        if name == "query_event":
            # they do not name the case, so the audit of them is forgotten by their numbers
            _forget(session, "registry.query_event", gone)
        if gone:
            yield name, len(gone)


def _forget(session: Connection, entity: str, numbers: Iterable[object]) -> None:
    session.execute(
        text("select audit.forget_rows(:entity, :numbers)"),
        {"entity": entity, "numbers": [str(number) for number in numbers]},
    )


def _word(case_id: str) -> str:
    """The case in a sentence: P1-A is another one. The pattern is the same to PostgreSQL and to Python."""
    return rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9][_-]){re.escape(case_id)}(?![_-]*[A-Za-z0-9])"


def _word_of_file(case_id: str) -> str:
    """The case in what a file is called, where _ and - stand between words: P1_may.csv names P1."""
    return rf"(?<![A-Za-z0-9]){re.escape(case_id)}(?![A-Za-z0-9])"


def _redact_texts(session: Connection, about: dict[str, str]) -> None:
    case = about["case"]
    for table, key, column in _TEXTS:
        word = _word_of_file(case) if column in _OF_FILES else _word(case)
        named = f"center_id = :center and {column} ~ :word {_BY_RULE.get(table, '')}"
        given = {"center": about["center"], "word": word, "gone": _GONE}
        found = session.execute(text(f"select {key} from registry.{table} where {named}"), given)
        _forget(session, f"registry.{table}", found.scalars().all())
        session.execute(
            text(f"update registry.{table} set {column} = regexp_replace({column}, :word, :gone, 'g') "
                 f"where {named}"), given,
        )  # fmt: skip
    # a finding about several cases names them in what is folded under it
    session.execute(
        text("update registry.finding set consequences = '[]' where center_id = :center "
             "and jsonb_path_exists(consequences, '$.**.case_id ? (@ == $case)', "
             "jsonb_build_object('case', cast(:case as text)))"), about,
    )  # fmt: skip


def _redact_receipts(session: Connection, about: dict[str, str]) -> None:
    """Receipts that name the case are made anew without it, and signed anew; they say so themselves."""
    query = text(
        "select submission_id, receipt, array(select query_id from registry.query "
        "where center_id = :center and case_id = :case) as queries from registry.receipt "
        "where center_id = :center and (jsonb_exists(receipt -> 'cases', :case) "
        "or receipt ->> 'file_name' ~ :word)"
    )
    for row in session.execute(query, about | {"word": _word_of_file(about["case"])}).all():
        _forget(session, "registry.receipt", [row.submission_id])
        session.execute(
            text("update registry.receipt set receipt = cast(:made as jsonb) where submission_id = :s"),
            {"s": row.submission_id, "made": json.dumps(_redacted(row.receipt, about["case"], row.queries))},
        )  # fmt: skip


def _redacted(receipt: dict[str, Any], case_id: str, queries: Sequence[int]) -> dict[str, Any]:
    cases = {case: said for case, said in receipt.get("cases", {}).items() if case != case_id}
    kept = [a for a in receipt.get("answers", ()) if a["query_id"] not in queries]
    return sign({
        **receipt, "cases": cases, "answers": kept,
        "file_name": re.sub(_word_of_file(case_id), _GONE, receipt["file_name"]),
        "cases_erased": receipt.get("cases_erased", 0) + (case_id in receipt.get("cases", {})),
    })  # fmt: skip


def _erased() -> set[str]:
    return {line.case_hmac for line in ledger()}


def _require_clearing() -> None:
    """Raises NotReadyError if the owner's login may not do what `_vacuum` does."""
    with engine(None).connect() as session:
        login, may = session.execute(text(_MAY_CLEAR)).one()
    if not may:
        raise NotReadyError(
            f"The login {login} may not clear the disk of what is erased; nothing was erased. Name another in "
            "MST_OWNER_DATABASE_URL: a superuser, or the owner of the database, granted pg_checkpoint."
        )


def _vacuum() -> None:
    """Write the tables anew, so that no page holds a deleted row; and what the planner noted of values."""
    tables = [f"crf.{form}" for form in FORMS]
    tables += [f"registry.{t}" for t in (*_OF_CASES, "query_event", "receipt", "submission")]
    tables += ["audit.entry", "audit.change"]
    with engine(None).connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        for table in tables:
            session.execute(text(f"vacuum (full, analyze) {table}"))
        session.execute(text("vacuum full pg_catalog.pg_statistic"))
        session.execute(text("checkpoint"))
