"""`mst cohort`: what is printed, what is entered in the audit trail."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from click.testing import CliRunner, Result

from registry.cli import app
from registry.store import engine
from tests.cohorts.material import write

pytestmark = pytest.mark.usefixtures("served")
MST = typer.main.get_command(app)
WOMEN = """\
- {include: women only, where: {sex: female}}
- {include: known to have died, where: {is_dead: yes}}
"""


def mst(*words: object) -> Result:
    return CliRunner().invoke(MST, [str(word) for word in words])


def entries() -> list[tuple[str, str]]:
    """Acts entered by the commands, oldest first."""
    with engine("mst_reader").connect() as session:
        found = session.exec_driver_sql("select action, detail from audit.entry order by seq")
        return [(row[0], row[1]) for row in found if row[1] is not None]


def test_the_steps_are_rows_in_every_format(tmp_path: Path) -> None:
    path = write(tmp_path, WOMEN)
    told = mst("cohort", "show", path, "--format", "json")
    assert [(s["kept"], s["left_out"], s["unknown"]) for s in json.loads(told.stdout)] == [
        (40, 0, 0), (20, 20, 0), (5, 10, 5),
    ]  # fmt: skip
    assert "Step 2: met only in the course of treatment" in told.stderr
    rows = list(csv.DictReader(io.StringIO(mst("cohort", "show", path, "--format", "csv").stdout)))
    assert [(row["step"], row["way"], row["kept"]) for row in rows] == [
        ("0", "", "40"), ("1", "include", "20"), ("2", "include", "5"),
    ]  # fmt: skip
    assert "women only" in mst("cohort", "show", path).stdout


def test_counting_is_entered_by_the_name_of_the_cohort(tmp_path: Path) -> None:
    mst("cohort", "show", write(tmp_path, WOMEN))
    assert entries() == [("count a cohort", "those")]


def test_a_file_with_a_fault_ends_the_command_before_anything_is_read(tmp_path: Path) -> None:
    told = mst("cohort", "show", write(tmp_path, "- {include: women only, where: {sx: female}}"))
    assert (told.exit_code, entries()) == (2, [])
    assert "cohort.yaml:4: criterion 1: no such column" in told.stderr


def test_a_folder_is_no_cohort_and_is_called_a_folder(tmp_path: Path) -> None:
    told = mst("cohort", "show", tmp_path)
    assert told.exit_code == 2
    assert "is a folder; name the file of one cohort in it" in " ".join(told.stderr.split())


def test_a_query_is_told_with_its_header_and_refused_with_a_reason() -> None:
    empty = mst("sql", "select sex as a, sex as a from dim_patient where false", "--format", "csv")
    assert empty.stdout == "a,a_1\n"
    for query, said in ((";", "There is no statement"), ("select 1; select 2", "one at a time")):
        told = mst("sql", query)
        assert (told.exit_code, said in told.stderr) == (2, True)
