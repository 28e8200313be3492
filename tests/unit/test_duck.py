"""A query of the warehouse reads its own file, and ends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
import typer
from click.testing import CliRunner

from registry.cli import app
from registry.duck import QueryError, TooMuchError, ask, open_locked

pytestmark = pytest.mark.requirement("ACC-14")


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path / "analyst.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("create table numbers as select range as n from range(1000)")
    with open_locked(path) as opened:
        yield opened


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/*')",
        "copy numbers to '/tmp/numbers.csv'",
        "attach '/tmp/other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
        "set memory_limit = '64GB'",
        "insert into numbers values (1)",
        "drop table numbers",
    ],
)
def test_it_reaches_nothing_else(locked: duckdb.DuckDBPyConnection, query: str) -> None:
    with pytest.raises(duckdb.Error):
        ask(locked, query, seconds=5, rows=10)


def test_a_query_without_end_is_stopped(locked: duckdb.DuckDBPyConnection) -> None:
    query = "select count(*) from range(100000) a, range(100000) b where a.range * b.range % 7 = 3"
    with pytest.raises(TooMuchError, match="stopped after 1 seconds"):
        ask(locked, query, seconds=1, rows=10)
    assert ask(locked, "select 1 as one", seconds=5, rows=10) == (["one"], [(1,)])


def test_an_answer_has_an_end_too(locked: duckdb.DuckDBPyConnection) -> None:
    assert len(ask(locked, "select n from numbers", seconds=5, rows=1_000)[1]) == 1_000
    with pytest.raises(TooMuchError, match="more than 999 rows"):
        ask(locked, "select n from numbers", seconds=5, rows=999)


@pytest.mark.parametrize("option", ["--seconds=0", "--seconds=-3", "--seconds=nan", "--rows=-1"])
def test_a_limit_that_is_none_is_refused(option: str) -> None:
    told = CliRunner().invoke(typer.main.get_command(app), ["sql", "select 1", option])
    assert (told.exit_code, option.partition("=")[0] in told.stderr) == (2, True)


@pytest.mark.parametrize(
    ("query", "said"),
    [("", "no statement"), (";", "no statement"), ("/* c */", "no statement"),
     ("select 1; select 2", "one at a time")],
)  # fmt: skip
def test_a_query_is_one_statement(locked: duckdb.DuckDBPyConnection, query: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        ask(locked, query, seconds=5, rows=10)


@pytest.mark.parametrize("query", ["select 1 as one;", "select 1 as one; ;"])
def test_a_semicolon_at_its_end_is_no_second(locked: duckdb.DuckDBPyConnection, query: str) -> None:
    assert ask(locked, query, seconds=5, rows=10) == (["one"], [(1,)])


def test_columns_of_the_same_name_are_numbered(locked: duckdb.DuckDBPyConnection) -> None:
    names, rows = ask(locked, "select 1 as a, 2 as a, 3 as a, 4 as a_1", seconds=5, rows=10)
    assert (names, rows) == (["a", "a_1", "a_2", "a_1_1"], [(1, 2, 3, 4)])


def test_many_pages_at_once_read_the_same_file_and_none_unlocks_it(tmp_path: Path) -> None:
    path = tmp_path / "analyst.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("create table numbers as select range as n from range(10)")

    def read(_: int) -> int:
        with open_locked(path) as opened:
            with pytest.raises(duckdb.Error):
                opened.execute("set enable_external_access = true")
            return len(opened.execute("from numbers").fetchall())

    with open_locked(path), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(64))) == [10] * 64
