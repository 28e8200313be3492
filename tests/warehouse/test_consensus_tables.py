"""The notebook of examples/consensus_tables runs from its first cell to its last, and its tables add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.warehouse import Build

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "consensus_tables"
NOTEBOOK = json.loads((FOLDER / "tables.ipynb").read_text(encoding="utf-8"))
CELLS = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def tables(built: Build, home: Path) -> Iterator[dict[str, Any]]:
    """What the notebook has made when all its cells ran, as in a fresh kernel beside it."""
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as given:
        given.setenv("MST_HOME", str(home))
        given.chdir(FOLDER)
        for number, cell in enumerate(CELLS, start=1):
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    yield names
    # a kernel ends; here the file would stay open, in the way of whoever opens it next
    names["file"].close()


def test_the_cohort_is_that_of_the_file(tables: dict[str, Any]) -> None:
    (chosen,) = tables["file"].execute(
        "select count(*) from dim_patient where is_eaml and first_course_day is not null"
    ).fetchone()  # fmt: skip
    assert len(tables["patients"]) == tables["steps"]["kept"].iloc[-1] == chosen > 50


def test_every_patient_has_one_level_of_each_characteristic(tables: dict[str, Any]) -> None:
    sums = tables["characteristics"].groupby("characteristic")["patients"].sum()
    assert dict(sums) == dict.fromkeys(tables["CHARACTERISTICS"], len(tables["patients"]))


def test_the_response_of_the_age_groups_adds_up_to_that_of_all(tables: dict[str, Any]) -> None:
    response = tables["response"].set_index("group")
    counts = response[["started", "evaluable", "cr", "cr_crh_cri"]]
    assert (counts.drop("all").sum() == counts.loc["all"]).all()
    cr, evaluable = counts.loc["all", "cr"], counts.loc["all", "evaluable"]
    assert 0 < cr < evaluable
    assert response.loc["all", "cr_percent"] == pytest.approx(100 * cr / evaluable, abs=0.05)
    assert (response["lower"] <= response["cr_percent"]).all()
    assert (response["cr_percent"] <= response["upper"]).all()


def test_survival_counts_those_who_are_followed_so_long(tables: dict[str, Any]) -> None:
    assert set(tables["survival"]["endpoint"]) == {"os", "efs", "lfs"}
    origin = dict(tables["CURVES"])
    for row in tables["survival"].itertuples():
        (followed,) = tables["file"].execute(
            "select count(*) from fct_endpoint join chosen using (center_id, case_id) "
            "where endpoint = ? and origin = ? and time_days >= ?",
            [row.endpoint, origin[row.endpoint], 365 * row.years],
        ).fetchone()  # fmt: skip
        assert row.at_risk == followed
    falling = tables["survival"].groupby("endpoint")["percent"]
    assert falling.apply(lambda shares: shares.is_monotonic_decreasing).all()


def test_every_default_verdict_is_in_one_section(tables: dict[str, Any]) -> None:
    (all_of_them,) = tables["file"].execute(
        "select count(*) from fct_verdict join chosen using (center_id, case_id) where is_default"
    ).fetchone()  # fmt: skip
    adherence = tables["adherence"]
    assert adherence[tables["VERDICTS"]].to_numpy().sum() == all_of_them
    assert {"2", "2.1", "2.2", "5.2"} <= set(adherence["section"])


def test_the_notebook_keeps_no_results() -> None:
    """They are of whoever ran it last, and rows of patients may be among them."""
    assert [cell for cell in CELLS if cell["outputs"] or cell["execution_count"]] == []
