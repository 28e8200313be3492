"""Builds are swapped in whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from registry.cohorts import marts
from registry.duck import standing
from registry.warehouse import Build, DbtError, build, connect, current
from tests.cases import tidy_case
from tests.warehouse.conftest import Ask
from tests.warehouse.material import together, write_release


@pytest.mark.requirement("REL-05", "REL-07")
def test_a_failed_build_leaves_the_last_one_serving(built: Build, home: Path) -> None:
    twice = write_release(home / "releases" / "twice", together([tidy_case(), tidy_case()]))
    with pytest.raises(DbtError, match="unique_grain"):
        build(twice, home, progress=lambda _: None)
    assert current(home) == built
    failed = standing(home / "warehouse" / "current.json").failed
    assert failed is not None
    assert (failed[0], failed[2]) == ("twice", "a model failed, or a test of the data did")
    assert [path.name for path in (home / "warehouse").iterdir() if path.is_dir()] == [
        built.build_id
    ]


def tables(made: Build) -> dict[str, str]:
    """A digest of the rows of every table of the three files, whatever their order."""
    found = {}
    for path in made.files():
        with connect(path) as connection:
            names = connection.execute("select table_name from duckdb_tables()").fetchall()
            for (name,) in names:
                query = f"select md5(string_agg(t::varchar, chr(10) order by t::varchar)) from {name} as t"
                (digest,) = connection.execute(query).fetchall()
                found[f"{path.stem}.{name}"] = digest[0]
    return found


@pytest.mark.requirement("REL-08")
@pytest.mark.long
@pytest.mark.parametrize("threads", [1, 8])
def test_a_release_built_again_gives_the_same_tables(
    built: Build, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setenv("MST_BUILD_THREADS", str(threads))
    again = build(home / "releases" / "everything", tmp_path, progress=lambda _: None)
    assert len(tables(built)) > 80
    assert tables(again) == tables(built)


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


def test_every_table_and_column_says_what_it_is(analyst: Ask, public: Ask) -> None:
    comments = "select table_name, column_name, comment from duckdb_columns() where not internal"
    assert {(t, c): " ".join(said.split()) for t, c, said in analyst(comments)} == {
        (mart.name, column.name): column.description
        for mart in marts().values()
        for column in mart.columns.values()
    }
    for ask in (analyst, public):
        told = ask("select comment from duckdb_tables() where not internal") + ask(
            "select comment from duckdb_columns() where not internal"
        )
        assert told
        assert all(said for (said,) in told)


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
