"""The pages of results, as Streamlit runs them on a real build."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.analyst import benchmarks_page
from dashboards.numbers import percent
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


def ask(page: AppTest, **choices: str) -> AppTest:
    for label, value in choices.items():
        (box,) = (b for b in page.selectbox if b.label == label.replace("_", " "))
        box.select(value).run()
    assert not page.exception
    return page


def test_a_question_that_would_be_biased_by_survival_is_refused_and_says_why() -> None:
    page = ask(shown(person("analyst"), "Ask a question"), Divided_by="n_mst_consolidations")
    assert "immortal time" in words(page)
    assert len(page.dataframe) == 0
    (how,) = page.radio
    how.set_value("landmark").run()
    assert "immortal time" not in words(page)
    assert "Patients still at risk 180 days after the start" in words(page)


def test_a_question_gives_groups_curves_and_the_same_as_a_table() -> None:
    page = ask(shown(person("analyst"), "Ask a question"), Divided_by="age_group")
    groups, curves, _ = (frame.value for frame in page.dataframe)
    with warehouse.opened() as connection:
        rows = connection.execute(
            "select age_group, count(*) from fct_endpoint inner join dim_patient using (center_id, case_id) "
            "where endpoint = 'os' and origin = 'diagnosis' and age_group is not null group by 1 order by 1"
        ).fetchall()
    assert list(zip(groups["group"], groups["patients"], strict=True)) == rows
    assert set(curves["group"]) == {group for group, _ in rows}
    assert "against" in page.dataframe[2].value["compared"].iloc[0]
    assert "not known" in words(page) or "Nobody is left out" in words(page)


def test_a_competing_risk_is_a_stack_of_the_marts_own_incidence() -> None:
    page = ask(shown(person("analyst"), "Ask a question"), Endpoint="relapse")
    (asked,) = (frame.value for frame in page.dataframe if "death without relapse" in frame.value)
    with warehouse.opened() as connection:
        steps = connection.execute(
            "select time_days, incidence from mart_cumulative_incidence where endpoint = 'relapse' "
            "and origin = 'remission' and stratum_kind = 'all' order by 1"
        ).fetchall()
    day = float(asked["months"].iloc[1]) * 30.4375
    assert asked["relapse"].iloc[1] == percent([share for time, share in steps if time <= day][-1])


def test_an_endpoint_nobody_has_is_no_choice_and_other_roles_ask_nothing() -> None:
    page = shown(person("analyst"), "Ask a question")
    (box,) = (b for b in page.selectbox if b.label == "Counted from")
    assert "last dose" not in str(box.options)
    assert "Ask a question" not in words(shown(person("coordinator"), "Ask a question"))
