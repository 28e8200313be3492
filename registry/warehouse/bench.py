"""A place where the warehouse's models are run on one file after another.

Reading and planning ninety statements takes longer than running them on a center's file. So a bench keeps
its tables and its prepared statements; and what does not wait for each other runs in two lanes, one a core.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Protocol

import duckdb
import pyarrow as pa

from registry.forms import FORMS
from registry.forms.arrow import conform, sql_columns

LANES = 2
LOCK = (
    "set enable_progress_bar = false; set enable_external_access = false; "
    "set lock_configuration = true"
)


class Model(Protocol):
    """A compiled model: where it stands and the select statement that makes it."""

    @property
    def name(self) -> str: ...
    @property
    def relation(self) -> str: ...
    @property
    def sql(self) -> str: ...


class Bench:
    """A table `raw.<form>` for each form and a relation for each model.

    `load` rows, `derive` the models from them, `ask` what they say. Nothing outside can be read.
    """

    def __init__(self, plan: Sequence[Model], *, few_rows: bool) -> None:
        """`few_rows`: statements are kept, and planned without the optimizer, which costs more than it saves."""
        self._connection = duckdb.connect(config={"threads": 1 if few_rows else LANES})
        self._connection.execute("attach ':memory:' as steward; create schema steward.raw")
        if few_rows:
            self._connection.execute(f"set disabled_optimizers = '{','.join(self._unneeded())}'")
        self._lanes = [_Lane(self._connection, few_rows=few_rows) for _ in range(LANES)]
        first = self._lanes[0].cursor
        for name, form in FORMS.items():
            first.execute(f"create table raw.{name} ({sql_columns(form)})")
        for model in plan:
            kind = "view" if model.name.startswith("stg_") else "table"
            first.execute(f"create {kind} {model.relation} as {model.sql}")
        first.execute(LOCK)
        self._derived = [model for model in plan if not model.name.startswith("stg_")]
        self._needs = _needs(self._derived)
        self._lane_of: dict[str, _Lane] = {}
        self._filled: set[str] = set()

    def load(self, form: str, rows: pa.Table) -> None:
        """Make these the rows of a form, in place of any others. Raises `KeyError`."""
        cursor = self._lanes[0].cursor
        if form in self._filled:
            cursor.execute(f"delete from raw.{form}")
        cursor.register("arriving", conform(rows, FORMS[form]))
        cursor.execute(f"insert into raw.{form} from arriving")
        cursor.unregister("arriving")
        self._filled.add(form)

    def derive(self) -> None:
        """Work out every model from the rows loaded, each once what it reads is there."""
        done = {model.name: Event() for model in self._derived}
        inserts = {m.name: f"insert into {m.relation} {m.sql}" for m in self._derived}
        self._share(inserts.values())

        def work(lane: _Lane) -> None:
            try:
                for name, insert in inserts.items():
                    if self._lane_of[insert] is lane:
                        for needed in self._needs[name]:
                            done[needed].wait()
                        lane.run(insert)
                        done[name].set()
            finally:
                # where one statement fails, nobody may wait for it
                for name, insert in inserts.items():
                    if self._lane_of[insert] is lane:
                        done[name].set()

        with ThreadPoolExecutor(LANES) as pool:
            list(pool.map(work, self._lanes))

    def ask(self, queries: Sequence[str]) -> list[pa.Table]:
        """The answer to each query as Arrow."""
        self._share(queries)
        mine = [[q for q in queries if self._lane_of[q] is lane] for lane in self._lanes]
        found: dict[str, pa.Table] = {}

        def work(lane: _Lane, asked: list[str]) -> None:
            for query in asked:
                found[query] = lane.ask(query)

        with ThreadPoolExecutor(LANES) as pool:
            list(pool.map(work, self._lanes, mine))
        return [found[query] for query in queries]

    def empty(self) -> None:
        cursor = self._lanes[0].cursor
        for model in self._derived:
            cursor.execute(f"delete from {model.relation}")
        for name in self._filled:
            cursor.execute(f"delete from raw.{name}")
        self._filled.clear()

    def close(self) -> None:
        self._connection.close()

    def _unneeded(self) -> list[str]:
        """All that an optimizer does but one thing, without which rows of a case are compared with all rows."""
        known = self._connection.execute("select name from duckdb_optimizers()").fetchall()
        return [name for (name,) in known if name != "filter_pushdown"]

    def _share(self, queries: Iterable[str]) -> None:
        """Give each lane as much of what is run together: longest first, to the one with less to do.

        Once given, a query stays in its lane, which keeps it prepared.
        """
        loads = dict.fromkeys(self._lanes, 0)
        for query in sorted(queries, key=len, reverse=True):
            lane = self._lane_of.setdefault(query, min(loads, key=lambda lane: loads[lane]))
            loads[lane] += len(query)


class _Lane:
    """Two cursors, to derive and to ask, with the statements they have prepared."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, few_rows: bool) -> None:
        self.cursor, self._asking = connection.cursor(), connection.cursor()
        self._keep = few_rows
        self._prepared: dict[str, str] = {}
        for cursor in (self.cursor, self._asking):
            cursor.execute("use steward")
        if few_rows:
            self.cursor.execute("pragma disable_optimizer")

    def run(self, statement: str) -> None:
        self.cursor.execute(self._kept(statement, self.cursor))

    def ask(self, query: str) -> pa.Table:
        table: pa.Table = self._asking.sql(self._kept(query, self._asking)).to_arrow_table()
        return table

    def _kept(self, query: str, cursor: duckdb.DuckDBPyConnection) -> str:
        """The query, or where statements are kept what runs it: read once, and planned once if without the
        optimizer (DuckDB 2 plans others anew each time)."""
        if not self._keep:
            return query
        if query not in self._prepared:
            name = f"kept_{len(self._prepared)}"
            cursor.execute(f"prepare {name} as {query}")
            self._prepared[query] = name
        return f"execute {self._prepared[query]}"


def _needs(models: Sequence[Model]) -> Mapping[str, tuple[str, ...]]:
    """For each model the others that its statement reads."""
    names = {model.name for model in models}
    return {model.name: tuple(_read(model.sql, names - {model.name})) for model in models}


def _read(sql: str, names: set[str]) -> Iterator[str]:
    yield from sorted(set(re.findall(r"\bint_\w+", sql)) & names)
