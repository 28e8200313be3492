"""The warehouse's own facts and verdicts on rows that are not in the warehouse yet."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from registry.forms import FORMS
from registry.forms.arrow import conform, raw_schema, sql_columns
from registry.warehouse.bench import LOCK, Bench
from registry.warehouse.runner import Warehouse, project_fingerprint, project_variables, run_dbt

_SELECTED = (
    "path:models/staging,resource_type:model",
    "path:models/intermediate,resource_type:model",
    "fct_verdict",
)
_NOT_OF_UPLOADS = "tag:release_only"
# The long view of the verdicts is asked for when a release is scored, never of an upload.
_LONG = "fct_verdict"


# For one center's file planning takes longer than running: the optimizer halves the speed.
_FEW_ROWS = 100_000


@dataclass(frozen=True)
class Model:
    """A compiled dbt model: where it stands and the select statement that makes it."""

    name: str
    relation: str
    sql: str


class Replay:
    """Staging and intermediate models, compiled by dbt once, run on any rows in memory.

    `long` is the query of the verdicts in long form, for a connection made by `models`.
    """

    def __init__(self, home: Path, consensus: Mapping[str, Any]) -> None:
        """Compiles, or reads what was compiled earlier from the same models, forms and consensus."""
        models = _plan(home, project_variables(consensus))
        self.plan = tuple(model for model in models if model.name != _LONG)
        self._idle: list[Bench] = []
        self.long = next(model.sql for model in models if model.name == _LONG)

    def models(
        self, rows: Mapping[str, pa.Table], *, locked: bool = True
    ) -> duckdb.DuckDBPyConnection:
        """A connection in which `stg_*` and `int_*` say what they say of these rows.

        `rows` maps a form's name to its rows; forms left out are empty. The caller closes the
        connection, which can read nothing else unless `locked` is false. Raises `KeyError` for a
        form that does not exist.
        """
        _require_forms(rows)
        connection = _connect()
        if sum(len(table) for table in rows.values()) < _FEW_ROWS:
            connection.execute("pragma disable_optimizer")
        connection.execute("begin")
        for name in FORMS:
            _fill(connection, name, rows.get(name))
        for model in self.plan:
            # A staging model only renames; what is derived is worked out once and kept.
            kind = "view" if model.name.startswith("stg_") else "table"
            connection.execute(f"create {kind} {model.relation} as {model.sql}")
        connection.execute("commit")
        if locked:
            connection.execute(LOCK)
        return connection

    @contextmanager
    def bench(self, size: int) -> Iterator[Bench]:
        """A bench for one file of about `size` rows, given to one caller at a time and empty.

        Benches of small files are kept, with everything that was asked on them prepared already.
        """
        if size >= _FEW_ROWS:
            with closing(Bench(self.plan, few_rows=False)) as bench:
                yield bench
            return
        bench = self._idle.pop() if self._idle else Bench(self.plan, few_rows=True)
        yield bench  # one that failed is dropped, not kept
        bench.empty()
        self._idle.append(bench)


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("attach ':memory:' as steward; create schema steward.raw; use steward")
    return connection


def _require_forms(rows: Mapping[str, pa.Table]) -> None:
    unknown = set(rows) - set(FORMS)
    if unknown:
        raise KeyError(f"no such form: {', '.join(sorted(unknown))}")


def _fill(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table | None) -> None:
    form = FORMS[name]
    if rows is None or not len(rows):
        connection.execute(f"create table raw.{name} ({sql_columns(form)})")
        return
    connection.register("arriving", conform(rows, form))
    connection.execute(f"create table raw.{name} as from arriving")
    connection.unregister("arriving")


def _plan(home: Path, variables: Mapping[str, Any]) -> tuple[Model, ...]:
    kept = home / "cache" / f"replay-{_fingerprint(variables)}.json"
    if not kept.exists():
        compiled = [asdict(model) for model in _compile(home, variables)]
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_suffix(f".{os.getpid()}.tmp")
        aside.write_text(json.dumps(compiled), encoding="utf-8")
        aside.replace(kept)
    return tuple(Model(**model) for model in json.loads(kept.read_text(encoding="utf-8")))


def _compile(home: Path, variables: Mapping[str, Any]) -> list[Model]:
    scratch = home / "cache" / "dbt"
    scratch.mkdir(parents=True, exist_ok=True)
    # dbt opens the files it will not write, and another process may be compiling too
    with tempfile.TemporaryDirectory(dir=scratch) as nowhere:
        results = run_dbt(
            ["compile", "--no-introspect", "--select", *_SELECTED, "--exclude", _NOT_OF_UPLOADS],
            warehouse=Warehouse(Path(nowhere)), variables=variables, scratch=scratch, cache=home / "cache",
        )  # fmt: skip
    # tests that stand beside the models are compiled with them
    models = [r.node for r in results if r.node.resource_type == "model"]
    return [Model(node.name, node.relation_name, node.compiled_code) for node in models]


def _fingerprint(variables: Mapping[str, Any]) -> str:
    """Changes with the project, its variables, or a form's columns."""
    digest = hashlib.sha256(project_fingerprint(variables).encode())
    for form in FORMS.values():
        digest.update(str(raw_schema(form)).encode())
    return digest.hexdigest()[:16]
