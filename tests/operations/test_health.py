"""The health check: each thing that breaks is named with its reason, and nothing else is told."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from registry import health
from registry.backup.keeping import new_name
from registry.cli import app
from registry.files import only_one
from registry.home import home
from tests.operations.test_starting import at_version

DAY = 24 * 3600
WORD = "pass" + "word"
Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def well(empty_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry with everything in order: its state folder is new, its database the test run's."""
    from registry import store

    monkeypatch.setenv("MST_OWNER_DATABASE_URL", store.owner_url().render_as_string(False))
    monkeypatch.setenv("MST_DATABASE_URL", store.service_url().render_as_string(False))
    monkeypatch.setenv("MST_HOME", str(tmp_path / "state"))
    build = home() / "warehouse" / "2026-06-001"
    build.mkdir(parents=True)
    for name in ("steward", "analyst", "public"):
        (build / f"{name}.duckdb").touch()
    pointer = {"build": build.name, "release": "2026-06"}
    (home() / "warehouse" / "current.json").write_text(json.dumps(pointer))
    verified_at(datetime.now(UTC))
    (home() / "backups").mkdir()
    (home() / "backups" / "today.mstbackup").touch()


def verified_at(moment: datetime, faults: int = 0) -> None:
    (home() / "audit").mkdir(exist_ok=True)
    found = {"at": moment.isoformat(), "faults": faults}
    (home() / "audit" / "last_verified.json").write_text(json.dumps(found))


def never_verified(_: pytest.MonkeyPatch) -> None:
    (home() / "audit" / "last_verified.json").unlink()


def verified_long_ago(_: pytest.MonkeyPatch) -> None:
    verified_at(datetime.now(UTC) - timedelta(days=4))


def audit_altered(_: pytest.MonkeyPatch) -> None:
    verified_at(datetime.now(UTC), faults=1)


def database_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MST_OWNER_DATABASE_URL", "")
    monkeypatch.setenv("MST_DATABASE_URL", f"postgresql://nobody:{WORD}@127.0.0.1:1/none")


def disk_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 62)


def no_backup(_: pytest.MonkeyPatch) -> None:
    (home() / "backups" / "today.mstbackup").unlink()


def old_backup(_: pytest.MonkeyPatch) -> None:
    moment = time.time() - 3 * DAY
    os.utime(home() / "backups" / "today.mstbackup", (moment, moment))


def old_build(_: pytest.MonkeyPatch) -> None:
    moment = time.time() - 200 * DAY
    os.utime(home() / "warehouse" / "current.json", (moment, moment))


def lost_file(_: pytest.MonkeyPatch) -> None:
    (home() / "warehouse" / "2026-06-001" / "analyst.duckdb").unlink()


def torn_pointer(_: pytest.MonkeyPatch) -> None:
    (home() / "warehouse" / "current.json").write_text("[]")


BROKEN: dict[str, tuple[Break, str, str]] = {
    "database gone": (database_gone, "database", "does not answer"),
    "disk full": (disk_full, "disk", "GB are free"),
    "no backup": (no_backup, "backup", "mst backup"),
    "old backup": (old_backup, "backup", "3 days old"),
    "old build": (old_build, "served build", "200 days old"),
    "lost file": (lost_file, "served build", "mst build"),
    "never verified": (never_verified, "audit", "mst audit verify"),
    "verified long ago": (verified_long_ago, "audit", "4 days ago"),
    "audit altered": (audit_altered, "audit", "was altered"),
    "torn pointer": (torn_pointer, "served build", "could not be looked at"),
}


def broken() -> dict[str, str]:
    return {check.name: check.reason for check in health.checks() if not check.well}


@pytest.mark.requirement("REL-17")
def test_a_registry_in_order_is_well(well: None) -> None:
    assert broken() == {}
    assert [check.name for check in health.checks()] == list(health.CHECKS)


@pytest.mark.requirement("REL-17")
def test_an_encrypted_backup_is_a_backup(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    no_backup(monkeypatch)
    (home() / "backups" / new_name(datetime.now(UTC), encrypted=True)).touch()
    assert broken() == {}


@pytest.mark.requirement("REL-17")
def test_a_new_registry_lacks_a_backup_and_a_verified_audit(
    well: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_HOME", str(tmp_path / "new"))
    assert list(broken()) == ["backup", "audit"]


@pytest.mark.requirement("REL-17")
@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_broken_is_named_with_its_reason(
    well: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    break_it, check, words = BROKEN[kind]
    break_it(monkeypatch)
    found = broken()
    assert list(found) == [check]
    assert words in found[check]
    assert WORD not in found[check]


@pytest.mark.requirement("REL-17", "REL-12")
def test_a_database_of_another_version_is_named(well: None) -> None:
    with at_version("9999"):
        assert "9999" in broken()["database"]


@pytest.mark.requirement("REL-17", "REL-07")
def test_a_failed_build_is_named_until_one_succeeds(well: None) -> None:
    from registry.warehouse.shelf import attempt

    root, moment = home() / "warehouse", datetime.now(UTC)
    with pytest.raises(ValueError, match="a value"), attempt(root, "2026-09", moment):
        raise ValueError("a value of a patient")
    assert list(broken()) == ["last build"]
    assert "patient" not in (root / "last_failure.json").read_text()
    with only_one(root / ".lock", "taken"):
        assert broken() == {}
        assert "A build is running" in health.last_build()[1]
    with attempt(root, "2026-09", moment):
        pass
    assert broken() == {}


@pytest.mark.requirement("REL-17")
def test_the_command_tells_by_words_json_and_exit_code(
    well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = CliRunner().invoke(app, ["health"])
    assert (fine.exit_code, fine.stdout.count("well"), "BROKEN" in fine.stdout) == (0, 6, False)
    no_backup(monkeypatch)
    told = CliRunner().invoke(app, ["health", "--format", "json"])
    assert told.exit_code == 5
    content = json.loads(told.stdout)
    assert content["well"] is False
    assert {c["check"]: c["state"] for c in content["checks"]}["backup"] == "broken"


@pytest.fixture
def endpoint(well: None) -> Iterator[str]:
    running = health.server(0)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.mark.requirement("REL-17")
def test_the_endpoint_answers_200_or_503_on_loopback_and_only_there(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with urllib.request.urlopen(f"{endpoint}/healthz", timeout=10) as answer:
        assert answer.status == 200
        assert json.load(answer)["well"] is True
    no_backup(monkeypatch)
    with pytest.raises(urllib.error.HTTPError) as sick:
        urllib.request.urlopen(f"{endpoint}/healthz", timeout=10)
    assert sick.value.code == 503
    assert json.load(sick.value)["well"] is False
    with pytest.raises(urllib.error.HTTPError) as other:
        urllib.request.urlopen(f"{endpoint}/", timeout=10)
    assert other.value.code == 404
    assert health.server(0).server_address[0] == "127.0.0.1"
