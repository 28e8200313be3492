"""One release, one build and one replay for all warehouse tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.portal import warehouse
from registry.warehouse import Build, Replay, build, connect, consensus_vars
from tests.conftest import share_cache
from tests.warehouse.material import everything, write_release

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_cache(tmp_path_factory.mktemp("warehouse-home"))


@pytest.fixture(scope="session")
def built(home: Path) -> Build:
    release = write_release(home / "releases" / "everything", everything())
    return build(release, home, progress=lambda _: None)


@pytest.fixture
def served(built: Build, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the portal serves is the build."""
    monkeypatch.setattr(warehouse, "home", lambda: home)


@pytest.fixture(scope="session")
def replay(home: Path) -> Replay:
    return Replay(home, consensus_vars())


@pytest.fixture
def analyst(built: Build) -> Iterator[Ask]:
    with connect(built.analyst) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture
def steward(built: Build) -> Iterator[Ask]:
    with connect(built.steward) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture
def public(built: Build) -> Iterator[Ask]:
    with connect(built.public) as connection:
        yield lambda query: connection.execute(query).fetchall()
