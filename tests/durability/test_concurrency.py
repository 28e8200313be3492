"""Many at once: one is stored and the others hear of it; nobody overwrites what they have not seen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from registry import store
from registry.lifecycle.cases import case_list
from registry.queries import queries
from registry.schema import QUERY_EVENT, SUBMISSION
from tests.durability import tasks
from tests.durability.material import case, file
from tests.durability.nursery import Nursery
from tests.durability.state import faults_after_a_crash

_AT_ONCE, _OTHERS = 16, 2


def count(table) -> int:  # type: ignore[no-untyped-def]
    with store.engine(None).connect() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def uploads_at_once(nursery: Nursery, folder: Path, keys: int) -> None:
    """Sixteen send at once under each key, two of them another file; then all one file without a key."""
    paths = [str(file(folder / f"{n}.json", case(f"A{n}"))) for n in range(1 + 2 * keys)]
    sent = []
    for sender in range(_AT_ONCE):
        offset = 1 + keys * (sender < _OTHERS)
        files = [(paths[offset + n], f"key {n}") for n in range(keys)]
        sent.append(([*files, (paths[0], None)], "C01"))
    told = nursery.together(tasks.rounds, sent)
    *keyed, plain = zip(*told, strict=True)
    for answers in keyed:
        (winner,) = (n for n, (status, _) in enumerate(answers) if status == "accepted")
        same = range(_OTHERS) if winner < _OTHERS else range(_OTHERS, _AT_ONCE)
        number = answers[winner][1]
        for sender, answer in enumerate(answers):
            if sender != winner:
                assert answer == (
                    ("already received", number) if sender in same else ("conflict", None)
                )
    assert Counter(status for status, _ in plain) == {
        "accepted": 1, "already received": _AT_ONCE - 1,
    }  # fmt: skip
    assert len({number for _, number in plain}) == 1
    assert count(SUBMISSION) == keys + 1
    assert faults_after_a_crash() == []


@pytest.mark.requirement("UPL-16", "REL-14")
def test_sixteen_uploads_at_once(nursery: Nursery, tmp_path: Path) -> None:
    uploads_at_once(nursery, tmp_path, 1)


@pytest.mark.long
@pytest.mark.requirement("UPL-16")
def test_sixteen_uploads_at_once_under_each_of_twenty_keys(
    nursery: Nursery, tmp_path: Path
) -> None:
    uploads_at_once(nursery, tmp_path, 20)


def two_coordinators(nursery: Nursery, folder: Path, changes: int) -> None:
    """Both look at the case, then both change it: one is stored, the other sees both values."""
    nursery.run(tasks.upload, str(file(folder / "first.json", case("A"))), "C01", None)
    before = 61.5
    for first in range(0, changes, 50):  # within the patience of one run
        some = list(range(first, min(first + 50, changes)))
        told = nursery.together(tasks.amend, [(str(folder), who, some) for who in range(2)])
        for answers in zip(*told, strict=True):
            (first_status, taken, _), (second_status, refused, why) = sorted(answers)
            assert (first_status, second_status) == ("accepted", "conflict"), why
            ((old, new),), ((seen, _),) = taken, refused
            assert old == before
            assert seen == new
            before = new
    assert faults_after_a_crash() == []


@pytest.mark.requirement("UPL-17")
def test_two_coordinators_on_one_case(nursery: Nursery, tmp_path: Path) -> None:
    two_coordinators(nursery, tmp_path, 5)


@pytest.mark.long
@pytest.mark.requirement("UPL-17")
def test_two_coordinators_five_hundred_times(nursery: Nursery, tmp_path: Path) -> None:
    two_coordinators(nursery, tmp_path, 500)


def writers(nursery: Nursery, folder: Path, cases_each: int) -> None:
    """Eight answer queries and withdraw cases, a transaction each."""
    everyone = range(8 * cases_each)
    cases = [case(f"B{n}", weight_kg=212.0) for n in everyone] + [case(f"A{n}") for n in everyone]
    sent = nursery.run(tasks.upload, str(file(folder / "many.json", *cases)), "C01", None).value
    assert sent["status"] == "accepted"
    asked = [query.query_id for query in queries("C01")]
    assert len(asked) == 2 * len(everyone)
    events = count(QUERY_EVENT)
    shares = [
        (asked[writer::8], [f"A{n}" for n in everyone if n % 8 == writer]) for writer in range(8)
    ]
    told = [word for words in nursery.together(tasks.work_through, shares) for word in words]
    assert Counter(told) == {"taken": len(asked), "withdrawn": len(everyone)}
    assert count(QUERY_EVENT) == events + len(asked)
    assert {query.status for query in queries("C01")} == {"answered"}
    stood = Counter(each.status for each in case_list("C01"))
    assert stood == {"withdrawn": len(everyone), "in query": len(everyone)}
    assert faults_after_a_crash() == []


@pytest.mark.requirement("REL-03")
def test_eight_writers_of_small_transactions(nursery: Nursery, tmp_path: Path) -> None:
    writers(nursery, tmp_path, 2)


@pytest.mark.long
@pytest.mark.requirement("REL-03")
def test_eight_writers_of_two_hundred_transactions_each(nursery: Nursery, tmp_path: Path) -> None:
    writers(nursery, tmp_path, 67)
