"""The warehouse: building it, and judging by the whole consensus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.tools import line, release_of, seconds

PATIENTS = 10_000


def bare_load(folder: Path, target: Path) -> None:
    import duckdb

    with duckdb.connect(str(target)) as connection:
        for file in sorted(folder.glob("*.parquet")):
            connection.execute(
                f"create table \"{file.stem}\" as select * from read_parquet('{file}')"
            )


def warehouse_build(home: Path) -> None:
    """Building the warehouse against DuckDB merely loading the same Parquet files."""
    from registry import warehouse

    folder, rows = release_of(PATIENTS, home)
    bare = seconds(lambda: bare_load(folder, home / "bare.duckdb"))
    ours = seconds(lambda: warehouse.build(folder, home, progress=lambda _: None))
    line(
        f"mst build, {PATIENTS:,} patients, {rows:,} rows",
        ours,
        "DuckDB loads the Parquet",
        bare,
    )


def verdicts(home: Path) -> None:
    """All verdicts of 100,000 patients against DuckDB writing tables of that shape from constants.

    The facts are those of 1,000 patients, repeated under case numbers of their own.
    """
    from registry.synthetic import arrow_cohort
    from registry.warehouse import Replay, consensus_vars

    replay = Replay(home, consensus_vars())
    models = [m for m in replay.plan if m.name.startswith("int_verdict_")]
    connection = replay.models(arrow_cohort(1_000, seed=1), locked=False)
    file = str(home / "verdicts.duckdb").replace("'", "''")
    connection.execute(f"attach '{file}' as disk")
    for model in models:
        facts = model.name.replace("int_verdict_", "int_")
        connection.execute(
            f"create or replace table {model.relation.replace(model.name, facts)} as "
            f"select facts.* replace (case_id || '-' || n as case_id) "
            f"from {facts} as facts cross join range(100) as copies (n)"
        )
    connection.execute("pragma enable_optimizer")
    constants = {m.name: _constants(connection, m) for m in models}
    ours = seconds(lambda: _write(connection, {m.name: m.sql for m in models}), repeats=3)
    bare = seconds(lambda: _write(connection, constants), repeats=3)
    (patients,) = connection.execute("select count(*) from int_patient").fetchone() or (0,)
    line(f"all verdicts of {patients:,} patients", ours, "DuckDB writes constants", bare)


def _write(connection: Any, tables: dict[str, str]) -> None:
    for name, sql in tables.items():
        connection.execute(f"create or replace table disk.{name} as {sql}")


def _constants(connection: Any, model: Any) -> str:
    """The keys of the subjects, and a text constant for every other column."""
    columns = [row[0] for row in connection.execute(f"describe {model.name}").fetchall()]
    chosen = [
        f"cast('not_applicable' as varchar) as {c}" if c.startswith("mst_") else c for c in columns
    ]
    return f"select {', '.join(chosen)} from {model.name.replace('int_verdict_', 'int_')}"
