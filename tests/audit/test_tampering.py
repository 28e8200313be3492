"""Whatever is done to the trail or to a row past it is found, and the first bad entry is named."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from registry.audit import Head, verify
from registry.audit.verify import digest
from tests.audit.trail import faults, flip_one_bit, lay, present_head, tampering

pytestmark = [
    pytest.mark.usefixtures("empty_database"),
    pytest.mark.requirement("AUD-03", "AUD-04"),
]


def test_an_untouched_trail_is_whole() -> None:
    lay()
    end = present_head()
    assert end.seq >= 14
    assert faults(end) == []


def _every_flip_is_found(times: int) -> None:
    lay()
    draw = random.Random(20_261_125)
    for _ in range(times):
        with tampering() as session:
            flip = flip_one_bit(session, draw)
            told = verify(session)
            assert told, flip
            # a number of an entry that changes tears a gap before it, where the fault is seen first
            first = told[0].seq
            assert first is None or first <= flip.seq or "entry_id" in flip.where, (flip, told[0])


def test_a_flipped_bit_is_found() -> None:
    _every_flip_is_found(60)


@pytest.mark.long
def test_500_flipped_bits_are_found() -> None:
    _every_flip_is_found(500)


@pytest.mark.parametrize("times", [12, pytest.param(100, marks=pytest.mark.long)])
def test_a_removed_entry_is_named(times: int) -> None:
    lay()
    last = present_head()
    draw = random.Random(7)
    for _ in range(times):
        seq = draw.randrange(1, last.seq)
        with tampering() as session:
            session.execute(text("delete from audit.entry where seq = :seq"), {"seq": seq})
            assert verify(session)[0].seq == seq
        with tampering() as session:
            gone = session.execute(text(
                "delete from audit.change where change_id = (select max(change_id) from audit.change "
                "where change_id <= :c) returning (select seq from audit.entry as e "
                "where e.entry_id = audit.change.entry_id)"), {"c": draw.randrange(1, 10_000)},
            ).scalar_one()  # fmt: skip
            assert gone in {fault.seq for fault in verify(session)}


def test_a_cut_end_is_found_by_an_end_that_was_kept() -> None:
    lay()
    kept = present_head()
    with tampering() as session:
        session.execute(text("delete from audit.entry where seq > :s"), {"s": kept.seq - 10})
        assert "lost the entry" in verify(session)[0].message
        session.execute(text(
            "delete from audit.change as c where not exists (select from audit.entry as e "
            "where e.entry_id = c.entry_id)"))  # fmt: skip
        told = verify(session, [kept])
        assert told[0].seq == kept.seq - 9
        assert "cut" in told[0].message


def test_a_chain_made_anew_is_found_by_an_end_that_was_kept() -> None:
    lay()
    kept, middle = present_head(), 10
    with tampering() as session:
        before = session.execute(
            text("select encode(hash, 'hex') from audit.entry where seq = :s"), {"s": middle - 1}
        ).scalar_one()
        session.execute(
            text("update audit.entry set actor = 'somebody' where seq = :s"), {"s": middle}
        )
        assert verify(session)[0].seq == middle
        _chain_anew(session, middle, before)
        assert verify(session) == []  # it proves itself, as a chain made by the rules does
        assert verify(session, [kept])[0].seq == kept.seq
        assert "made anew" in verify(session, [kept])[0].message


def _chain_anew(session: object, first: int, before: str) -> None:
    rows = session.execute(text(  # type: ignore[attr-defined]
        "select seq, entry_id, (extract(epoch from at) * 1000000)::bigint as at_us, actor, role, channel, "
        "action, center_id, changes, encode(changes_sha256, 'hex') as c, "
        "encode(detail_sha256, 'hex') as d from audit.entry where seq >= :s order by seq"), {"s": first},
    ).all()  # fmt: skip
    for row in rows:
        after = digest(*row[:9], row.c, row.d, before)
        session.execute(text(  # type: ignore[attr-defined]
            "update audit.entry set previous = decode(:b, 'hex'), hash = decode(:h, 'hex') where seq = :s"),
            {"b": before, "h": after, "s": row.seq})  # fmt: skip
        before = after


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update crf.patient set weight_kg = 61 where weight_kg = 60", "altered"),
        ("update crf.patient set case_id = 'P2' where weight_kg = 60", "altered"),
        ("delete from crf.patient where weight_kg = 60", "gone"),
        ("insert into registry.case_event (center_id, case_id, event, status, actor, role, at) "
         "values ('C01', 'P1', 'x', 'clean', 'a', 'b', now())", "past the audit"),
        ("update registry.role_grant set role = 'administrator'", "altered"),
        ("alter table crf.patient disable trigger audit_added", "not watched"),
        ("drop trigger audit_removed on registry.query", "not watched"),
    ],
)  # fmt: skip
def test_a_row_changed_past_the_trail_is_found(statement: str, words: str) -> None:
    lay()
    with tampering() as session:
        session.execute(text(statement))
        told = verify(session)
        assert len(told) == 1
        assert words in told[0].message


def test_another_registrys_end_is_no_end_of_this_one() -> None:
    lay()
    end = present_head()
    assert faults(Head(end.seq, "0" * 64))[0].seq == end.seq
    assert "cut" in faults(Head(end.seq + 5, end.hash))[0].message
