"""An upload may die at any moment, and so may what it rests on: what a center was told is stored, nothing
is half there, nothing is there twice, and sending it again ends as if nothing had happened."""

from __future__ import annotations

import random
import time
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from registry import store
from registry.schema import SUBMISSION
from tests.durability import tasks
from tests.durability.conftest import empty
from tests.durability.material import usual
from tests.durability.nursery import Fate, Nursery, end_backends, kill_server
from tests.durability.state import faults_after_a_crash, fingerprint, lost

_SUBMIT, _COMMIT = "registry.intake.submit", "registry.intake.commit"
_TRANSACTION = "psycopg:Connection.commit"
STEPS = {
    "before the file is read": Fate(f"{_SUBMIT}:reader.read", "before"),
    "the file is read": Fate(f"{_SUBMIT}:reader.read"),
    "its rows are staged": Fate(f"{_SUBMIT}:stage"),
    "its cases are judged": Fate(f"{_SUBMIT}:assess"),
    "the lock is taken": Fate(f"{_SUBMIT}:lock_for_commit"),
    "the submission has its number": Fate(f"{_COMMIT}:_number"),
    "findings are written": Fate(f"{_COMMIT}:_store_findings"),
    "some of the rows are written": Fate(f"{_COMMIT}:add_rows"),
    "queries are written": Fate(f"{_COMMIT}:sync"),
    "the key for receipts is half made": Fate("registry.intake.signature:os.link", "before"),
    "the receipt is signed": Fate(f"{_COMMIT}:sign"),
    "before COMMIT": Fate(_TRANSACTION, "before", since=f"{_SUBMIT}:commit"),
    "after COMMIT": Fate(_TRANSACTION, since=f"{_SUBMIT}:commit"),
    "before the answer": Fate(f"{_SUBMIT}:_through"),
}
_STORED, _AGAIN = "partly held", "already received"
_LOST = "The connection to the database was lost: either everything was stored or nothing."
_UNREACHED = "The database cannot be reached; nothing was stored."


@cache
def undisturbed(nursery: Nursery, folder: Path, files: int) -> dict[str, str]:
    """The state after so many files that nobody disturbs."""
    empty(Path(nursery.home))
    sent = [(str(usual(folder, n)), f"key {n}") for n in range(files)]
    for some in (sent[n : n + 20] for n in range(0, files, 20)):  # within the patience of one run
        assert nursery.run(tasks.uploads, some, "C01").value == [_STORED] * len(some)
    return fingerprint()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def send(nursery: Nursery, files: Path, number: int, **fate: object):  # type: ignore[no-untyped-def]
    return nursery.run(tasks.upload, str(usual(files, number)), "C01", f"key {number}", **fate)  # type: ignore[arg-type]


def submissions() -> int:
    with store.engine(None).connect() as session:
        count: int = session.execute(select(func.count()).select_from(SUBMISSION)).scalar_one()
    return count


@pytest.mark.requirement("REL-01", "REL-02", "REL-14")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_and_sent_again(nursery: Nursery, files: Path, step: str) -> None:
    expected = undisturbed(nursery, files, 1)
    empty(Path(nursery.home))
    assert send(nursery, files, 0, fate=STEPS[step]).killed
    assert submissions() == (step in ("after COMMIT", "before the answer"))
    assert faults_after_a_crash() == []
    retried = send(nursery, files, 0).value
    assert retried["status"] == (
        _AGAIN if step in ("after COMMIT", "before the answer") else _STORED
    )
    assert fingerprint() == expected
    assert faults_after_a_crash() == []


def killed_at_random(nursery: Nursery, files: Path, kills: int) -> None:
    expected = undisturbed(nursery, files, kills)
    empty(Path(nursery.home))
    draw, told, died = random.Random(kills), [], 0
    seconds = 1.0
    for number in range(kills):
        end = send(nursery, files, number, kill_after=draw.uniform(0, 1.2 * seconds))
        died += end.killed
        began = time.monotonic()
        again = send(nursery, files, number).value
        seconds = (seconds + time.monotonic() - began) / 2
        assert again["status"] in ((_STORED, _AGAIN) if end.killed else (_AGAIN,))
        told += [receipt["submission_id"] for receipt in (end.value, again) if receipt]
    assert died > kills / 2
    assert lost(told) == set()
    assert submissions() == kills
    assert faults_after_a_crash() == []
    assert fingerprint() == expected


@pytest.mark.requirement("REL-01")
def test_ten_kills_at_random_moments(nursery: Nursery, files: Path) -> None:
    killed_at_random(nursery, files, 10)


@pytest.mark.long
@pytest.mark.requirement("REL-01")
def test_two_hundred_kills_at_random_moments(nursery: Nursery, files: Path) -> None:
    killed_at_random(nursery, files, 200)


@pytest.mark.requirement("REL-01", "REL-13")
@pytest.mark.parametrize("victim", ["backend terminated", "backend killed", "server"])
def test_the_database_dies_in_the_middle_of_storing(
    nursery: Nursery, files: Path, victim: str
) -> None:
    expected = undisturbed(nursery, files, 1)
    empty(Path(nursery.home))
    fate = Fate(f"{_COMMIT}:add_rows", victim=victim)  # type: ignore[arg-type]
    told = send(nursery, files, 0, fate=fate).trouble
    assert told is not None
    assert told.startswith(_LOST)
    again = sent_until_taken(nursery, files, 0)
    assert again["status"] == _STORED
    assert fingerprint() == expected
    assert faults_after_a_crash() == []


def sent_until_taken(nursery: Nursery, files: Path, number: int):  # type: ignore[no-untyped-def]
    """As a script does that sees exit code 5: the database is back in a moment."""
    for _ in range(50):
        store.owner_url()  # whoever asks for the embedded server starts it again
        end = send(nursery, files, number)
        if end.value:
            return end.value
        assert (end.trouble or "").startswith((_LOST, _UNREACHED))
        time.sleep(0.2)
    raise AssertionError("the database does not come back")


@pytest.mark.long
@pytest.mark.requirement("REL-01")
def test_fifty_backends_and_five_servers_killed_at_random(nursery: Nursery, files: Path) -> None:
    expected = undisturbed(nursery, files, 55)
    empty(Path(nursery.home))
    draw, told = random.Random(55), []
    for number in range(55):
        life = nursery.start(tasks.upload, str(usual(files, number)), "C01", f"key {number}")
        time.sleep(draw.uniform(0, 1.2))
        if number % 11 == 10:
            kill_server(Path(nursery.home))
        else:
            end_backends(nursery.url, gently=number % 2 == 0)
        end = life.end()
        assert end.value or end.trouble
        again = sent_until_taken(nursery, files, number)
        told += [receipt["submission_id"] for receipt in (end.value, again) if receipt]
    assert lost(told) == set()
    assert submissions() == 55
    assert faults_after_a_crash() == []
    assert fingerprint() == expected
