"""A public file as an outsider reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import duckdb

from registry.disclosure.policy import Policy
from registry.disclosure.refresh import ORIGIN


class Row(NamedTuple):
    """A row with the release it is of, and the strata that are told together with its own."""

    release: str
    family: tuple[str, str]
    values: tuple[Any, ...]


class Told:
    """One public file. A stratum that was left as it was is the same cell as in the release it is of.

    In the first everything is told; in a later one a new stratum of few patients is told nowhere.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, policy: Policy, *, is_first: bool = True
    ) -> None:
        self.is_first = is_first
        self._connection = connection
        self._policy = policy
        told = connection.execute(f"select public_table, stratum, release from {ORIGIN}").fetchall()
        self._origin = {(table, stratum): release for table, stratum, release in told}

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """Every row with the columns asked for."""
        for key, family, *row in self._connection.execute(
            f"select {self._policy.stratum(table)}, {self._policy.family(table)}, {', '.join(columns)} from {table}"
        ).fetchall():
            yield Row(self._origin[table, key], (table, family), tuple(row))
