"""Builds are swapped in whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from registry.warehouse import Build, DbtError, build, connect, current
from tests.cases import tidy_case
from tests.warehouse.conftest import Ask
from tests.warehouse.material import together, write_release


@pytest.mark.requirement("REL-05", "REL-07")
def test_a_failed_build_leaves_the_last_one_serving(built: Build, home: Path) -> None:
    twice = write_release(home / "releases" / "twice", together([tidy_case(), tidy_case()]))
    with pytest.raises(DbtError, match="unique_grain"):
        build(twice, home, progress=lambda _: None)
    noted = json.loads((home / "warehouse" / "failed.json").read_text())
    assert noted == {"release": "twice", "error": "DbtError"}
    assert current(home) == built
    assert [path.name for path in (home / "warehouse").iterdir() if path.is_dir()] == [
        built.build_id
    ]


def test_the_pointer_says_what_was_built_from_what(built: Build, home: Path) -> None:
    pointer = json.loads((home / "warehouse" / "current.json").read_text())
    assert pointer["build"] == built.build_id
    assert pointer["release"] == "everything"
    assert pointer["built_from"] == str(home / "releases" / "everything")


@pytest.mark.requirement("REL-05")
def test_files_stand_alone(steward: Ask) -> None:
    """No view points at the release, which may be moved away."""
    assert steward("select count(*) from duckdb_views() where not internal") == [(0,)]
    assert steward("select count(*) from stg_patient where submission_id = 1")[0][0] > 300


@pytest.mark.requirement("REL-05")
def test_no_file_beside_the_three(built: Build) -> None:
    assert sorted(path.name for path in built.folder.iterdir()) == [
        "analyst.duckdb", "public.duckdb", "steward.duckdb",
    ]  # fmt: skip


@pytest.mark.requirement("ACC-14")
def test_a_served_file_is_read_only_and_reaches_no_other(built: Build) -> None:
    with connect(built.analyst) as connection:
        for forbidden in (
            "drop table dim_patient",
            "copy dim_patient to '/tmp/leak.csv'",
            "select * from read_csv('/etc/passwd')",
            f"attach '{built.steward}'",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(forbidden)
