"""Every published figure beside the registry's own, as registry.analysis.own_figures computes it."""

import duckdb

from registry.analysis.own_figures import own_figures


def model(dbt, session):  # type: ignore[no-untyped-def]
    """The comparison of all benchmarks of the consensus."""
    read = {
        "dim_patient": dbt.ref("dim_patient"),
        "fct_endpoint": dbt.ref("fct_endpoint"),
        "fct_exposure": dbt.ref("fct_exposure"),
        "mart_statistic": dbt.ref("mart_statistic"),
    }
    # apart: there the tables have the names that they have in the analyst's file
    apart = duckdb.connect()
    for name, rows in read.items():
        apart.register(name, rows.to_arrow_table())
    return own_figures(apart)
