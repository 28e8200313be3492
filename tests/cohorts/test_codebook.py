"""The codebook tells of a file what its columns mean and how much of them is filled."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from registry.cohorts import marts
from registry.cohorts.codebook import as_csv, as_markdown, codebook
from tests.cohorts.material import file_of, patients
from tests.cohorts.test_commands import mst


def test_a_column_is_told_with_what_is_filled_and_its_values() -> None:
    file = patients(
        {"sex": "male", "age_at_diagnosis_years": 61, "is_eaml": False}, {"age_at_diagnosis_years": 90}, {}
    )  # fmt: skip
    wanted = {"dim_patient": ("sex", "age_at_diagnosis_years", "is_eaml", "n_courses")}
    sex, age, eaml, courses = codebook(file, wanted)
    assert (sex.rows, sex.filled, sex.filled_percent, sex.values) == (3, 1, 33.3, "female; male")
    assert (age.filled, age.filled_percent, age.values) == (2, 66.6, "61 to 90")
    assert (eaml.type, eaml.filled, eaml.values) == ("boolean", 1, "")
    assert (courses.filled, courses.filled_percent, courses.values) == (0, 0.0, "")
    assert age.description == "Completed years at diagnosis; 90 stands for 90 and over."


def test_only_what_is_wholly_filled_is_said_to_be() -> None:
    file = patients({"sex": "male"}, {})
    again = "select dim_patient.* from dim_patient, range(2998) where sex is not null"
    file.execute(f"insert into dim_patient {again}")
    (sex,) = codebook(file, {"dim_patient": ("sex",)})
    assert sex.filled_percent == 99.9
    assert "| 99.9 % |" in as_markdown([sex], "All")


def test_of_a_table_without_rows_no_share_is_said() -> None:
    (sex,) = codebook(file_of(duckdb.connect(), dim_patient=()), {"dim_patient": ("sex",)})
    assert (sex.rows, sex.filled_percent) == (0, None)
    assert "| `sex` | text |  | female; male |" in as_markdown([sex], "All")
    assert "dim_patient,sex,text,0,0,,female; male," in as_csv([sex])


@pytest.mark.usefixtures("served")
def test_the_file_an_analyst_gets_tells_every_column(tmp_path: Path) -> None:
    for name in ("codebook.csv", "codebook.md"):
        assert mst("codebook", "--to", tmp_path / name).exit_code == 0
    with (tmp_path / "codebook.csv").open() as file:
        told = [(row["table"], row["column"]) for row in csv.DictReader(file)]
    assert told == [(t, c) for t, mart in marts().items() for c in mart.columns]
    pages = (tmp_path / "codebook.md").read_text()
    assert pages.startswith("# Codebook of release made, data of 2026-01-01")
    assert [line for line in pages.splitlines() if line.startswith("## ")] == [
        f"## {t}" for t in marts()
    ]
    assert pages.count("| `") == len(told)


@pytest.mark.usefixtures("served")
def test_a_table_or_file_that_cannot_be_is_said(tmp_path: Path) -> None:
    assert "did you mean dim_patient?" in mst("codebook", "--table", "dim_pateint").stderr
    for path in (tmp_path / "book.txt", tmp_path / "none" / "book.md"):
        told = mst("codebook", "--to", path)
        assert (told.exit_code, list(tmp_path.iterdir())) == (2, [])
        assert "named .md or .csv, in a folder that exists" in told.stderr
    told = mst("codebook", "--table", "fct_endpoint", "--format", "csv")
    assert "fct_endpoint,time_days,number,40,40,100.0,0 to 39," in told.stdout
