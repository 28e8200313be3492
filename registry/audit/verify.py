"""Holds the chain against itself, every row against the chain, and the chain against heads kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from registry.audit.enter import Head

_AT_ONCE = 10_000


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was entered. `seq` is the entry concerned, None if there is none."""

    seq: int | None
    message: str


def verify(session: Connection, anchors: Iterable[Head] = ()) -> list[Fault]:
    """What is wrong, the first bad entry first; empty if nothing is.

    The session must see everything: that of the role `mst_reader` or of the owner's login. `anchors` are heads
    that were kept outside the database; without one a cut end or a chain made anew cannot be seen.
    """
    session.execute(text("set local timezone = 'UTC'"))
    hashes: dict[int, str] = {}
    faults = list(_faults_of_chain(session, hashes))
    faults += _faults_of_anchors(anchors, hashes)
    faults += _faults_of_rows(session)
    return sorted(faults, key=lambda f: (f.seq is None, f.seq or 0))


_ENTRIES = """
select
    e.seq, e.entry_id, (extract(epoch from e.at) * 1000000)::bigint as at_us, e.actor, e.role, e.channel,
    e.action, e.center_id, e.changes, encode(e.changes_sha256, 'hex') as changes_sha256,
    encode(e.detail_sha256, 'hex') as detail_sha256, encode(e.previous, 'hex') as previous,
    encode(e.hash, 'hex') as hash, e.salt, e.case_id, e.detail, e.transaction,
    coalesce(c.changes, 0) as present_changes, c.leaves
from audit.entry as e
left join lateral (
    select
        count(*) as changes,
        string_agg(
            concat_ws(chr(31), change_id, entity, operation, coalesce(center_id, chr(30)),
                      encode(commitment, 'hex')),
            chr(29) order by change_id
        ) as leaves
    from audit.change as c
    where c.entry_id = e.entry_id
) as c on true
order by e.seq nulls last, e.entry_id
"""


_ORPHANS = """
select count(*) from audit.change as c
where not exists (select from audit.entry as e where e.entry_id = c.entry_id)
"""


def net(*parts: object) -> str:
    """The parts as one text that no other parts give: each with its length, a missing one as a dash."""
    return "".join("-," if p is None else f"{len(str(p).encode())}:{p}," for p in parts)


def digest(*parts: object) -> str:
    return sha256(net(*parts).encode()).hexdigest()


def _faults_of_chain(session: Connection, hashes: dict[int, str]) -> Iterator[Fault]:
    before: str | None = None
    expected = 1
    for entry in session.execute(text(_ENTRIES), execution_options={"yield_per": _AT_ONCE}):
        if entry.seq is None:
            yield Fault(None, f"Entry id {entry.entry_id} stands outside the chain.")
            continue
        if entry.seq != expected:
            yield Fault(expected, f"Entry {expected} is missing.")
        elif entry.previous != before:
            yield Fault(entry.seq, f"Entry {entry.seq} does not follow from the one before it.")
        yield from _faults_of_entry(entry)
        hashes[entry.seq] = before = entry.hash
        expected = entry.seq + 1
    orphans: int = session.execute(text(_ORPHANS)).scalar_one()
    if orphans:
        yield Fault(None, f"{orphans} changes have lost the entry they belong to.")


def _faults_of_entry(entry: Any) -> Iterator[Fault]:
    told = (
        entry.seq, entry.entry_id, entry.at_us, entry.actor, entry.role, entry.channel, entry.action,
        entry.center_id, entry.changes, entry.changes_sha256, entry.detail_sha256, entry.previous,
    )  # fmt: skip
    is_whole = entry.hash == digest(*told) and entry.transaction is None
    if not is_whole:
        yield Fault(entry.seq, f"Entry {entry.seq} was altered.")
    if (entry.present_changes, _leaves(entry.leaves)) != (entry.changes, entry.changes_sha256):
        yield Fault(entry.seq, f"The changes of entry {entry.seq} were altered.")
    # without its salt the detail was erased on purpose
    forgotten = (entry.salt, entry.case_id, entry.detail) == (None, None, None)
    if not forgotten and entry.detail_sha256 != digest(entry.salt, entry.case_id, entry.detail):
        yield Fault(entry.seq, f"The detail of entry {entry.seq} was altered.")


def _leaves(text_: str | None) -> str:
    told = ""
    for leaf in text_.split("\x1d") if text_ else ():
        parts: list[str | None] = [None if p == "\x1e" else p for p in leaf.split("\x1f")]
        told += net(*parts)
    return sha256(told.encode()).hexdigest()


def _faults_of_anchors(anchors: Iterable[Head], hashes: dict[int, str]) -> Iterator[Fault]:
    for anchor in sorted(set(anchors)):
        if anchor.seq not in hashes:
            last = max(hashes, default=0)
            yield Fault(
                last + 1, f"The chain was cut: it ends at {last}, and entry {anchor.seq} was known."
            )
        elif hashes[anchor.seq] != anchor.hash:
            yield Fault(
                anchor.seq,
                f"Entry {anchor.seq} is not the one that was known: the chain was made anew.",
            )


_WATCHED = """
select
    n.nspname || '.' || c.relname as entity,
    -- the arguments of a trigger are kept as bytes that each end in a zero
    convert_from(substring(t.tgargs for octet_length(t.tgargs) - 1), 'UTF8') as row_id
from pg_trigger as t
join pg_class as c on c.oid = t.tgrelid
join pg_namespace as n on n.oid = c.relnamespace
where t.tgname = 'audit_added' and t.tgenabled <> 'D'
order by 1
"""

# what changes of itself and proves nothing
UNWATCHED = ("registry.credential", "registry.session", "registry.sign_in", "registry.invitation")
_NOT_WATCHED = """
select n.nspname || '.' || c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('crf', 'registry') and c.relkind = 'r'
    and n.nspname || '.' || c.relname <> all (:unwatched)
    and 3 > (
        select count(*) from pg_trigger as t
        where t.tgrelid = c.oid and t.tgenabled <> 'D'
            and t.tgname in ('audit_added', 'audit_changed', 'audit_removed')
    )
order by 1
"""

# a row is held against the latest change that names it
_ROWS = """
with told as (
    select distinct on (row_id) row_id, change_id, entry_id, operation, commitment, salt, case_id
    from audit.change
    where entity = '{entity}' and row_id is not null
    order by row_id, change_id desc
),
present as (
    select concat_ws(':', {row_id}) as row_id, jsonb_strip_nulls(to_jsonb(t)) as body
    from {entity} as t
),
judged as (
    select
        told.entry_id,
        case
            when told.row_id is null then 'A row was added past the audit.'
            when told.operation = 'removed' and present.row_id is not null then 'A removed row came back.'
            when told.operation <> 'removed' and present.row_id is null then 'A row is gone.'
            when told.operation <> 'removed' and (
                told.commitment <> sha256(convert_to(
                    octet_length(told.salt::text) || ':' || told.salt || ','
                    || octet_length(told.row_id) || ':' || told.row_id || ','
                    || octet_length(present.body::text) || ':' || present.body || ',', 'UTF8'))
                or told.salt is null
                or told.case_id is distinct from present.body ->> 'case_id'
            ) then 'A row was altered.'
        end as fault
    from told full join present using (row_id)
)
select e.seq, j.fault, count(*) as rows
from judged as j left join audit.entry as e using (entry_id)
where j.fault is not null
group by 1, 2
order by 1, 2
"""


def _faults_of_rows(session: Connection) -> Iterator[Fault]:
    unwatched = session.execute(text(_NOT_WATCHED), {"unwatched": list(UNWATCHED)})
    name: str
    for name in unwatched.scalars():
        yield Fault(None, f"The table {name} is not watched any more.")
    for table in session.execute(text(_WATCHED)).all():
        found = session.execute(text(_ROWS.format(entity=table.entity, row_id=table.row_id)))
        for row in found:
            entry = f"entered by {row.seq}" if row.seq else "never entered"
            yield Fault(row.seq, f"{row.fault} ({table.entity}, {row.rows} rows, {entry})")
