"""The pages of results, as Streamlit runs them on a real build."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboards.analyst import benchmarks_page
from dashboards.portal import warehouse
from registry import consensus
from registry.analysis.benchmarks import comparisons
from registry.warehouse import Build
from tests.access.material import person, shown, words

pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def served(built: Build, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state folder is the one of the build."""
    monkeypatch.setenv("MST_HOME", str(home))


def test_benchmarks_lists_them_all_with_what_is_not_confirmed() -> None:
    page = shown(person("analyst"), "Benchmarks")
    assert not page.exception
    (table,) = (frame.value for frame in page.dataframe)
    assert list(dict.fromkeys(table["id"])) == [b.id for b in consensus.benchmarks()]
    assert table["registry"].str.len().min() > 0
    unconfirmed = {b.id for b in consensus.benchmarks() if any(m.mark == "G" for m in b.marks)}
    assert unconfirmed
    assert set(table["id"][table["marks"].str.contains("[G]", regex=False)]) == unconfirmed
    assert "check before citing" in words(page)


def test_the_drawing_has_every_figure_that_has_a_value_on_its_scale() -> None:
    with warehouse.opened() as connection:
        found = comparisons(connection)
    for scale in ("share", "time"):
        drawn = benchmarks_page.points(found, scale)
        own = [o for c in found if c.scale == scale for o in c.own if o.value is not None]
        assert list(drawn["words"][drawn["who"] == "registry"]) == [o.words for o in own]
        assert own
    weeks = next(c for c in found if c.benchmark.id == "B-23")
    row = benchmarks_page.points([weeks], "time").iloc[0]
    assert (row["low"], row["high"]) == (pytest.approx(28 / 30.4375), pytest.approx(42 / 30.4375))
    assert pd.isna(row["value"])
