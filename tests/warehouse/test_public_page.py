"""The public page, as Streamlit runs it on a published file: it reads public tables and nothing else."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import adherence
from dashboards.public import completeness, downloads, safety, words
from dashboards.public.warehouse import read
from registry.disclosure import policy
from registry.warehouse import Build
from tests.warehouse.conftest import Ask
from tests.warehouse.test_public import TABLES

APP = Path(__file__).resolve().parents[2] / "dashboards" / "public" / "app.py"


@pytest.fixture
def published(built: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The public file alone: no analyst's file is beside it that a page could read."""
    folder = tmp_path / "0001"
    folder.mkdir()
    shutil.copy(built.public, folder / "public.duckdb")
    pointer = tmp_path / "current.json"
    said = {"build": "0001", "release": "everything", "data_cut": None, "built_at": "2026-03-01T00:00:00+00:00"}  # fmt: skip
    pointer.write_text(json.dumps(said))
    monkeypatch.setenv("MST_PUBLIC_POINTER", str(pointer))
    monkeypatch.setenv("MST_HOME", str(tmp_path / "nowhere"))
    return pointer


def html(page: AppTest) -> str:
    """The bars and legends of the page."""
    return " ".join(str(element.proto.body) for element in page.get("html"))


def test_the_page_has_every_part_and_says_what_is_hidden(published: Path) -> None:
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert not page.error
    assert [h.value for h in page.header] == [
        "Who is in it", "Complete remission after induction", "Survival", "Relapse, and death without relapse",
        "Safety", "Traces of donor cells", "How practice compares with the consensus",
        "Figures, and what was published", "How complete the data are", "Take the numbers away",
    ]  # fmt: skip
    assert any("could not be evaluated counts as no" in caption.value for caption in page.caption)
    assert words.hidden() in [m.value for m in page.markdown]
    assert f"counts of {policy().hidden} are hidden" in words.hidden()
    for figure in safety.named((*safety.SAFETY, *safety.CHIMERISM)):
        assert figure.statistic.words in html(page)


def test_curves_stand_as_a_table_too(published: Path, public: Ask) -> None:
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    tables = [frame.value for frame in page.dataframe if "survival" in frame.value]
    assert tables
    start = public(
        "select max(n_risk) from public_survival where endpoint = 'os' and stratum_kind = 'all'"
    )
    assert (int(tables[0]["at risk"].iloc[0]),) == start[0]


@pytest.mark.parametrize("table", downloads.TABLES)
def test_a_download_is_the_public_table_with_hidden_counts_left_empty(
    published: Path, public: Ask, table: str
) -> None:
    told = list(csv.DictReader(io.StringIO(downloads.csv_of(table))))
    rows = public(f"select * from {table} order by all")
    assert len(told) == len(rows)
    for row, said in zip(rows, told, strict=True):
        for value, cell in zip(row, said.values(), strict=True):
            if value is None:
                assert cell == ""
            elif isinstance(value, float):
                assert float(cell) == pytest.approx(value)
            else:
                assert cell.removeprefix("'") == str(value)


def test_every_public_table_can_be_taken_away(published: Path) -> None:
    assert sorted(downloads.TABLES) == TABLES


def test_a_figure_that_was_not_published_is_said_to_be_missing(published: Path) -> None:
    (figure,) = safety.named([("MST-1-11", "early_death")])
    rows = read("select * from public_statistic limit 0")
    assert [w.words for w in safety.told(figure, rows)] == ["not published yet"]


def test_completeness_leaves_hidden_counts_out_and_says_so() -> None:
    rows = pd.DataFrame(
        [("MST-2-04", "a", 80, 15, 5), ("MST-2-05", "a", 60, 20, None)],
        columns=["recommendation_id", "reading", "met", "deviated", "not_evaluable"],
    ).assign(not_applicable=0)
    rows["reading"] = [
        line.reading for line in adherence.lines(rows.iloc[:0].assign(center_id="")) if line.is_default
        and line.entry.id in ("MST-2-04", "MST-2-05")
    ]  # fmt: skip
    found = completeness.by_section(rows)
    name = next(n for n in found if n.startswith("2  "))
    unknown, asked, hidden = found[name]
    assert (unknown, asked, hidden) == (5, 100, 1)


def test_nothing_published_is_said_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_PUBLIC_POINTER", str(tmp_path / "current.json"))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert [i.value for i in page.info] == ["Nothing has been published yet."]
    assert not page.error
