"""`make bench`: each line is ours, the bare engine, and the ratio between them."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PATIENTS = 10_000


def seconds(work: Callable[[], object], *, repeats: int = 1) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def line(name: str, ours: float, bare_name: str, bare: float) -> None:
    print(
        f"{name:<44} {ours:8.2f} s   {bare_name:<38} {bare:8.2f} s   ratio {ours / bare:7.1f}",
        flush=True,
    )


def bare_read(path: Path) -> int:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return sum(
        1 for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for _ in row
    )


def upload(home: Path) -> None:
    """Checking one center's workbook against reading the same file and nothing more."""
    from registry import store
    from registry.intake.submit import check
    from registry.synthetic import write_submissions

    store.migrate()
    path = write_submissions(home / "bench", patients=185, seed=1)[0]
    check(path, "C01")  # libraries loaded, models compiled
    ours = seconds(lambda: check(path, "C01"), repeats=3)
    line(
        "check one center's workbook",
        ours,
        "openpyxl reads it",
        seconds(lambda: bare_read(path), repeats=3),
    )


def bare_load(folder: Path, target: Path) -> None:
    import duckdb

    with duckdb.connect(str(target)) as connection:
        for file in sorted(folder.glob("*.parquet")):
            connection.execute(
                f"create table \"{file.stem}\" as select * from read_parquet('{file}')"
            )


def warehouse_build(home: Path) -> None:
    """Building the warehouse against DuckDB merely loading the same Parquet files."""
    import pyarrow.parquet as pq

    from registry import warehouse
    from registry.synthetic import arrow_cohort

    folder = home / "releases" / "bench"
    folder.mkdir(parents=True)
    counts = {}
    for form, table in arrow_cohort(PATIENTS, seed=1).items():
        pq.write_table(table, folder / f"{form}.parquet")
        counts[form] = table.num_rows
    (folder / "manifest.json").write_text(json.dumps({"name": "bench", "counts": counts}))
    bare = seconds(lambda: bare_load(folder, home / "bare.duckdb"))
    ours = seconds(lambda: warehouse.build(folder, home, progress=lambda _: None))
    line(
        f"mst build, {PATIENTS:,} patients, {sum(counts.values()):,} rows",
        ours,
        "DuckDB loads the Parquet",
        bare,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MST_HOME"] = folder
        upload(Path(folder))
        warehouse_build(Path(folder))
        from registry import store

        store.dispose_engines()


main()
