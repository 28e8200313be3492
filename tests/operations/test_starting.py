"""What the registry refuses to start on: a database of another version, a network disk, open files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from registry import store
from registry.home import home
from registry.local_disk import NetworkDiskError, file_system, refuse_network_disk

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/data /data nfs4 rw 0 0
/dev/vdb /data/local xfs rw 0 0
//server/share /mnt/two\\040words cifs rw 0 0
"""


@contextmanager
def at_version(version: str) -> Iterator[None]:
    """The database as a migration of another release would leave it."""
    was = store.revision()
    setting = text("update alembic_version set version_num = :version")
    with store.engine(None).begin() as session:
        session.execute(setting, {"version": version})
    try:
        yield
    finally:
        with store.engine(None).begin() as session:
            session.execute(setting, {"version": was})


def mst(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from registry.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ)


@pytest.mark.requirement("REL-12")
def test_code_refuses_an_older_database_and_names_versions_and_command(
    empty_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad input 116, on a server; the embedded database is brought up by itself."""
    needed = store.head_revision()
    owner, service = store.owner_url(), store.service_url()
    monkeypatch.setenv("MST_OWNER_DATABASE_URL", owner.render_as_string(False))
    monkeypatch.setenv("MST_DATABASE_URL", service.render_as_string(False))
    with at_version("0003"):
        refused = mst("serve", "portal")
    assert refused.returncode == 5
    assert "0003" in refused.stderr
    assert needed in refused.stderr
    assert "mst migrate" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.requirement("REL-12")
@pytest.mark.parametrize("command", [("serve", "portal"), ("migrate",), ("release", "list")])
def test_code_refuses_a_newer_database_and_leaves_it_alone(
    empty_database: None, command: tuple[str, ...]
) -> None:
    """Bad input 116: what a newer release migrated is not for older code to touch."""
    needed = store.head_revision()
    with at_version("9999"):
        refused = mst(*command)
        assert store.revision() == "9999"
    assert refused.returncode == 5
    assert "9999" in refused.stderr
    assert needed in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_at_the_codes_version_is_fine(empty_database: None) -> None:
    store.require_current()


@pytest.mark.requirement("REL-04")
@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/registry", "ext4"),
        ("/data/registry", "nfs4"),
        ("/database", "ext4"),
        ("/data/local/registry", "xfs"),
        ("/mnt/two words/registry", "cifs"),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_its_mount(
    tmp_path: Path, folder: str, kind: str
) -> None:
    """Bad input 118."""
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert file_system(Path(folder), mounts) == kind
    if kind in {"nfs4", "cifs"}:
        with pytest.raises(NetworkDiskError, match=f"{kind}.*MST_HOME.*MST_DATABASE_URL"):
            refuse_network_disk(Path(folder), mounts)
    else:
        refuse_network_disk(Path(folder), mounts)


@pytest.mark.requirement("REL-04")
def test_the_embedded_database_asks_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.local_disk.file_system", lambda *_: "nfs")
    with pytest.raises(NetworkDiskError):
        store._embedded_url(tmp_path / "postgres")
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_a_list_of_mounts_is_let_through(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "none") is None
    refuse_network_disk(tmp_path, tmp_path / "none")


@pytest.mark.requirement("ACC-07")
def test_nobody_else_can_list_the_state_folder(database: None) -> None:
    """Started by root the server is another user's, who must pass through, so x stays."""
    passing = 0o011 if os.geteuid() == 0 else 0
    assert stat.S_IMODE(home().stat().st_mode) & 0o077 == passing
    assert stat.S_IMODE((home() / "postgres").stat().st_mode) & 0o077 == 0


@pytest.mark.requirement("ACC-07")
def test_a_new_state_folder_is_made_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_HOME", str(tmp_path / "state"))
    before = os.umask(0)
    try:
        assert stat.S_IMODE(home().stat().st_mode) == 0o700
    finally:
        os.umask(before)
