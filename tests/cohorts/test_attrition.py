"""Who is kept, left out and unknown, counted by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.analysis import ImmortalTimeError, covariates, everyone, is_known_at
from registry.analysis.covariates import FIRST_COURSE, ORIGINS
from registry.cohorts import attrition, followed, known_only_later, load, marts
from tests.cohorts.material import Row, file_of, patients, write

EXAMPLES = sorted(Path("examples/cohorts").resolve().glob("*.yaml"))


def counted(
    connection: duckdb.DuckDBPyConnection, path: Path
) -> tuple[list[tuple[int, int, int]], list[str]]:
    found = attrition(connection, load(path))
    return [(s.kept, s.left_out, s.unknown) for s in found.steps], [case for _, case in found.cases]


def test_missing_is_neither_met_nor_failed(tmp_path: Path) -> None:
    file = patients({"is_eaml": True}, {"is_eaml": False}, {"is_eaml": None}, {"is_eaml": True})
    came_in = write(tmp_path, "- {include: elderly AML, where: {is_eaml: yes}}")
    assert counted(file, came_in) == ([(4, 0, 0), (2, 1, 1)], ["P1", "P4"])
    went = write(tmp_path, "- {exclude: elderly AML, where: {is_eaml: yes}}")
    assert counted(file, went) == ([(4, 0, 0), (1, 2, 1)], ["P2"])


def test_each_criterion_is_counted_on_those_the_ones_before_it_kept(tmp_path: Path) -> None:
    file = patients(
        {"sex": "female", "age_at_diagnosis_years": 70},
        {"sex": "female", "age_at_diagnosis_years": 86},
        {"sex": "male"},  # his age is not asked any more
        {"sex": "female"},
    )
    cohort = """\
- {include: women only, where: {sex: female}}
- {exclude: over 85 years, where: {age_at_diagnosis_years: {more_than: 85}}}
"""
    assert counted(file, write(tmp_path, cohort)) == ([(4, 0, 0), (3, 1, 0), (1, 1, 1)], ["P1"])


@pytest.mark.parametrize(
    ("where", "kept", "unknown"),
    [
        (
            "[{age_at_diagnosis_years: 60}, {age_at_diagnosis_years: {more_than: 75}}]",
            "P2 P3",
            "P4",
        ),
        # one alternative that holds is enough, whatever is missing of the other
        ("[{age_at_diagnosis_years: {known: no}}, {age_at_diagnosis_years: 60}]", "P2 P4", ""),
        ("[{age_at_diagnosis_years: 70, age_band: 74}]", "P1", "P4"),
        ("{age_at_diagnosis_years: 70}", "P1", "P4"),
        ("{age_at_diagnosis_years: [60, 70]}", "P1 P2", "P4"),
        ("{age_at_diagnosis_years: {not: 70}}", "P2 P3", "P4"),
        ("{age_at_diagnosis_years: {at_least: 70}}", "P1 P3", "P4"),
        ("{age_at_diagnosis_years: {more_than: 60, less_than: 80}}", "P1", "P4"),
        ("{age_at_diagnosis_years: {at_most: 70}}", "P1 P2", "P4"),
        ("{age_at_diagnosis_years: {known: yes}}", "P1 P2 P3", ""),
        ("{age_at_diagnosis_years: {known: no}}", "P4", ""),
        # one of two conditions that fails is enough, whatever is missing of the other
        ("{age_at_diagnosis_years: {at_least: 70}, sex: male}", "P3", ""),
        ("{age_band: 74}", "P1", "P2 P3 P4"),
    ],
)
def test_each_operator(where: str, kept: str, unknown: str, tmp_path: Path) -> None:
    file = patients(
        {"age_at_diagnosis_years": 70, "sex": "female", "age_band": "74"},
        {"age_at_diagnosis_years": 60, "sex": "male"},
        {"age_at_diagnosis_years": 80, "sex": "male"},
        {"sex": "female"},
    )
    steps, cases = counted(file, write(tmp_path, f"- {{include: those asked for, where: {where}}}"))
    assert (cases, steps[1][2]) == (kept.split(), len(unknown.split()))


def test_of_several_rows_one_that_meets_all_conditions_is_enough(tmp_path: Path) -> None:
    infusions = [
        ("P1", "induction", "T1"),
        ("P1", "consolidation", None),
        ("P2", "induction", "T2"),
        ("P2", "consolidation", "T1"),  # each condition is met, by no row both
        ("P3", "induction", None),  # may have been in time
        ("P3", "induction", "T2"),
    ]
    file = file_of(
        duckdb.connect(),
        dim_patient=[{"case_id": f"P{n}"} for n in (1, 2, 3, 4)],  # P4: no infusion on record
        fct_infusion=[{"case_id": c, "phase": p, "timing_tier": t} for c, p, t in infusions],
    )
    where = "any: fct_infusion, where: {phase: induction, timing_tier: T1}"
    assert counted(file, write(tmp_path, f"- {{include: in time, {where}}}")) == (
        [(4, 0, 0), (1, 1, 2)], ["P1"],
    )  # fmt: skip
    assert counted(file, write(tmp_path, f"- {{exclude: in time, {where}}}"))[1] == ["P2"]


def test_cases_of_one_name_at_two_centers_stay_two(tmp_path: Path) -> None:
    both = [
        {"center_id": c, "case_id": "P1", "sex": s} for c, s in (("C01", "male"), ("C02", "female"))
    ]
    file = file_of(duckdb.connect(), dim_patient=both)
    found = attrition(file, load(write(tmp_path, "- {include: women, where: {sex: female}}")))
    assert found.cases == (("C02", "P1"),)


AGES = st.lists(st.none() | st.integers(55, 95), max_size=12)
SEXES = st.lists(st.none() | st.sampled_from(["female", "male"]), max_size=12)


@settings(max_examples=25, deadline=None)
@given(AGES, SEXES, st.booleans(), st.booleans())
def test_every_patient_is_in_exactly_one_count_of_each_step(
    tmp_path_factory: pytest.TempPathFactory,
    ages: list[int | None],
    sexes: list[str | None],
    first: bool,
    second: bool,
) -> None:
    rows: list[Row] = [
        {"age_at_diagnosis_years": a, "sex": s} for a, s in zip(ages, sexes, strict=False)
    ]
    ways = [("include", "exclude")[way] for way in (first, second)]
    cohort = f"""\
- {{{ways[0]}: of that age, where: {{age_at_diagnosis_years: {{at_least: 60}}}}}}
- {{{ways[1]}: of that sex, where: {{sex: male}}}}
"""
    found = attrition(patients(*rows), load(write(tmp_path_factory.mktemp("cohort"), cohort)))
    left = len(rows)
    for step in found.steps:
        assert step.kept + step.left_out + step.unknown == left
        left = step.kept
    of_age = {"include": lambda a: a >= 60, "exclude": lambda a: a < 60}[ways[0]]
    of_sex = {"include": "male", "exclude": "female"}[ways[1]]
    assert left == len(found.cases) == sum(
        r["age_at_diagnosis_years"] is not None and of_age(r["age_at_diagnosis_years"])
        and r["sex"] == of_sex for r in rows
    )  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_can_be_counted(path: Path) -> None:
    steps, _ = counted(patients({"disease": "AML"}), path)
    assert steps[0] == (1, 0, 0)
    assert load(path).name == path.stem


def test_criteria_met_only_on_the_way_are_named(tmp_path: Path) -> None:
    cohort = """\
- {include: known at diagnosis, where: {sex: female}}
- {include: lived to have two, where: {n_mst_consolidations: {at_least: 2}}}
- {include: lived to be infused, any: fct_infusion, where: {timing_tier: T1}}
- {include: nothing is in question, any: dim_quality, where: {queries_open: 0}}
"""
    assert known_only_later(load(write(tmp_path, cohort))) == (2, 3)


@pytest.mark.parametrize(
    "where",
    [
        "last_contact_day: {at_least: 365}", "relapse_day: {known: yes}", "treatment_failure: no",
        "second_induction_given: yes", "remission_day: {at_most: 60}",
    ],
)  # fmt: skip
def test_a_column_is_taken_for_late_unless_it_is_listed(where: str, tmp_path: Path) -> None:
    cohort = f"""\
- {{include: of age, where: {{is_eaml: yes, age_at_diagnosis_years: {{at_least: 60}}}}}}
- {{include: fit for it, where: {{fitness_class: fit}}}}
- {{include: who lived for it, where: {{{where}}}}}
"""
    assert known_only_later(load(write(tmp_path, cohort))) == (3,)


def test_what_is_listed_as_known_early_is_a_column() -> None:
    early = {name for name in marts()["dim_patient"].columns if is_known_at(name, FIRST_COURSE)}
    assert early >= covariates._SETTLED.keys()


def test_what_is_settled_is_so_from_then_on_unless_it_comes_with_the_cells() -> None:
    for name in marts()["dim_patient"].columns:
        known = [is_known_at(name, origin) for origin in ORIGINS]
        of_donor = name in covariates.COVARIATES and covariates.COVARIATES[name].only_there
        assert known == sorted(known) or (of_donor and sum(known) == 1)
    assert not is_known_at("first_course_day", "diagnosis")
    assert is_known_at("sex", "diagnosis")


def test_a_cohort_is_followed_from_where_its_criteria_are_settled(tmp_path: Path) -> None:
    sexes = ["female", "female", "male"]
    file = patients(*({"sex": sex, "first_course_day": 5} for sex in sexes))
    rows = [
        {"case_id": f"P{n}", "endpoint": "os", "origin": origin, "time_days": 10 * n, "status": 1}
        for n in (1, 2, 3) for origin in ("diagnosis", "first_course")
    ]  # fmt: skip
    file_of(file, fct_endpoint=rows)
    women = "- {include: women only, where: {sex: female}}\n"
    cohort = load(write(tmp_path, women))
    of = followed(file, cohort, "diagnosis")
    assert everyone(file, "os", "diagnosis", patients=of).patients == 2
    assert everyone(file, "os", "diagnosis").patients == 3

    treated = women + "- {include: who was treated, where: {first_course_day: {known: yes}}}\n"
    cohort = load(write(tmp_path, treated))
    assert followed(file, cohort, "first_course")
    with pytest.raises(
        ImmortalTimeError, match="Criterion 2 of the cohort is settled only after the diagnosis"
    ):
        followed(file, cohort, "diagnosis")

    late = (
        treated
        + "- {include: who got cells, any: fct_infusion, where: {infusion_no: {known: yes}}}\n"
    )
    with pytest.raises(ImmortalTimeError, match="Criteria 2, 3 of the cohort are"):
        followed(file, load(write(tmp_path, late)), "diagnosis")
    for origin in ORIGINS:
        with pytest.raises(ImmortalTimeError, match=r"leave .* out and divide by it on a landmark"):
            followed(file, load(write(tmp_path, late)), origin)
