"""`mst template`, `check`, `submit`, `export` as a person or a script calls them: words and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from registry.cli import app
from registry.workbook import write_workbook
from tests.cases import Rows, as_cells, tidy_case
from tests.warehouse.material import together

DONE, REFUSED, CONFLICT = 0, 2, 4


def mst(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def workbook(path: Path, case: Rows, **patient: object) -> Path:
    rows = as_cells(case)
    rows["patient"][0] |= patient
    write_workbook(path, rows)
    return path


@pytest.mark.parametrize("name", ["t.xlsx", "t.json", "t"])
def test_a_template_is_read_back_and_holds_no_case(
    empty_database: None, tmp_path: Path, name: str
) -> None:
    made = mst("template", tmp_path / name, "--format", "json")
    assert made.exit_code == DONE
    assert said(made)["form_version"]
    empty = mst("check", tmp_path / name, "--center", "C01", "--format", "json")
    assert empty.exit_code == REFUSED
    assert [f["rule"] for f in said(empty)["findings"] if f["severity"] == "reject"] == [
        "file.no_rows"
    ]


@pytest.mark.requirement("AUD-07", "UPL-16")
def test_a_case_goes_in_once_and_changes_with_a_reason(
    empty_database: None, tmp_path: Path
) -> None:
    first = workbook(tmp_path / "a.xlsx", tidy_case())
    checked = mst("check", first, "--center", "C01", "--format", "json")
    assert (checked.exit_code, said(checked)["status"]) == (DONE, "accepted")
    sent = said(mst("submit", first, "--center", "C01", "--format", "json"))
    assert sent["rows"] == sent["accepted"] == sent["rows_new"]
    again = said(mst("submit", first, "--center", "C01", "--format", "json"))
    assert (again["status"], again["submission_id"]) == ("already received", sent["submission_id"])

    second = workbook(tmp_path / "b.xlsx", tidy_case(), weight_kg=64)
    silent = mst("submit", second, "--center", "C01")
    assert silent.exit_code == REFUSED
    assert "weight_kg: 61.5 → 64.0 (changed)" in silent.stdout
    assert "[change.reason]" in silent.stdout
    told = mst("submit", second, "--center", "C01", "--reason", "entry error", "--format", "json")
    assert (told.exit_code, said(told)["rows_changed"]) == (DONE, 1)


@pytest.mark.requirement("UPL-17")
def test_an_older_file_and_a_used_key_are_conflicts(empty_database: None, tmp_path: Path) -> None:
    first = said(mst("submit", workbook(tmp_path / "a.xlsx", tidy_case()), "--center", "C01",
                     "--key", "march", "--format", "json"))  # fmt: skip
    second = workbook(tmp_path / "b.xlsx", tidy_case(), weight_kg=64)
    assert mst("submit", second, "--center", "C01", "--key", "march").exit_code == CONFLICT
    assert mst("submit", second, "--center", "C01", "--reason", "other").exit_code == DONE
    third = workbook(tmp_path / "c.xlsx", tidy_case(), weight_kg=70)
    stale = mst("submit", third, "--center", "C01", "--reason", "other", "--based-on",
                first["submission_id"], "--format", "json")  # fmt: skip
    assert stale.exit_code == CONFLICT
    (change,) = said(stale)["changes"]
    assert (change["kind"], change["old"], change["new"]) == ("older", 64.0, 70.0)


def test_the_present_state_comes_back_and_changes_nothing(
    empty_database: None, tmp_path: Path
) -> None:
    mst("submit", workbook(tmp_path / "a.xlsx", tidy_case()), "--center", "C01")
    for name in ("now.xlsx", "now.json", "now"):
        assert mst("export", tmp_path / name, "--center", "C01").exit_code == DONE
        same = said(mst("check", tmp_path / name, "--center", "C01", "--format", "json"))
        assert (same["status"], same["accepted"], same["held"]) == ("unchanged", 0, 0), name
    assert (
        mst("export", tmp_path / "x.xlsx", "--center", "C01", "--case", "P999").exit_code == REFUSED
    )


def test_the_own_workbook_comes_back_marked(empty_database: None, tmp_path: Path) -> None:
    faulty = workbook(tmp_path / "a.xlsx", tidy_case(), weight_kg="61,5")
    back = tmp_path / "back.xlsx"
    result = mst("check", faulty, "--center", "C01", "--return", back)
    assert result.exit_code == REFUSED
    book = openpyxl.load_workbook(back)
    assert {"Findings", "Queries", "Missing"} <= set(book.sheetnames)
    headers = [cell.value for cell in book["patient"][1]]
    comment = book["patient"].cell(2, headers.index("weight_kg") + 1).comment
    assert comment is not None
    assert "comma" in comment.text
    assert mst("check", faulty, "--center", "C01", "--return", faulty).exit_code == REFUSED
    assert "comma" not in str(openpyxl.load_workbook(faulty)["patient"]["A2"].comment)


@pytest.mark.requirement("UPL-14")
def test_the_same_findings_by_command_and_by_json(empty_database: None, tmp_path: Path) -> None:
    faulty = workbook(tmp_path / "a.xlsx", tidy_case(), weight_kg="61,5", sex="F")
    text = mst("check", faulty, "--center", "C01").stdout
    for finding in said(mst("check", faulty, "--center", "C01", "--format", "json"))["findings"]:
        assert finding["message"] in text
        assert finding["fix"] in text


def test_what_is_asked_of_many_rows_is_said_once(tmp_path: Path) -> None:
    rows = together(tidy_case("C01", f"P{number:03d}") for number in range(12))
    for row in rows["patient"]:
        del row["weight_kg"]
    rows["patient"][3]["age_at_diagnosis_years"] = 240
    told = mst("check", workbook(tmp_path / "many.xlsx", rows), "--center", "C01").output
    asked = [line for line in told.splitlines() if "weight_kg is empty" in line]
    assert len(asked) == 1
    assert "patient, 12 rows of 12 cases" in asked[0]
    assert [line for line in told.splitlines() if line.startswith("reject  case P003")]
    assert "and 2 more" in told
    assert "INFO" not in told
