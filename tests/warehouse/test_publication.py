"""A release reaches the public by a named person's approval, and only as far as it changed enough."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from registry import publication
from registry.disclosure import Fate
from registry.duck import NoWarehouseError, open_served
from registry.publication import PublicationError, UnchangedError
from registry.warehouse import Build

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def place(built: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder that serves the build of all warehouse tests."""
    monkeypatch.setenv("MST_HOME", str(tmp_path))
    root = tmp_path / "warehouse"
    shutil.copytree(built.folder, root / built.build_id)
    (root / "current.json").write_text(
        json.dumps({"build": built.build_id, "release": built.release})
    )
    release = tmp_path / "releases" / built.release
    release.mkdir(parents=True)
    (release / "manifest.json").write_text(
        json.dumps(
            {"created_at": AT.isoformat(), "consensus_version": "2023.1", "code_version": "1"}
        )
    )
    return tmp_path


def publish(place: Path, release: str = "everything", **more: object) -> dict[str, object]:
    return publication.publish(place, release, approver="Ada", at=AT, **more)  # type: ignore[arg-type]


def steward(place: Path, statement: str) -> None:
    with duckdb.connect(str(next((place / "warehouse").glob("*/steward.duckdb")))) as connection:
        connection.execute(statement)


@pytest.mark.requirement("SDC-13")
def test_nothing_is_public_until_a_person_approves(place: Path) -> None:
    with pytest.raises(NoWarehouseError, match="mst release publish"):
        open_served(publication.pointer(place), "public")
    proposal = publication.propose(place, "everything")
    assert set(proposal.fates) == {Fate.REFRESHED, Fate.WITHHELD}
    assert proposal.fates[Fate.WITHHELD] < proposal.fates[Fate.REFRESHED] / 8
    assert not publication.pointer(place).exists()
    record = publish(place)
    assert (record["approved_by"], record["approved_at"]) == ("Ada", "2026-03-01T00:00:00+00:00")
    assert record["found_out"] == {}
    with open_served(publication.pointer(place), "public") as connection:
        assert connection.execute("select release from public_release").fetchall()
    assert [p["release"] for p in publication.publications(place)] == ["everything"]


@pytest.mark.requirement("SDC-12")
def test_the_public_folder_holds_nothing_but_public_files(place: Path) -> None:
    publish(place)
    files = [
        path.relative_to(place / "public").as_posix()
        for path in (place / "public").rglob("*")
        if path.is_file()
    ]
    assert sorted(files) == ["0001/public.duckdb", "current.json"]


@pytest.mark.requirement("SDC-05")
def test_a_release_that_changed_too_little_leaves_the_file_as_it_is(place: Path) -> None:
    publish(place)
    before = {path: path.read_bytes() for path in (place / "public").rglob("*") if path.is_file()}
    steward(
        place,
        "update int_contribution set patients = patients + 12 where stratum = 'sex | female'",
    )
    with pytest.raises(UnchangedError, match="stays as it is"):
        publish(place)
    assert before == {
        path: path.read_bytes() for path in (place / "public").rglob("*") if path.is_file()
    }
    steward(
        place,
        "update int_contribution set patients = patients + 1 where stratum = 'sex | female'",
    )
    strata = publish(place)["strata"]
    assert (strata["published anew"], strata["no longer published"]) == (1, 0)  # type: ignore[index]


@pytest.mark.requirement("SDC-03", "SDC-13")
def test_a_count_that_could_be_found_out_is_kept_back_or_has_a_reason(place: Path) -> None:
    """Of a recommendation with two readings, one tells the sum of which the other hides a part."""
    with duckdb.connect(str(next((place / "warehouse").glob("*/public.duckdb")))) as connection:
        # what this test is not about, and costs most
        connection.execute("delete from public_survival; delete from public_cumulative_incidence")
        for reading, deviated in (("a", 0), ("b", None)):
            connection.execute(
                "insert into public_adherence (recommendation_id, subject, reading, met, deviated, "
                "not_evaluable, not_applicable) values ('MST-0-99', 'visit', ?, 15, ?, 0, 0)",
                [reading, deviated],
            )
    cell = "everything/adherence/MST-0-99/b/deviated"
    proposal = publication.propose(place, "everything")
    assert cell in proposal.kept_back
    assert proposal.found_out == ()
    with pytest.raises(PublicationError, match="nothing to give a reason for: elsewhere"):
        publish(place, reasons={cell: "told by the paper itself", "elsewhere": "so"})
    assert not publication.pointer(place).exists()
    record = publish(place, reasons={cell: "told by the paper itself", "any": "  "})
    assert record["found_out"] == {cell: "told by the paper itself"}
    kept_back = [name for name in proposal.kept_back if "/statistic/" in name]
    assert kept_back
    with open_served(publication.pointer(place), "public") as connection:
        told = "select count(*) from public_adherence where recommendation_id = 'MST-0-99'"
        assert connection.execute(told).fetchone() == (2,)
        for name in kept_back:
            _, _, statement, statistic, *_ = name.split("/")
            told = "select count(*) from public_statistic where statement_id = ? and statistic = ?"
            assert connection.execute(told, [statement, statistic]).fetchone() == (0,)


@pytest.mark.requirement("SDC-05")
def test_what_was_kept_back_is_judged_anew_when_its_patients_are_others(place: Path) -> None:
    first = publish(place)
    assert first["kept_back"]
    steward(place, "update int_contribution set patients = patients + 13 where stratum like 'sex%'")
    second = publish(place)
    assert second["kept_back_families"] == first["kept_back_families"]
    assert second["kept_back"] == []
    steward(place, "update int_contribution set patients = patients + 13")
    assert publish(place)["kept_back"] == first["kept_back"]


def test_only_what_the_warehouse_serves_can_be_published(place: Path) -> None:
    with pytest.raises(PublicationError, match="mst build another"):
        publish(place, "another")
    (place / "warehouse" / "current.json").unlink()
    with pytest.raises(PublicationError, match="No warehouse has been built"):
        publish(place)


def test_what_a_killed_publication_left_is_taken_over(place: Path) -> None:
    for root in ("public", "publications"):
        (place / root / "0001").mkdir(parents=True)
        (place / root / "0001" / "public.duckdb").write_text("half")
    publish(place)
    assert [p["number"] for p in publication.publications(place)] == ["0001"]
