"""The whole content of the registry, comparable between two runs, and what no crash may leave in it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Table, select, text
from sqlmodel import SQLModel

from registry import audit, store
from registry.forms import FORMS
from registry.intake.signature import receipt_text, verify
from registry.schema import QUERY, SUBMISSION

# a transaction that did not end leaves gaps in these: their order counts, not their numbers
_NUMBERS = ("row_version", "submission_id", "query_id", "finding_id", "event_id", "rekeying_id")
_OF_ONE_RUN = ("received_at", "signature", "public_key_id", "audit")


def fingerprint() -> dict[str, str]:
    """A digest a table of crf and registry, of everything but times, signatures and numbers as such."""
    with store.engine(None).connect() as session:
        known = {
            "submission_id": _ranks(session, SUBMISSION, "submission_id"),
            "query_id": _ranks(session, QUERY, "query_id"),
        }
        tables = [t for t in SQLModel.metadata.sorted_tables if t.schema in ("crf", "registry")]
        return {str(table): _digest(session, table, known) for table in tables}


def _ranks(session: Connection, table: Table, name: str) -> dict[int, int]:
    found = session.execute(select(table.c[name]).order_by(table.c[name])).scalars()
    return {number: rank for rank, number in enumerate(found, start=1)}


def _digest(session: Connection, table: Table, known: Mapping[str, Mapping[int, int]]) -> str:
    numbers = {
        column.name: known.get(column.name) or _ranks(session, table, column.name)
        for column in table.columns
        if column.name in _NUMBERS
    }
    kept = [column for column in table.columns if not isinstance(column.type, DateTime)]
    rows = []
    for row in session.execute(select(*kept)).mappings():
        said = {name: _plain(value, known) for name, value in row.items()}
        said |= {name: ranks.get(row[name]) for name, ranks in numbers.items()}
        rows.append(json.dumps(said, sort_keys=True, default=str))
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def _plain(value: Any, known: Mapping[str, Mapping[int, int]]) -> Any:
    """Of a receipt, what does not depend on when it was written."""
    if not isinstance(value, dict) or "signature" not in value:
        return value
    kept = {name: said for name, said in value.items() if name not in _OF_ONE_RUN}
    of_submission = known["submission_id"].get
    return kept | {name: of_submission(kept[name]) for name in ("submission_id", "state")}


def faults_after_a_crash() -> list[str]:
    """What a crash must never leave, whatever was going on; empty if nothing of it is there."""
    with store.engine(None).connect() as session:
        found = {what: session.execute(text(q)).scalar_one() for what, q in _CHECKS.items()}
        sent = session.execute(select(SUBMISSION.c.center_id, SUBMISSION.c.submission_id)).all()
    faults = [f"{what}: {count}" for what, count in found.items() if count]
    faults += [f"receipt {number} is not valid" for c, number in sent if not _is_valid(c, number)]
    with store.engine(None).begin() as session:
        faults += [fault.message for fault in audit.verify(session)]
    return faults


def _is_valid(center: str, number: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipt.json"
        path.write_text(receipt_text(center, number) or "", encoding="utf-8")
        return not verify(path)


def lost(acknowledged: Iterable[int]) -> set[int]:
    """The submissions that a center was told of and that are not there."""
    with store.engine(None).connect() as session:
        return set(acknowledged) - set(
            session.execute(select(SUBMISSION.c.submission_id)).scalars()
        )


def _stored_rows() -> str:
    return " union all ".join(f'select submission_id from crf."{form}"' for form in FORMS)


def _repeated_versions() -> str:
    """How many versions say of a row what the version before said."""
    each = []
    for name, form in FORMS.items():
        key = ", ".join(f'"{column}"' for column in form.key())
        each.append(
            f"select content_sha256 = lag(content_sha256) over w and deleted = lag(deleted) over w "
            f'as again from crf."{name}" window w as (partition by {key} order by submission_id)'
        )
    return " union all ".join(each)


_CHECKS = {
    "submissions of fewer rows than their receipts say": (
        "select count(*) from registry.submission s left join registry.receipt r using (submission_id) "
        "where (r.receipt->>'rows')::int is distinct from (select coalesce(sum(c.row_count), 0) "
        "from registry.submission_case c where c.submission_id = s.submission_id)"
    ),
    "submissions of which not every accepted row is stored": (
        f"with stored as (select submission_id, count(*) as n from ({_stored_rows()}) as r group by 1) "
        "select count(*) from registry.receipt r left join stored s using (submission_id) "
        "where (r.receipt->>'accepted')::int <> coalesce(s.n, 0)"
    ),
    "rows stored without a submission": (
        f"select count(*) from ({_stored_rows()}) as r where submission_id not in "
        "(select submission_id from registry.submission)"
    ),
    "rows stored twice": f"select count(*) from ({_repeated_versions()}) as v where again",
    "accepted cases without a status": (
        "select count(*) from registry.submission_case c where decision = 'accepted' and not exists "
        "(select from registry.case_event e where e.center_id = c.center_id and e.case_id = c.case_id)"
    ),
    "queries without an event": (
        "select count(*) from registry.query q where not exists "
        "(select from registry.query_event e where e.query_id = q.query_id)"
    ),
    "broken pages": "select coalesce(sum(checksum_failures), 0) from pg_stat_database",
}
