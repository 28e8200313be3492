"""One state folder and one real PostgreSQL for the whole run; a registry of its own per test file."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.testing

# before anything of the registry is imported, so that no test ever touches a person's own state
_HOME = Path(tempfile.mkdtemp(prefix="mst-test-"))
_EMPTY = Path(tempfile.mkdtemp(prefix="mst-test-empty-"))
# a database that is named for work, say on a registry's own machine, would be emptied by the tests
_OF_TESTS = ("MST_TESTS_", "MST_WRITE_", "MST_SOAK_", "MST_SCREENSHOTS")
for name in [*os.environ]:
    if name.startswith(("MST_", "PG")) and not name.startswith(_OF_TESTS):
        del os.environ[name]
os.environ["MST_HOME"] = str(_HOME)
os.environ["MST_TOKEN_FILE"] = str(_HOME / "nobody")
os.environ["GX_ANALYTICS_ENABLED"] = "false"
_PASSING = [_HOME, _EMPTY]  # gone when the run ends
# what dbt compiles is the same for both workers and for every state folder that a test makes
if "MST_TESTS_CACHE" not in os.environ:
    os.environ["MST_TESTS_CACHE"] = tempfile.mkdtemp(prefix="mst-test-cache-")
    _PASSING.append(Path(os.environ["MST_TESTS_CACHE"]))
_CACHE = Path(os.environ["MST_TESTS_CACHE"])
# the width of the terminal in which the tests run is not the width that a test asks for
os.environ.pop("COLUMNS", None)


def share_cache(home: Path) -> Path:
    """Let a state folder use what dbt compiled for others."""
    if not (home / "cache").exists():
        (home / "cache").symlink_to(_CACHE)
    return home


share_cache(_HOME)


# the runner of commands builds the whole tree of them at each call, which takes longer than most commands
typer.testing._get_command = functools.cache(typer.testing._get_command)


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's runner puts each page in the place of `__main__`; processes started later would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def database() -> Iterator[None]:
    """The embedded server at the newest migration."""
    from registry import store

    store.migrate()
    yield
    store.dispose_engines()


@pytest.fixture
def empty_database(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second registry, beside the one others have filled, with every row of every table gone."""
    from sqlalchemy import text

    from registry import store
    from registry.access import tables as access_tables
    from registry.forms.tables import TABLES
    from registry.schema import SCHEMA, SQLModel

    assert access_tables

    monkeypatch.setenv("MST_HOME", str(_EMPTY))
    # ends of an audit trail that is gone with its rows
    shutil.rmtree(_EMPTY / "audit", ignore_errors=True)
    if not (_EMPTY / "cache").exists():
        share_cache(_EMPTY)
        store.migrate()
    tables = [f'crf."{name}"' for name in TABLES] + ["audit.entry", "audit.change"]
    tables += [str(t) for t in SQLModel.metadata.tables.values() if t.schema == SCHEMA]
    with store.engine(None).begin() as session:
        # only a superuser may, and only by switching every trigger off
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text(f"truncate {', '.join(tables)} restart identity cascade"))


_MADE_ONCE = ("demonstration", "built")


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks afterwards
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays with one worker, and all that need the demonstration, or the build of the warehouse tests,
    with one, so that it is made once."""
    for item in items:
        needs = getattr(item, "fixturenames", ())
        shared = next((name for name in _MADE_ONCE if name in needs), None)
        item.add_marker(pytest.mark.xdist_group(shared or item.nodeid.split("::")[0]))
    # the longest groups start first
    items.sort(key=lambda item: item.get_closest_marker("xdist_group").args[0] not in _MADE_ONCE)  # type: ignore[union-attr]


def pytest_sessionfinish() -> None:
    for folder in _PASSING:
        shutil.rmtree(folder, ignore_errors=True)


pytest_plugins = ["tests.demonstration", "tests.chromium", "tests.validation.plugin"]
