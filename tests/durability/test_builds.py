"""The warehouse is swapped whole: readers never see a mixture, a build that dies changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from registry import release
from registry.duck import open_locked, open_served, served_folder, standing
from registry.files import TakenError, only_one
from registry.warehouse import build
from tests.durability import tasks
from tests.durability.nursery import Fate, Nursery
from tests.queries.material import upload

_PUBLIC = Path(__file__).resolve().parents[2] / "dashboards" / "public" / "app.py"
_BUILD, _SHELF = "registry.warehouse.build", "registry.warehouse.shelf"
SWAP_STEPS = {
    "before the build has its place": (Fate(f"{_SHELF}:put", "before"), 1),
    "the build has its place": (Fate(f"{_SHELF}:put"), 1),
    "before the pointer is exchanged": (Fate("pathlib:Path.replace", "before"), 1),
    "the pointer is exchanged": (Fate("pathlib:Path.replace"), 2),
    "old builds are removed": (Fate(f"{_SHELF}:clear", "before"), 2),
}


@pytest.fixture
def root(nursery: Nursery) -> Path:
    return Path(nursery.home) / "warehouse"


def served(root: Path) -> int:
    with open_served(root / "current.json", "analyst") as connection:
        (found,) = connection.execute("select max(n) from one").fetchall()
    return int(found[0])


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


@pytest.mark.requirement("REL-02", "REL-05")
@pytest.mark.parametrize("step", SWAP_STEPS)
def test_a_swap_killed_at_a_step_serves_the_old_or_the_new(
    nursery: Nursery, root: Path, step: str
) -> None:
    fate, expected = SWAP_STEPS[step]
    nursery.run(tasks.shelve, "r", 1)
    assert nursery.run(tasks.shelve, "r", 2, fate=fate).killed
    assert served(root) == expected
    for number in (3, 4, 5):
        nursery.run(tasks.shelve, "r", number)
        assert served(root) == number
    assert len(folders(root)) == 3
    assert not [path for path in root.rglob(".*") if path.name != ".lock"]
    assert not list(root.rglob("*.wal"))


def swapped_under_readers(nursery: Nursery, readers: int, swaps: int) -> None:
    nursery.run(tasks.shelve, "swapped", 1)
    done = nursery.event()
    looking = [nursery.start(tasks.look, done) for _ in range(readers)]
    nursery.start(tasks.swap, done, swaps).end()
    for life in looking:
        seen: list[tuple[int, ...]] = life.end().value
        assert len(seen) >= 2
        assert all(len(set(numbers)) == 1 for numbers in seen), "a mixture"
        assert [n for n, *_ in seen] == sorted(n for n, *_ in seen), "going back"
        assert seen[-1][0] == swaps


@pytest.mark.requirement("REL-05", "REL-06")
def test_ten_swaps_under_two_readers(nursery: Nursery) -> None:
    swapped_under_readers(nursery, 2, 10)


@pytest.mark.long
@pytest.mark.requirement("REL-05", "REL-06")
def test_a_hundred_swaps_under_four_readers(nursery: Nursery) -> None:
    swapped_under_readers(nursery, 4, 100)


@pytest.mark.requirement("REL-06")
def test_who_reads_an_old_build_may_finish(nursery: Nursery, root: Path) -> None:
    nursery.run(tasks.shelve, "r", 1)
    first = served_folder(root / "current.json")
    with open_locked(first / "analyst.duckdb") as old:
        for number in (2, 3, 4):
            nursery.run(tasks.shelve, "r", number)
        assert not first.exists()
        assert old.execute("select max(n), count(*) from one").fetchall() == [(1, 1)]
        assert served(root) == 4


@pytest.mark.requirement("REL-13")
def test_two_builds_at_once_are_one_and_a_word(root: Path, tmp_path: Path) -> None:
    with only_one(root / ".lock", ""), pytest.raises(TakenError, match="Another build is running"):
        build(tmp_path, root.parent, progress=lambda _: None)
    assert not (root / "current.json").exists()


def public_page(root: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MST_PUBLIC_POINTER", str(root / "current.json"))
    page = AppTest.from_file(str(_PUBLIC), default_timeout=60).run()
    assert not page.exception
    return page


@pytest.mark.long
@pytest.mark.requirement("REL-02", "REL-07")
def test_a_build_that_fails_or_dies_leaves_the_last_one_serving_with_its_age(
    nursery: Nursery, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str) -> str:
        return build(release.folder(name), root.parent, progress=lambda _: None).build_id

    upload([], cases=("A0",))
    for name in ("first", "second", "third"):
        release.create(name, at=tasks.NOW)
    assert made("first") == "first-001"
    page = public_page(root, monkeypatch)
    assert any(
        c.value.startswith("Release first, data of 2026-03-01, built ") for c in page.caption
    )
    assert not page.warning

    assert nursery.run(tasks.build, "second", fate=Fate(f"{_BUILD}:_attach_raw")).killed
    assert standing(root / "current.json").release == "first"
    (told,) = public_page(root, monkeypatch).warning
    assert "of release second" in told.value
    assert "has not come to its end" in told.value
    assert "the last good one" in told.value

    broken = release.folder("second") / "drug.parquet"
    broken.chmod(0o600)
    broken.write_bytes(b"no Parquet")
    with pytest.raises(pa.ArrowInvalid):
        made("second")
    assert "a fault of the registry" in public_page(root, monkeypatch).warning[0].value
    assert folders(root) == ["first-001"]

    assert made("third") == "third-002"
    assert not public_page(root, monkeypatch).warning
    assert folders(root) == ["first-001", "third-002"]
    assert (
        json.loads((root / "current.json").read_text())["data_cut"] == "2026-03-01T12:00:00+00:00"
    )
