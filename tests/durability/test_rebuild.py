"""A release is made again to the byte from what the database keeps; what stands in the way is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from click.testing import CliRunner

from registry import release
from registry.cli import app
from registry.deidentify.mapping import CasePair, RekeyMapping
from registry.erasure import erase
from registry.lifecycle.cases import reinstate, withdraw
from registry.rebuild import rebuild
from registry.rekey import rekey
from tests.durability.material import case, file
from tests.durability.tasks import upload

pytestmark = [pytest.mark.usefixtures("empty_database"), pytest.mark.requirement("REL-08")]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MST = typer.main.get_command(app)


@pytest.fixture(autouse=True)
def released(tmp_path: Path, empty_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release of three cases, one of them withdrawn."""
    monkeypatch.setattr("registry.release.home", lambda: tmp_path)
    assert send(tmp_path, case("A"), case("B"), case("C"))["status"] == "accepted"
    withdraw("C01", "C", actor="ada", reason="asked for it", at=NOW)
    release.create("cut")


def send(folder: Path, *cases: Any, **more: Any) -> Any:
    return upload(str(file(folder / "cases.json", *cases)), "C01", None, more)


def paths() -> dict[str, Path]:
    return {path.name: path for path in release.folder("cut").glob("*.parquet")}


def test_the_same_bytes_whatever_came_since(tmp_path: Path) -> None:
    before = {name: path.read_bytes() for name, path in paths().items()}
    send(tmp_path, case("A", weight_kg=61.5), case("D"), reason="entry error")
    withdraw("C01", "B", actor="ada", reason="asked for it", at=NOW)
    reinstate("C01", "C", actor="ada", reason="was an error", at=NOW)
    release.create("later")
    kept, later = (release.manifest(name)["files"] for name in ("cut", "later"))
    assert kept["patient.parquet"] != later["patient.parquet"]
    for path in paths().values():
        path.unlink()
    found = rebuild("cut", repair=True)
    assert (found.differs, found.since) == ({}, ())
    assert set(found.put_back) == set(before)
    assert {name: path.read_bytes() for name, path in paths().items()} == before
    assert rebuild("cut", repair=True).put_back == ()


def test_a_file_that_was_changed_is_put_back_only_when_asked() -> None:
    path = paths()["patient.parquet"]
    path.chmod(0o600)
    path.write_bytes(b"other")
    assert rebuild("cut").differs == {}
    assert release.verify("cut") == ["patient.parquet was changed"]
    assert rebuild("cut", repair=True).put_back == ("patient.parquet",)
    assert release.verify("cut") == []


def test_without_an_erased_case_it_is_what_its_manifest_says_now() -> None:
    was = release.manifest("cut")["files"]["patient.parquet"]
    erase("C01", "B", actor="stella", reason="asked to be forgotten", at=NOW)
    found = rebuild("cut")
    assert found.differs == {}
    assert found.since == (
        "1 erased from it since: it is as its manifest says now, and as it first was it can not be made again",
    )
    assert release.manifest("cut")["files"]["patient.parquet"] != was


def test_exchanged_pseudonyms_are_named_and_nothing_is_put_back() -> None:
    pair = CasePair("A", "NA", {"donor": (), "collection": (), "aliquot": ()})
    rekey(RekeyMapping("C01", "rotation", "a", "b", (pair,)), "C01", actor="ada", at=NOW)
    paths()["genetics.parquet"].unlink()
    found = rebuild("cut", repair=True)
    assert found.put_back == ()
    assert found.differs["patient.parquet"] == "1 rows only in the release, 1 only in the database"
    assert "lost or changed" in found.differs["genetics.parquet"]
    assert "center.parquet" not in found.differs
    assert found.since == (
        "1 exchanges of pseudonyms since: the old ones are kept nowhere, so rows of those centers differ",
    )
    told = CliRunner().invoke(MST, ["release", "rebuild", "cut"])
    assert told.exit_code == 2
    assert "patient.parquet: 1 rows only in the release" in told.output


def say(**words: Any) -> None:
    path = release.folder("cut") / release.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | words))


def test_a_release_of_another_registry_or_version_is_named() -> None:
    files = release.manifest("cut")["files"]
    say(arrow_version="1.2")
    (words,) = rebuild("cut").since
    assert words.startswith("made with the writer of Parquet 1.2, and this is ")
    told = CliRunner().invoke(MST, ["release", "rebuild", "cut"])
    assert (told.exit_code, "rebuilt to the byte" in told.output) == (0, True)
    say(files={"old.parquet": "0", **{k: v for k, v in files.items() if k != "kir.parquet"}})
    assert rebuild("cut").differs == {
        "kir.parquet": "the release has no such file",
        "old.parquet": "this version of the registry has no such file",
    }
    say(last_submission=99)
    with pytest.raises(release.ReleaseError, match="Restore a backup made after it first"):
        rebuild("cut")


def damage(path: Path, content: str | None) -> None:
    path.chmod(0o600)
    if content is None:
        path.unlink()
    else:
        path.write_text(content)


@pytest.mark.parametrize(
    ("content", "said"), [("{", "damaged"), ("[]", "damaged"), ("{}", "damaged"), (None, "lost")]
)
def test_a_release_without_its_manifest_is_named_and_the_others_are_listed(
    content: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.audit.anchors.home", lambda: tmp_path)
    release.create("whole")
    damage(release.folder("cut") / release.MANIFEST, content)
    words = f"The manifest of release cut is {said}"
    told = CliRunner().invoke(MST, ["release", "list", "--format", "json"])
    assert (told.exit_code, [r["name"] for r in json.loads(told.stdout)]) == (2, ["whole"])
    assert words in told.stderr
    assert "tar xOf BACKUP releases/cut/manifest.json" in told.stderr
    erase_b = ["erase", "B", "--center", "C01", "--reason", "asked to be forgotten", "--yes"]
    for command in (["release", "verify", "cut"], ["release", "rebuild", "cut", "--repair"],
                    ["build", "cut"], ["release", "publish", "cut"], erase_b):  # fmt: skip
        told = CliRunner().invoke(MST, command)
        assert (told.exit_code, "cut" in told.stderr) == (2, True), command
    # nothing was erased from the others either
    assert "B" in pq.read_table(release.folder("whole") / "patient.parquet")["case_id"].to_pylist()
    if content in ("{", "[]"):
        told = CliRunner().invoke(MST, ["audit", "verify"])
        assert (told.exit_code, words in told.stderr) == (2, True)


def test_a_release_without_its_patients_is_named_and_the_others_are_listed() -> None:
    release.create("whole")
    damage(paths()["patient.parquet"], "other")
    told = CliRunner().invoke(MST, ["release", "list", "--format", "json"])
    assert (told.exit_code, [r["name"] for r in json.loads(told.stdout)]) == (2, ["whole"])
    assert "mst release rebuild cut --repair puts it back" in told.stderr
