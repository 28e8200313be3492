"""One demonstration registry for the acceptance and browser tests: every part of it is real."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest


@dataclass
class Demonstration:
    """Where the demonstration lies, what it said, and a coordinator who may sign in."""

    home: Path
    said: list[str] = field(default_factory=list)
    username: str = "ana"
    password: str = "a long enough password"

    def ask(self, sql: str, audience: str = "analyst") -> list[tuple[object, ...]]:
        with self.open(audience) as connection:
            return connection.execute(sql).fetchall()

    def open(self, audience: str) -> duckdb.DuckDBPyConnection:
        """The served file of the analysts or the steward; of the public, what is published."""
        from registry.duck import POINTER, open_served

        root = "public" if audience == "public" else "warehouse"
        return open_served(self.home / root / POINTER, audience)


@pytest.fixture(scope="session")
def demonstration(database: None) -> Demonstration:
    from registry.access.accounts import add_account
    from registry.access.rights import Role
    from registry.demo import run
    from registry.home import home

    made = Demonstration(home())
    run(patients=185, seed=1, progress=lambda _: None, say=made.said.append)
    add_account(made.username, made.password, Role.COORDINATOR, "C12")
    return made
