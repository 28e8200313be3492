"""dbt's own tests: the unit tests hold, and every generic test is able to fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from registry.cli import app
from registry.warehouse import Build, DbtError, Warehouse, consensus_vars
from registry.warehouse.runner import PROJECT, project_variables, run_dbt

# Generic test -> what breaks it, and a part of the name of the test that must then fail.
BREAKS = {
    "unique_grain": (
        "insert into dim_donor select * from dim_donor limit 1",
        "unique_grain_dim_donor",
    ),
    "unique_grain, null key": (
        "update dim_course set course_no = null where course_no = 2",
        "unique_grain_dim_course",
    ),
    "accounts_for": (
        "update mart_adherence set met = met + 1",
        "accounts_for_mart_adherence",
    ),
    "one_of": (
        "update fct_verdict set verdict = 'perhaps'",
        "one_of_fct_verdict_verdict",
    ),
    "one_of, required": (
        "update fct_endpoint set origin = null where origin = 'remission'",
        "one_of_fct_endpoint_origin",
    ),
    "in_order": (
        "update fct_infusion set hours_since_anchor_lo = hours_since_anchor_hi + 1",
        "in_order_fct_infusion",
    ),
    "between_zero_and_one": (
        "update mart_survival set survival = 1.2 where survival < 1",
        "between_zero_and_one_mart_survival",
    ),
}


def test_unit_tests_hold(built: Build, home: Path) -> None:
    results = run_dbt(
        ["test", "--select", "test_type:unit"],
        warehouse=built, variables=project_variables(consensus_vars()), scratch=home / "scratch",
        cache=home / "cache",
    )  # fmt: skip
    assert len(results) >= 14


@pytest.fixture(scope="module")
def complaint(built: Build, home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What dbt says of a copy of the warehouse in which everything above was broken."""
    copy = Warehouse(tmp_path_factory.mktemp("broken"))
    for path in built.files():
        shutil.copy(path, copy.folder)
    with duckdb.connect(str(copy.analyst)) as connection:
        for statement, _ in BREAKS.values():
            connection.execute(statement)
    with pytest.raises(DbtError) as failed:
        run_dbt(
            ["test", "--select", "path:models/marts,test_type:generic"],
            warehouse=copy, variables=project_variables(consensus_vars()), scratch=home / "scratch",
        cache=home / "cache",
        )  # fmt: skip
    return str(failed.value)


@pytest.mark.parametrize("broken", BREAKS)
def test_generic_test_can_fail(complaint: str, broken: str) -> None:
    assert BREAKS[broken][1] in complaint


def test_what_was_not_broken_does_not_fail(complaint: str) -> None:
    assert "dim_patient" not in complaint
    assert "mart_cumulative_incidence" not in complaint


def test_every_generic_test_is_broken_here() -> None:
    written = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    assert written == {name.split(",")[0] for name in BREAKS}


def test_the_models_as_pages_tell_of_every_model_and_of_no_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_HOME", str(home))
    told = CliRunner().invoke(app, ["models", str(tmp_path / "models.html")])
    assert told.exit_code == 0, told.stderr
    pages = (tmp_path / "models.html").read_text()
    for path in (PROJECT / "models").rglob("*.sql"):
        assert f"model.microtransplant.{path.stem}" in pages
    assert str(home) not in pages
    assert "named .html" in CliRunner().invoke(app, ["models", "models.txt"]).stderr
