"""A cohort file with a fault is refused with its line, the reason and what was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.cohorts import CohortError, load
from registry.cohorts.definition import LARGEST_BYTES
from tests.cohorts.material import write

# 10 to the 15th lists, were each alias followed
MANY_BY_ALIAS = "a0: &a0 []\n" + "".join(
    f"a{n}: &a{n} [{f'*a{n - 1}, ' * 10}]\n" for n in range(1, 16)
)


def refused(path: Path) -> str:
    with pytest.raises(CohortError) as told:
        load(path)
    return str(told.value)


def of_condition(folder: Path, where: str, more: str = "") -> str:
    return refused(write(folder, f"- {{include: those asked for, {more}where: {where}}}"))


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("{is_eamll: yes}", "no such column in dim_patient; did you mean is_eaml?"),
        ("{timing_tier: T1}", "it is a column of fct_infusion (write any: fct_infusion)"),
        ("{zzzz: 1}", "no such column in dim_patient; mst codebook lists them"),
        ("{disease: APLL}", "disease: no such value; there are AML, APL"),
        ("{disease: APLL}", "did you mean APL?"),
        ("{disease: [AML, aml]}", "did you mean AML?"),
        ("{disease: {at_least: AML}}", "at_least is for numbers, and this column is text"),
        ("{is_eaml: {more_than: 1}}", "more_than is for numbers, and this column is yes or no"),
        ("{is_eaml: 1}", "is_eaml: the value is yes or no"),
        ("{is_eaml: }", "is_eaml: a value that is missing is no value; ask for it by known: no"),
        ("{n_courses: two}", "n_courses: the value is a number"),
        ("{n_courses: yes}", "n_courses: the value is a number"),
        ("{n_courses: .nan}", "n_courses: the value is a number"),
        ("{n_courses: 2020-01-01}", "n_courses: the value is a number"),
        ("{n_courses: {at_last: 2}}", "no such operator; there are at_least"),
        ("{n_courses: {at_last: 2}}", "did you mean at_least?"),
        ("{n_courses: {}}", "n_courses: write a value, a list of values, or an operator"),
        ("{n_courses: []}", "n_courses: the list of values is empty"),
        ("{n_courses: {known: 1}}", "n_courses: known takes yes or no"),
        ("{case_id: P1}", "case_id: its values are not laid down"),
        ("{'1=1) or (true': yes}", "no such column in dim_patient"),
        ("{disease: \"AML') or ('1'='1\"}", "disease: no such value"),
        ("{}", "where: write at least one column and its condition"),
        ("[a]", "where: write at least one column and its condition"),
        ("[]", "where: write at least one column and its condition"),
        ("[{sex: male}, {sexx: male}]", "no such column in dim_patient; did you mean sex?"),
    ],
)
def test_a_condition_with_a_fault(where: str, said: str, tmp_path: Path) -> None:
    told = of_condition(tmp_path, where)
    assert told.startswith("cohort.yaml:4: criterion 1: ")
    assert said in told


def test_a_column_of_the_patient_is_not_asked_of_the_rows(tmp_path: Path) -> None:
    told = of_condition(tmp_path, "{sex: male}", more="any: fct_infusion, ")
    assert "it is a column of dim_patient (of the patient: leave out any)" in told


@pytest.mark.parametrize("table", ["fct_infusions", "fct_verdict", "[dim_course]", "dim_patient"])
def test_a_table_that_is_none(table: str, tmp_path: Path) -> None:
    told = of_condition(tmp_path, "{sex: male}", more=f"any: {table}, ")
    assert "any: no such table; write one of dim_course, fct_infusion" in told


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        ("{include: one, exclude: two, where: {sex: male}}", "either include or exclude"),
        ("{where: {sex: male}}", "either include or exclude"),
        ("{include: '', where: {sex: male}}", "Write a reason of at least 5 characters"),
        ("{include: born 12.03.1950, where: {sex: male}}", "These words seem to hold"),
        ("{include: those asked for, when: {sex: male}}", "did you mean where?"),
        ("{include: those asked for, sql: 'true'}", "the keys are include, exclude, any, where"),
        ("males", "write include, exclude, any, where"),
    ],
)
def test_a_criterion_with_a_fault(criterion: str, said: str, tmp_path: Path) -> None:
    told = refused(write(tmp_path, f"- {criterion}"))
    assert "cohort.yaml:4: criterion 1: " in told
    assert said in told
    assert "12.03.1950" not in told


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path, "- {include: women only, where: {sx: female}}\n- {include: x, where: {sex: w}}",
        name="Not A Name", question="Who",
    )  # fmt: skip
    lines = refused(path).splitlines()
    assert [line.split(": ")[0].removeprefix("cohort.yaml:") for line in lines] == list("12455")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write name, question, criteria"),
        ("- a", "write name, question, criteria"),
        ("name: a\nname: b", "written twice"),
        ("name: [", "not YAML"),
        ("name: a\nquestion: Who is it?\ncriteria: {}", "criteria: write a list of at least one"),
        ("x" * (LARGEST_BYTES + 1), "more than 64,000 bytes"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
        ("name: a\nwhere: &a {sex: *a}", "cohort.yaml:2: a: stands within itself"),
        (
            "criteria: &a\n- {include: women only, where: *a}",
            "cohort.yaml:2: a: stands within itself",
        ),
        ("[" * 30_000 + "]" * 30_000, "more than 50 lists and keys within each other"),
        (MANY_BY_ALIAS, "a key that is not known"),
        (
            "criteria:\n" + "- {include: women only, where: {sex: female}}\n" * 300,
            "cohort.yaml:1: criteria: at most 50; 300 are written",
        ),
    ],
)
def test_a_file_that_is_no_cohort(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "cohort.yaml"
    path.write_text(text)
    assert said in refused(path)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "none.yaml")
    (tmp_path / "other.yaml").write_bytes(b"\xff\xfe\x00")
    assert "not text in UTF-8; save it as such" in refused(tmp_path / "other.yaml")
    assert "there is no such file" in refused(tmp_path)
