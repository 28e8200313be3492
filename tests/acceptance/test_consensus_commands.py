"""`mst consensus`: what it lists, shows, counts and compares."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from registry import consensus
from registry.audit.read import Wanted, entries
from registry.cli import app
from registry.consensus import Recommendation
from tests.demonstration import Demonstration
from tests.spec.version import changed_copy

CURRENT = consensus.load()
WINDOW = (
    "section_2_2_collection_infusion.yaml",
    "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 72}}",
    "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 36}}",
)


def mst(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(app, ["consensus", *arguments])


def rows(*arguments: str) -> list[dict[str, Any]]:
    done = mst(*arguments, "--format", "json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_list_has_every_statement_and_filters() -> None:
    assert [row["id"] for row in rows("list")] == [s.id for s in CURRENT.statements]
    found = rows("list", "--section", "2.2", "--kind", "rule", "--status", "judged")
    assert [row["id"] for row in found] == [
        e.id for e in CURRENT.judged() if (e.section, e.kind) == ("2.2", "rule")
    ]


def test_list_is_a_table_or_csv_too() -> None:
    text = mst("list", "--section", "2.2", "--format", "csv").stdout
    assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == [
        s.id for s in CURRENT.statements if s.section == "2.2"
    ]
    table = mst("list", "--section", "2.2").stdout
    assert all(f" {s.id} " in table for s in CURRENT.statements if s.section == "2.2")


def test_a_filter_that_fits_nothing_says_what_there_is() -> None:
    done = mst("list", "--section", "7")
    assert done.exit_code == 2
    assert "there are: 0, 1, 2" in done.stderr


@pytest.mark.parametrize("width", [60, 100])
def test_show_keeps_to_the_width(width: int) -> None:
    for id_ in ("MST-2.2-04", "MST-2.4-03"):
        done = mst("show", id_, COLUMNS=str(width))
        assert done.exit_code == 0
        assert max(map(len, done.stdout.splitlines())) <= width
        assert id_ in done.stdout


def test_show_takes_any_statement_and_leaves_sql_out() -> None:
    for statement in CURRENT.statements:
        done = mst("show", statement.id, COLUMNS="200")
        words = " ".join(done.stdout.split())
        assert done.exit_code == 0
        assert " ".join(statement.statement.split())[:80] in words
        assert ("Who is judged" in words) is isinstance(statement, Recommendation)
        assert "not_applicable" not in words
    assert "not_applicable" in mst("show", "mst-2.2-04", "--sql").stdout
    assert mst("show", "MST-9-99").exit_code == 2


def test_coverage_counts_statements_without_any_data(tmp_path: Path) -> None:
    done = mst("coverage", "--format", "json", MST_HOME=str(tmp_path))
    found = json.loads(done.stdout)
    assert sum(row["statements"] for row in found) == 158
    assert sum(row["rules"] for row in found) == 78
    assert "judged" not in found[0]
    assert "No warehouse is served" in done.stderr


def test_coverage_counts_what_the_data_tell(demonstration: Demonstration) -> None:
    found = {row["section"]: row for row in rows("coverage")}
    ((judged, unknown),) = demonstration.ask(
        "select sum(met + deviated), sum(not_evaluable) from mart_adherence where is_default "
        "and recommendation_id like 'MST-2.2-%'"
    )
    assert found["2.2"]["judged"] == judged
    assert found["2.2"]["not evaluable %"] == pytest.approx(
        100 * float(unknown) / float(judged + unknown),
        abs=0.06,  # type: ignore[operator, arg-type]
    )


def test_coverage_of_rules_names_what_to_look_at(demonstration: Demonstration) -> None:
    found = rows("coverage", "--rules")
    assert [row["id"] for row in found] == [s.id for s in CURRENT.statements if s.kind == "rule"]
    for row in found:
        said = row["remark"]
        if row["status"] == "undecidable":
            assert said == " ".join(CURRENT.statement(row["id"]).undecidable.split())
        elif row["judged"]:
            if "met by all" in said:
                assert row["met %"] == 100
            if "met by none" in said:
                assert row["met %"] == 0
            assert ("more than half" in said) is (row["not evaluable %"] > 50)
        else:
            nobody = "the served warehouse has no verdict of it"
            assert said in {"applies to nobody", "nobody can be judged", nobody}


def test_check_counts_deviations_as_the_marts_do(demonstration: Demonstration) -> None:
    found = {(row["id"], row["reading"]): row for row in rows("check")}
    counted = demonstration.ask(
        "select recommendation_id, reading, sum(met + deviated), sum(deviated) "
        "from mart_adherence group by all"
    )
    assert {(id_, reading) for id_, reading, *_ in counted} == set(found)
    for id_, reading, evaluated, deviated in counted:
        row = found[str(id_), str(reading)]
        assert (row["evaluated"], row["unexpected"]) == (evaluated, deviated)


@pytest.mark.long
def test_diff_tells_changes_and_flips(demonstration: Demonstration, tmp_path: Path) -> None:
    folder = changed_copy(tmp_path, WINDOW, name="2023.2")
    done = mst("diff", consensus.CURRENT_VERSION, str(folder), "--format", "json")
    told = json.loads(done.stdout)
    assert told["changes"] == [{"entry": "MST-2.2-04", "change": "threshold", "detail": "72 → 36"}]
    assert {(f["recommendation_id"], f["reading"]) for f in told["flips"]} == {("MST-2.2-04", "a")}
    named = mst("diff", consensus.CURRENT_VERSION, str(folder), "--rows", "--format", "csv").stdout
    subjects = list(csv.DictReader(io.StringIO(named)))
    assert len(subjects) == sum(f["verdicts"] for f in told["flips"])
    assert {"center_id", "case_id", "subject", "subject_id", "before", "after"} <= set(subjects[0])
    (read,) = entries(Wanted(action="read the verdicts that flip"))
    assert read.detail == "demo: 2023.1 2023.2"
    by_release = mst(
        "diff", consensus.CURRENT_VERSION, str(folder), "--release", "demo", "--format", "json"
    )
    assert json.loads(by_release.stdout) == told
    assert "MST-2.2-04" in mst("diff", consensus.CURRENT_VERSION, str(folder)).stdout


def test_diff_needs_no_data(tmp_path: Path) -> None:
    folder = changed_copy(tmp_path, WINDOW, name="2023.2")
    done = mst(
        "diff", consensus.CURRENT_VERSION, str(folder), "--format", "json", MST_HOME=str(tmp_path)
    )
    assert json.loads(done.stdout)["flips"] is None
    assert "No release is served" in done.stderr


def test_diff_refuses_what_is_no_version(tmp_path: Path) -> None:
    assert mst("diff", consensus.CURRENT_VERSION, "1999.1").exit_code == 2
    folder = changed_copy(tmp_path, name="2023.2")
    (folder / "parameters.yaml").unlink()
    done = mst("diff", consensus.CURRENT_VERSION, str(folder))
    assert done.exit_code == 2
    assert "parameters.yaml: the file is missing" in done.stderr
