"""Curves of a million patients: the marts' own SQL against lifelines, and the least, on the same rows."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tools import line, seconds

PATIENTS = 1_000_000
PEER = Path(__file__).with_name("lifelines_peer.py")
PEERS = PEER.parents[1] / ".venv-peers" / "bin" / "python"
MARTS = {"survival": ("mart_survival", "os"), "incidence": ("mart_cumulative_incidence", "relapse")}


def curves(home: Path) -> None:
    """The marts as dbt compiles them, joins and intervals included; a stratum is what a page calls a group."""
    from registry.statistics.kaplan_meier import kaplan_meier

    folder = home / "curves"
    folder.mkdir(parents=True)
    sql = _compiled(folder)
    draw = np.random.default_rng(1)
    time_days = draw.exponential(700, PATIENTS).astype(np.int64)
    for what, codes, strata, said in [
        ("survival", 2, 1, "one curve"),
        ("survival", 2, 1_000, "1,000 curves"),
        ("incidence", 3, 1, "one curve"),
    ]:
        rows = {
            "time_days": time_days,
            "status": draw.integers(0, codes, PATIENTS),
            "stratum": draw.integers(0, strata, PATIENTS),
        }
        mart, endpoint = MARTS[what]
        ours, found = _by_sql(sql[mart], endpoint, what, rows)
        theirs, expected = _by_lifelines(folder, what, rows)
        for column in ("stratum", "time_days"):
            np.testing.assert_array_equal(found[column], expected[column])
        # with competing events lifelines puts who leaves on one day into an order of chance
        tolerance = 1e-9 if what == "survival" else 1e-4
        np.testing.assert_allclose(found["estimate"], expected["estimate"], atol=tolerance)
        line(f"{mart}, {PATIENTS:,} patients, {said}", ours, "lifelines", theirs)
        if what == "survival" and strata == 1:
            bare = seconds(partial(kaplan_meier, time_days, rows["status"]), repeats=3)
            line("  the same", ours, "Kaplan-Meier in NumPy, no join", bare)


def _compiled(folder: Path) -> dict[str, str]:
    from registry.warehouse import consensus_vars
    from registry.warehouse.runner import Warehouse, project_variables, run_dbt

    results = run_dbt(
        ["compile", "--no-introspect", "--select", *(mart for mart, _ in MARTS.values())],
        warehouse=Warehouse(folder), variables=project_variables(consensus_vars()),
        scratch=folder, cache=folder,
    )  # fmt: skip
    return {r.node.name: r.node.compiled_code for r in results}


def _by_sql(
    sql: str, endpoint: str, what: str, rows: dict[str, Any]
) -> tuple[float, dict[str, Any]]:
    """Seconds, and stratum, time_days and estimate in their order."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as steward; use steward")
        connection.register("drawn", rows)
        connection.execute(
            "create table patient as select 'C01' as center_id, 'P' || row_number() over () as case_id, * from drawn; "
            f"create table int_endpoint as select center_id, case_id, '{endpoint}' as endpoint, "
            "'diagnosis' as origin, time_days, status from patient; "
            "create table int_stratum as select center_id, case_id, 'group' as stratum_kind, "
            "cast(stratum as varchar) as stratum from patient"
        )
        taken = seconds(
            lambda: connection.execute(f"create or replace table curve as {sql}"), repeats=3
        )
        return taken, connection.execute(
            f"select cast(stratum as bigint) as stratum, time_days, {what} as estimate from curve order by all"
        ).fetchnumpy()


def _by_lifelines(folder: Path, what: str, rows: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    given, answer = folder / "rows.npz", folder / "curves.npz"
    np.savez(given, **rows)
    told = subprocess.run(
        [PEERS, PEER, what, given, answer], check=True, capture_output=True, text=True
    )
    with np.load(answer) as found:
        return float(told.stdout), dict(found)
