"""A release is of one moment and whole, whatever is stored or killed while it is written."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from registry import release
from registry.deidentify.mapping import CasePair, RekeyMapping
from registry.files import TakenError, only_one
from registry.rekey import rekey
from tests.durability import tasks
from tests.durability.material import usual
from tests.durability.nursery import Fate, Nursery

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = {
    "some forms are written": Fate("registry.release:_write", nth=5),
    "the manifest is written": Fate("registry.release:write_json"),
    "before it gets its name": Fate("pathlib:Path.rename", "before"),
    "it has its name": Fate("pathlib:Path.rename"),
}


def cases(name: str, form: str) -> set[str]:
    return set(pq.read_table(release.folder(name) / f"{form}.parquet")["case_id"].to_pylist())


@pytest.fixture
def stored(nursery: Nursery, tmp_path: Path) -> Nursery:
    nursery.run(tasks.upload, str(usual(tmp_path, 0)), "C01", None)
    return nursery


@pytest.mark.requirement("REL-02")
def test_a_release_killed_at_a_step_is_whole_or_not_there(stored: Nursery) -> None:
    made = []
    for number, (step, fate) in enumerate(STEPS.items()):
        name = f"r{number}"
        assert stored.run(tasks.release, name, fate=fate).killed, step
        made += [name] if step == "it has its name" else []
        assert release.names() == made
        if step != "it has its name":
            stored.run(tasks.release, name)
            made.append(name)
        assert release.verify(name) == []
        assert cases(name, "patient") == cases(name, "diagnosis") == {"A0", "B0"}
    release.create("last")
    folders = {path.name for path in release.folder("last").parent.iterdir()}
    assert folders == {*made, "last", ".lock"}


@pytest.mark.requirement("REL-13")
def test_two_releases_at_once_are_one_and_a_word(stored: Nursery) -> None:
    with only_one(release.folder("r").parent / ".lock", ""), pytest.raises(TakenError) as told:
        release.create("r")
    assert "Another release is being written" in str(told.value)
    assert release.create("r")["counts"]["patient"] == 2


@pytest.mark.requirement("REL-09")
def test_pseudonyms_exchanged_meanwhile_are_all_old_or_all_new(stored: Nursery) -> None:
    pairs = tuple(
        CasePair(old, f"N{old}", {"donor": (), "collection": (), "aliquot": ()})
        for old in ("A0", "B0")
    )
    mapping = RekeyMapping("C01", "rotation", "a", "b", pairs)
    exchange = threading.Thread(target=lambda: rekey(mapping, "C01", actor="ada", at=NOW))

    def meanwhile(message: str) -> None:
        if message == "writing diagnosis":
            exchange.start()
            exchange.join(1)

    release.create("old", progress=meanwhile)
    exchange.join()
    release.create("new")
    for form in ("patient", "diagnosis", "genetics", "followup"):
        assert cases("old", form) == {"A0", "B0"}
        assert cases("new", form) == {"NA0", "NB0"}


def released_while_sent(nursery: Nursery, folder: Path, releases: int) -> None:
    """Every release holds what was acknowledged up to some moment, whole."""
    sent = [(str(usual(folder, n)), f"key {n}") for n in range(1, releases + 1)]
    writer = nursery.start(tasks.uploads, sent, "C01")
    before = 0
    for number in range(releases):
        made = release.create(f"during {number}".replace(" ", "-"))
        held = made["counts"]["patient"]
        assert held == 2 * made["last_submission"]
        assert held >= before
        before = held
        for form in ("diagnosis", "followup"):
            assert cases(made["name"], form) == cases(made["name"], "patient")
    assert writer.end().value == ["partly held"] * releases


@pytest.mark.requirement("REL-09")
def test_releases_while_files_are_sent(stored: Nursery, tmp_path: Path) -> None:
    released_while_sent(stored, tmp_path, 4)


@pytest.mark.long
@pytest.mark.requirement("REL-09")
def test_two_hundred_releases_while_files_are_sent(stored: Nursery, tmp_path: Path) -> None:
    released_while_sent(stored, tmp_path, 200)
