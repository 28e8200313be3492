"""An upload and a release are judged by the same models: the rows decide, not the way in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from registry.warehouse import Build, Replay, consensus_vars
from tests.cases import Rows, changed, tidy_case
from tests.warehouse.material import everything, tables


def rows_of(connection: duckdb.DuckDBPyConnection, model: str, where: str = "true") -> list[str]:
    return sorted(map(repr, connection.execute(f"select * from {model} where {where}").fetchall()))


def test_replay_equals_build(built: Build, replay: Replay) -> None:
    derived = [model.name for model in replay.plan]
    assert "int_verdict_infusion" in derived
    with (
        duckdb.connect(str(built.steward), read_only=True) as warehouse,
        replay.models(tables(everything())) as upload,
    ):
        for model in derived:
            assert rows_of(upload, model) == rows_of(warehouse, model), model


# The tidy case has no allogeneic transplant, no GVHD and nothing that could have been, and no azole.
OF_NO_ROWS = {
    "int_allo_day", "int_course_azole", "int_gvhd", "int_gvhd_grade", "int_gvhd_sign", "int_verdict_gvhd",
}  # fmt: skip


def test_a_case_alone_is_judged_as_among_all(built: Build, replay: Replay) -> None:
    """Few rows run without the optimizer, and no model looks beyond the case."""
    alone = tables(tidy_case())
    with (
        duckdb.connect(str(built.steward), read_only=True) as warehouse,
        replay.models(alone) as upload,
    ):
        empty: set[str] = set()
        for model in (
            m.name for m in replay.plan if m.name.startswith("int_") and m.name != "int_center"
        ):
            found = rows_of(upload, model)
            empty |= set() if found else {model}
            assert found == rows_of(warehouse, model, "center_id = 'C01' and case_id = 'P001'"), (
                model
            )
        assert empty == OF_NO_ROWS


def test_no_rows_give_empty_models(replay: Replay) -> None:
    with replay.models({}) as connection:
        assert all(not rows_of(connection, model.name) for model in replay.plan)


def test_unknown_forms_are_refused(replay: Replay) -> None:
    with pytest.raises(KeyError, match="no such form"):
        replay.models({"pateint": tables(tidy_case())["patient"]})


@pytest.mark.requirement("ACC-14")
def test_a_replay_reaches_no_file(replay: Replay) -> None:
    with replay.models({}) as connection, pytest.raises(duckdb.PermissionException):
        connection.execute("select * from read_csv('/etc/passwd')")


def test_compiled_once_and_again_when_the_consensus_changes(home: Path, replay: Replay) -> None:
    before = {path: path.stat().st_mtime_ns for path in (home / "cache").glob("replay-*.json")}
    assert before
    assert Replay(home, consensus_vars()).plan == replay.plan
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert "mst_2_2_04__a" not in Replay(home, {**consensus_vars(), "consensus": {}}).plan[-1].sql


@pytest.mark.long
def test_processes_that_begin_at_the_same_time_all_compile(tmp_path: Path) -> None:
    code = (
        "from registry.home import home; from registry.intake.assess import replay; "
        "print(len(replay(home()).plan))"
    )
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", code], env={**os.environ, "MST_HOME": str(tmp_path)},
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    told = {process.communicate(timeout=300)[0] for process in begun}
    assert len(told) == 1
    assert int(told.pop()) > 50


def fact(replay: Replay, rows: Rows, query: str) -> object:
    with replay.models(tables(rows)) as connection:
        found = connection.execute(query).fetchone()
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], True),
        ([("diagnosis", 0, {"prior_antileukaemic_lines": None})], None),
        ([("diagnosis", 0, {"prior_antileukaemic_lines": 1})], False),
        ([("diagnosis", 0, {"disease": "APL", "prior_antileukaemic_lines": None})], False),
        ([("patient", 0, {"age_at_diagnosis_years": 59})], False),
        ([("patient", 0, {"age_at_diagnosis_years": 60})], True),
        ([("patient", 0, {"age_at_diagnosis_years": None})], None),
    ],
)  # fmt: skip
def test_eaml_is_three_valued(replay: Replay, changes: list, expected: bool | None) -> None:  # type: ignore[type-arg]
    rows = changed(tidy_case(), changes)
    assert fact(replay, rows, "select is_eaml from int_patient") is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select timing_tier from int_infusion where infusion_no = 1", "T1"),
        ("select hours_since_cytotoxic_lo from int_infusion where infusion_no = 1", 40.5),
        ("select hla_mismatched from int_infusion where infusion_no = 1", True),
        ("select gvhd_prophylaxis_given from int_infusion where infusion_no = 1", False),
        ("select donor_category from int_donor", "haploidentical"),
        ("select gvh_mismatches from int_donor", 5),
        ("select antibody_test_before_infusion from int_donor", True),
        ("select kir_genes_called from int_donor", 16),
        ("select subsets_counted from int_collection", 7),
        ("select n_idac_mst_consolidations from int_patient", 1),
        ("select n_standard_cycles from int_patient", 1),
        ("select induction_response from int_patient", "CR"),
        ("select risk_two_group from int_patient", "standard"),
        ("select age_group from int_patient", "65-69"),
        ("select recovery_day from int_recovery where endpoint = 'neutrophil_recovery'", 22),
        ("select recovery_day from int_recovery where endpoint = 'platelet_recovery'", 22),
    ],
)
def test_facts_of_a_tidy_case(replay: Replay, query: str, expected: object) -> None:
    assert fact(replay, tidy_case(), query) == expected
