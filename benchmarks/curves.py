"""Kaplan-Meier of a million patients: the mart's own SQL against the estimator that R agrees with, on the same rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.tools import line, seconds

PATIENTS = 1_000_000


def survival(home: Path) -> None:
    """`mart_survival` as dbt compiles it, joins and intervals included, against `registry.statistics`."""
    import duckdb

    from registry.statistics.kaplan_meier import kaplan_meier
    from registry.warehouse import consensus_vars
    from registry.warehouse.runner import Warehouse, project_variables, run_dbt

    folder = home / "curves"
    folder.mkdir(parents=True)
    results = run_dbt(
        ["compile", "--no-introspect", "--select", "mart_survival"], warehouse=Warehouse(folder),
        variables=project_variables(consensus_vars()), scratch=folder, cache=folder,
    )  # fmt: skip
    draw = np.random.default_rng(1)
    time_days = draw.exponential(700, PATIENTS).astype(np.int64)
    status = draw.integers(0, 2, PATIENTS).astype(np.int32)
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as steward; use steward")
        connection.register("drawn", {"time_days": time_days, "status": status})
        connection.execute(
            "create table int_endpoint as select 'C01' as center_id, 'P' || row_number() over () as case_id, "
            "'os' as endpoint, 'diagnosis' as origin, time_days, status from drawn; "
            "create table int_stratum as select center_id, case_id, 'all' as stratum_kind, 'all' as stratum "
            "from int_endpoint"
        )
        (sql,) = (r.node.compiled_code for r in results if r.node.name == "mart_survival")
        ours = seconds(
            lambda: connection.execute(f"create or replace table curve as {sql}"), repeats=3
        )
        found = connection.execute("select survival from curve order by time_days").fetchnumpy()
    curve = kaplan_meier(time_days, status)
    np.testing.assert_allclose(found["survival"], curve.survival, rtol=1e-9)
    bare = seconds(lambda: kaplan_meier(time_days, status), repeats=3)
    line(f"mart_survival of {PATIENTS:,} patients", ours, "Kaplan-Meier in NumPy, no join", bare)
