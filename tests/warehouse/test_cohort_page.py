"""The page of cohorts, as Streamlit runs it on a real build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from dashboards.analyst import cohort_page
from dashboards.portal import warehouse
from registry.analysis import COVARIATES
from registry.cohorts import attrition, known_only_later, load, parse
from tests.access.material import person, shown, words

pytestmark = pytest.mark.usefixtures("served")
EXAMPLES = {load(path).name: path for path in Path("examples/cohorts").resolve().glob("*.yaml")}
LATE = "timely-infusion"


def of(text: str = "") -> AppTest:
    page = shown(person("analyst"), "Cohorts", cohort=text)
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> AppTest:
    (button,) = (b for b in page.button if b.label == label)
    button.click().run()
    assert not page.exception
    return page


def choose(page: AppTest, label: str, value: Any) -> AppTest:
    boxes = [*page.selectbox, *page.radio, *page.multiselect]
    (box,) = (b for b in boxes if b.label == label)
    box.set_value(value).run()
    assert not page.exception
    return page


def criteria(page: AppTest) -> Any:
    return yaml.safe_load(page.session_state["cohort"])["criteria"]


def test_begins_with_all_patients_and_takes_criteria_one_by_one() -> None:
    page = of()
    assert "No criterion yet" in words(page)
    choose(page, "Column", "sex")
    choose(page, "Values", ["female"])
    press(page, "Add")
    assert criteria(page) == [{"include": "the patient: sex", "where": {"sex": ["female"]}}]
    choose(page, "Whoever meets it", "exclude")
    choose(page, "It is about", "dim_donor")
    choose(page, "Column", "kir_b_content_score")
    choose(page, "Condition", "is at most")
    (bound,) = (n for n in page.number_input if n.label == "at most")
    bound.set_value(2).run()
    (reason,) = (t for t in page.text_input if t.label.startswith("In words"))
    reason.set_value("little of group B").run()
    press(page, "Add")
    assert criteria(page)[1] == {
        "exclude": "little of group B", "any": "dim_donor", "where": {"kir_b_content_score": {"at_most": 2}}
    }  # fmt: skip
    page.button(key="remove 1").click().run()
    assert [c["where"] for c in criteria(page)] == [{"kir_b_content_score": {"at_most": 2}}]
    page.button(key="remove 1").click().run()
    assert page.session_state["cohort"] == ""
    assert "No criterion yet" in words(page)


@pytest.mark.parametrize(
    ("column", "condition", "fill", "where"),
    [
        ("is_eaml", "is yes", None, True),
        ("is_eaml", "is no", None, False),
        ("is_eaml", "is not known", None, {"known": False}),
        ("eln_2022", "is none of", lambda page: choose(page, "Values", ["adverse"]), {"not": ["adverse"]}),
        ("age_at_diagnosis_years", "is known", None, {"known": True}),
        (
            "age_at_diagnosis_years", "lies between",
            lambda page: ([n.set_value(v) for n, v in zip(page.number_input, (60, 75.5), strict=True)], page.run()),
            {"at_least": 60, "at_most": 75.5},
        ),
    ],
)  # fmt: skip
def test_every_condition_is_written_as_a_file_would(
    column: str, condition: str, fill: Callable[[AppTest], object] | None, where: object
) -> None:
    page = choose(choose(of(), "Column", column), "Condition", condition)
    if fill is not None:
        (add,) = (b for b in page.button if b.label == "Add")
        assert add.disabled
        fill(page)
    press(page, "Add")
    assert criteria(page)[0]["where"] == {column: where}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_tells_of_an_example_what_the_command_tells(name: str) -> None:
    cohort = load(EXAMPLES[name])
    page = choose(of(), "Begin with", cohort.question)
    press(page, "Begin")
    assert page.session_state["cohort"] == cohort.text
    with warehouse.opened() as connection:
        found = attrition(connection, cohort)
    drawn = words(page)
    assert cohort.question in drawn
    for step in found.steps:
        told = cohort_page.step_html(step, found.steps[0].kept)
        assert f"{step.kept:,} kept" in told
        if step.step:
            assert f"{step.left_out:,} left out, {step.unknown:,} not known" in told
    assert ("immortal time" in drawn) == bool(known_only_later(cohort))
    table = page.dataframe[0].value
    assert set(table["what"]) >= {
        "sex",
        "age group",
        "age at diagnosis, years",
        "number of courses",
    }
    women = table[(table["what"] == "sex") & (table["value"] == "female")]["cohort"].iloc[0]
    with warehouse.opened() as connection:
        centers, cases = zip(*found.cases, strict=True)
        (count,) = connection.execute(
            "select count(*) from dim_patient where sex = 'female' and (center_id, case_id) in "
            "(select unnest(?::varchar[]), unnest(?::varchar[]))", [list(centers), list(cases)],
        ).fetchone() or (0,)  # fmt: skip
    assert women.startswith(f"{count} of {len(found.cases)} (")


def test_a_cohort_made_by_what_comes_later_has_no_curve() -> None:
    page = of(EXAMPLES[LATE].read_text())
    (refused,) = page.error
    assert "No curve is drawn. Criteri" in refused.value
    assert "immortal time" in refused.value
    assert len(page.dataframe) == 1  # who they are
    drawn = of(EXAMPLES["elderly-aml"].read_text())
    assert not drawn.error
    groups = drawn.dataframe[1].value
    with warehouse.opened() as connection:
        found = attrition(connection, load(EXAMPLES["elderly-aml"]))
    assert 0 < groups["patients"].iloc[0] <= len(found.cases)


def test_a_text_with_a_fault_is_told_its_line_and_leaves_the_cohort_as_it_was() -> None:
    before = EXAMPLES["elderly-aml"].read_text()
    page = of(before)
    (area,) = page.text_area
    area.set_value(before.replace("is_eaml", "is_eamll")).run()
    press(page, "Take it over")
    assert "did you mean is_eaml?" in page.error[0].value
    assert "cohort.yaml:6" in page.error[0].value
    assert page.session_state["cohort"] == before
    (area,) = page.text_area
    area.set_value(before.replace("elderly-aml", "older")).run()
    press(page, "Take it over")
    assert parse(page.session_state["cohort"].encode(), "x").name == "older"


def test_nobody_left_says_so() -> None:
    page = of(
        "name: none\nquestion: Who is it?\ncriteria:\n- include: of age\n  where: {age_at_diagnosis_years: 1}\n"
    )
    assert "Nobody is left in the cohort." in words(page)


def test_a_question_can_be_asked_of_the_cohort() -> None:
    text = EXAMPLES["adverse-risk"].read_text()
    page = shown(person("analyst"), "Ask a question", cohort=text)
    choose(page, "Divided by", "sex")
    everybody = page.dataframe[0].value["patients"].sum()
    choose(page, "Counted from", "first_course")
    choose(page, "Asked of", "the cohort adverse-risk")
    with warehouse.opened() as connection:
        cases = attrition(connection, parse(text.encode(), "x")).cases
    asked = page.dataframe[0].value["patients"].sum()
    assert 0 < asked <= len(cases) < everybody
    choose(page, "Counted from", "diagnosis")  # fitness is known at the first course
    assert "is not answered" in page.error[0].value
    assert "settled only after the diagnosis" in page.error[0].value


def test_words_of_every_donor_covariate_are_on_offer() -> None:
    page = shown(person("analyst"), "HLA and KIR")
    (box,) = (b for b in page.selectbox if b.label == "Divided by")
    assert box.options == [c.words for c in COVARIATES.values() if c.only_there]
