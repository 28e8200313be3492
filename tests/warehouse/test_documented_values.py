"""What the documentation of the marts says of columns and values is what a built file holds."""

from __future__ import annotations

from registry.cohorts import marts
from registry.warehouse import Build, connect


def test_every_table_and_column_is_documented(built: Build) -> None:
    with connect(built.analyst) as connection:
        found = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() "
            "where not internal group by table_name"
        ).fetchall()
    assert {t: list(m.columns) for t, m in marts().items()} == dict(found)


def test_a_text_with_laid_down_values_holds_no_other(built: Build) -> None:
    with connect(built.analyst) as connection:
        for table, mart in marts().items():
            for column in mart.columns.values():
                if column.values:
                    held = connection.execute(f"select distinct {column.name} from {table}")
                    assert {v for (v,) in held.fetchall()} - {None} <= set(column.values), column


def test_what_a_cohort_picks_by_is_laid_down() -> None:
    subjects = ("dim_patient", "dim_donor", "dim_collection", "dim_course", "fct_infusion")
    without = {
        column.name
        for table in subjects
        for column in marts()[table].columns.values()
        if column.kind == "text" and not column.values
    }
    assert without == {
        "center_id", "case_id", "donor_id", "collection_id", "diagnosis", "drug_set",
    }  # fmt: skip
