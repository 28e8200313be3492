"""A migration is done or not done; several that start at once are done once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, make_url, text
from sqlmodel import SQLModel

from registry import store
from tests.durability import tasks
from tests.durability.nursery import Fate, Nursery

_BETWEEN = Fate("alembic.runtime.migration:HeadMaintainer.update_to_step", "before", nth=2)


@pytest.fixture
def other(nursery: Nursery) -> Nursery:
    """The same server with another, empty database."""
    with store.engine(None).connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text("drop database if exists halfway with (force)"))
        session.execute(text("create database halfway"))
    url = make_url(nursery.url).set(database="halfway")
    return replace(nursery, url=url.render_as_string(hide_password=False))


def opened(nursery: Nursery) -> Engine:
    return create_engine(make_url(nursery.url).set(drivername="postgresql+psycopg"))


def revision(engine: Engine) -> str | None:
    with engine.connect() as session:
        return MigrationContext.configure(session).get_current_revision()


def differences(engine: Engine) -> list[object]:
    """What the tables lack of the models, or have beside them."""
    with engine.connect() as session:
        context = MigrationContext.configure(
            session,
            opts={"include_schemas": True, "include_name": _is_ours},
        )
        return list(compare_metadata(context, SQLModel.metadata))


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "schema" or name in ("crf", "registry")


@pytest.mark.requirement("REL-02")
def test_killed_in_every_migration(other: Nursery) -> None:
    engine = opened(other)
    reached = [revision(engine)]
    while other.run(tasks.migrate, fate=_BETWEEN).killed:
        # one migration was done before the one that was killed in its middle
        reached.append(revision(engine))
        assert inspect(engine).get_table_names("registry") or reached[-1] == "0001"
    reached.append(revision(engine))
    assert reached[:3] == [None, "0001", "0002"]
    assert reached == [None, *sorted(filter(None, set(reached)))]
    assert differences(engine) == []
    engine.dispose()


@pytest.mark.requirement("REL-13")
def test_four_that_start_on_an_empty_database_at_once(other: Nursery) -> None:
    assert other.together(tasks.migrate_together, [()] * 4) == [None] * 4
    engine = opened(other)
    assert differences(engine) == []
    engine.dispose()
