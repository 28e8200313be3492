"""The pages of results, as Streamlit runs them on a real build."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboards import adherence, charts
from dashboards.analyst import benchmarks_page, case_page, matrix
from dashboards.analyst.case_story import cases_of, story
from dashboards.analyst.question_page import NOT_TO_PUBLISH
from dashboards.numbers import percent
from dashboards.portal import warehouse
from registry import consensus
from registry.access.rights import NotAllowedError, Person, Role
from registry.analysis.benchmarks import comparisons, told_to
from registry.audit.read import Wanted, entries
from registry.cli import app
from registry.disclosure.others import WITHHELD
from registry.statistics.proportion import MIN_SUBJECTS
from tests.access.material import OWN, person, shown, words
from tests.warehouse.conftest import Ask

pytestmark = pytest.mark.usefixtures("served")


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


def test_benchmarks_tell_one_center_no_figure_of_few_others() -> None:
    with warehouse.opened() as connection:
        found = comparisons(connection)
        most = 0
        for table in ("dim_patient", "dim_donor", "dim_collection", "dim_course", "fct_infusion"):
            (own,) = connection.execute(
                f"select count(*) from {table} where center_id = 'K00'"
            ).fetchone() or (0,)
            most = max(most, own)
        told = told_to("K00", connection, found)
    before = [own for comparison in found for own in comparison.own]
    after = [own for comparison in told for own in comparison.own]
    kept = [one for one, other in zip(before, after, strict=True) if one == other]
    hidden = [other for one, other in zip(before, after, strict=True) if one != other]
    assert kept
    assert hidden
    assert all(one.of is None or one.of == 0 or one.of - most >= MIN_SUBJECTS for one in kept)
    assert {(one.value, one.of, one.unknown, one.why_not) for one in hidden} == {
        (None, None, None, WITHHELD)
    }


@pytest.mark.usefixtures("empty_database")
def test_the_command_says_what_an_interval_is_and_what_to_mind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.cli.results.home", lambda: home)
    run, mst = CliRunner(), typer.main.get_command(app)
    told = json.loads(run.invoke(mst, ["benchmarks", "--format", "json"]).stdout)
    with warehouse.opened() as connection:
        owns = [own for c in comparisons(connection) for own in c.own]
    said = [row for row in told if row["registry_caveat"] or row["spread"]]
    assert {own.spread for own in owns if own.lower is not None} == {
        row["spread"] for row in said if row["from"] is not None
    }
    assert {own.caveat for own in owns if own.caveat} == {
        row["registry_caveat"] for row in said if row["registry_caveat"]
    }
    text = run.invoke(mst, ["benchmarks"]).stdout
    assert all(own.caveat in text for own in owns)
    assert "spread           95 % interval" in text


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


@pytest.mark.requirement("SDC-10")
@pytest.mark.parametrize(
    ("split", "may_be_published"), [("sex", True), ("age_group", False)]
)  # fmt: skip
def test_a_model_that_must_stay_inside_says_so(split: str, may_be_published: bool) -> None:
    page = ask(shown(person("analyst"), "Ask a question"), Divided_by=split)
    assert any(NOT_TO_PUBLISH in w.value for w in page.warning) is not may_be_published


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


def all_cases(center: str) -> list[str]:
    with warehouse.opened() as connection:
        rows = connection.execute(
            "select case_id from dim_patient where center_id = ? order by 1", [center]
        ).fetchall()
    return [case for (case,) in rows]


@pytest.mark.requirement("ACC-08")
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("role", ["coordinator", "steward", "analyst", "auditor"])
def test_a_case_is_shown_to_its_center_and_the_steward_and_looking_is_entered(role: str) -> None:
    own, who = all_cases(OWN)[0], person(role)
    if role in ("analyst", "auditor"):
        with pytest.raises(NotAllowedError):
            story(who, OWN, own)
        with pytest.raises(NotAllowedError):
            cases_of(who, OWN)
        return
    before = entries(Wanted(limit=1))
    found = story(who, OWN, own)
    assert {"observed", "end"} <= set(found["lane"])
    last = entries(Wanted(limit=1))[0]
    assert last.seq == (before[0].seq if before else 0) + 1
    assert (last.action, last.center_id, last.case_id) == ("read the story of a case", OWN, own)
    if role == "coordinator":
        for case in (all_cases("K00")[0], "none"):
            with pytest.raises(NotAllowedError):
                story(who, "K00", case)
    assert story(who, OWN, "none").empty


@pytest.mark.usefixtures("database")
def test_the_story_of_a_case_is_that_of_the_marts_by_day() -> None:
    page = shown(person("coordinator"), "One case")
    (box,) = page.selectbox
    assert list(box.options) == all_cases(OWN)
    case = next(
        c for c in all_cases(OWN) if (story(person("steward"), OWN, c)["lane"] == "courses").any()
    )
    box.select(case).run()
    assert not page.exception
    (told,) = (frame.value for frame in page.dataframe)
    with warehouse.opened() as connection:
        courses = connection.execute(
            "select count(start_day), min(start_day) from dim_course where center_id = ? and case_id = ?",
            [OWN, case],
        ).fetchone()
    assert courses is not None
    drawn = told[told["what"].str.startswith("course ")]
    assert (len(drawn), int(drawn["day"].iloc[0])) == courses
    assert list(told["day"].str.split().str[0].astype(int)) == sorted(
        told["day"].str.split().str[0].astype(int)
    )
    lanes = case_page.drawing(story(person("steward"), OWN, case), charts.DAYS).to_dict()
    assert [layer["mark"]["type"] for layer in lanes["layer"]] == ["bar", "point", "text"]


def test_the_matrix_is_for_those_who_may_compare_centers() -> None:
    for role, offered in (("analyst", True), ("coordinator", False)):
        page = shown(person(role), "Adherence", view="All centers")
        assert not page.exception
        assert ("Percent of those judged" in words(page)) == offered


def drawn(page: AppTest) -> str:
    """What stands in a page's own HTML and over its folds."""
    assert not page.exception
    told = [element.proto.body for element in page.get("html")]
    return "\n".join([*told, *(fold.label for fold in page.expander)])


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize(
    ("title", "of_all"),
    [("Figures", "Registry:"), ("Outcomes", "evaluable"), ("Adherence", "tell centers apart")],
)
def test_one_center_is_told_nothing_that_shows_few_of_others(
    title: str, of_all: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Person("cora", Role.COORDINATOR, "K00")
    assert of_all in drawn(shown(own, title))
    monkeypatch.setattr("registry.disclosure.others.MIN_SUBJECTS", 10_000)
    page = shown(own, title)
    assert of_all not in drawn(page).replace(f"Registry:</b> {WITHHELD}", "")
    assert not page.dataframe
    assert of_all in drawn(shown(person("analyst"), title))


@pytest.mark.requirement("ACC-08")
def test_strata_of_few_patients_elsewhere_are_not_drawn_for_one_center(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with warehouse.opened() as connection:
        others = dict(connection.execute(
            "select age_group, count(*) from fct_endpoint inner join dim_patient using (center_id, case_id) "
            "where endpoint = 'os' and origin = 'first_course' and center_id <> 'K00' group by 1"
        ).fetchall())  # fmt: skip
    sizes = sorted(others.values())
    monkeypatch.setattr("registry.disclosure.others.MIN_SUBJECTS", sizes[-2] + 1)
    page = shown(Person("cora", Role.COORDINATOR, "K00"), "Outcomes")
    (by,) = (box for box in page.selectbox if box.label == "By")
    by.select("age group").run()
    assert WITHHELD in words(page)
    drawn_groups = {row for frame in page.dataframe for row in frame.value["group"]}
    assert drawn_groups <= {group for group, count in others.items() if count == sizes[-1]}


def test_a_cell_of_the_matrix_has_the_rate_or_says_that_there_is_none() -> None:
    with warehouse.opened() as connection:
        rows = connection.execute(
            "select recommendation_id, reading, center_id, met, deviated, not_evaluable, not_applicable "
            "from mart_adherence"
        ).df()
    found = matrix.cells(rows, adherence.HEADLINE)
    per_center = found.groupby("center")["id"].nunique()
    headline = [e for e in consensus.load().judged() if e.headline]
    assert set(per_center) == {len(headline)}
    assert set(per_center.index) == set(rows["center_id"])
    few = found["judged"] < adherence.MIN_SUBJECTS
    assert few.any()
    assert not few.all()
    assert ((found["told"] == matrix.TOO_FEW) == few).all()
    assert set(matrix.table(found).columns) == {"id", "recommendation", *rows["center_id"]}


def test_differences_from_what_is_derived_are_told_as_rates(analyst: Ask) -> None:
    of_all = "select derivation, definition_id, sum(compared), sum(disagree) from mart_disagreement {} group by all order by all"
    for role, where in (("analyst", ""), ("coordinator", f"where center_id = '{OWN}'")):
        page = shown(person(role), "Centers")
        assert not page.exception
        counted = analyst(of_all.format(where))
        if not counted:
            assert "There is nothing to compare yet." in words(page)
            continue
        (table,) = (f.value for f in page.dataframe if "differ" in f.value)
        together = table[table["center"] == "all of these"]
        assert (
            list(
                zip(
                    together["derived"],
                    together["by"],
                    together["compared"],
                    together["differ"],
                    strict=True,
                )
            )
            == counted
        )
        assert sum(differ for *_, differ in counted) > 0
        others = set(table["center"]) - {"all of these"}
        assert (role == "analyst") == bool(others)
