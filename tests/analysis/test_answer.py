"""Who is in which group, by hand; and the null under which courses change nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest

from dashboards.analyst.question_page import term_table
from registry.analysis import (
    Answer,
    ImmortalTimeError,
    LeftOut,
    Method,
    Question,
    answer,
    beside,
)
from registry.analysis.answer import Group, everyone, not_known
from registry.consensus import benchmarks
from registry.statistics.cox import cox
from registry.statistics.kaplan_meier import Survival
from registry.statistics.model import NOT_FINITE, Term
from tests.analysis.material import Patient, file_of, whoever_survives

LANDMARK = Question(
    "os", "first_course", "n_mst_consolidations", Method.LANDMARK, 180, at_least=(2,)
)
TIME_DEPENDENT = Question(
    "os", "first_course", "n_mst_consolidations", Method.TIME_DEPENDENT, at_least=(2,)
)


def counts(*days: int) -> dict[str, list[tuple[int, int]]]:
    return {"mst_consolidations": [(day, number) for number, day in enumerate(days, start=1)]}


# Origin is day 10, so day 180 after it is day 190.
PATIENTS = [
    Patient(100, 1, counts(60)),  # died before the landmark
    Patient(120, 0, counts()),  # lost before it
    Patient(190, 1, counts(60, 90)),  # died on it
    Patient(400, 1, counts(60, 190)),  # the second on the day itself counts
    Patient(500, 1, counts(60, 191)),  # the second a day later does not
    Patient(600, 0, counts(60, 90, 120)),
    Patient(300, 1, counts()),
    Patient(700, 1),  # not known how many
]


def group_sizes(found: Answer) -> dict[str, tuple[int, int]]:
    return {group.name: (group.patients, group.events) for group in found.groups}


def test_landmark_by_hand() -> None:
    found = answer(file_of(PATIENTS), LANDMARK)
    assert group_sizes(found) == {"0-1": (2, 2), "2 or more": (2, 1)}
    assert found.left_out == LeftOut(
        not_known=1, before_event=2, before_competing=0, before_censored=1
    )
    # counted from the landmark: day 500 is 310 days after day 190
    assert found.groups[0].curve is not None
    assert found.groups[0].curve.counts.time_days.tolist() == [110, 310]
    assert found.test is not None
    assert found.model is not None
    assert found.model.publishable(largest_hidden_count=12) is False


def test_time_dependent_by_hand() -> None:
    found = answer(file_of(PATIENTS), TIME_DEPENDENT)
    # all seven begin with fewer than two; four of them come to have two
    assert group_sizes(found) == {"0-1": (7, 2), "2 or more": (4, 3)}
    assert found.left_out == LeftOut(not_known=1)
    assert found.model is not None
    assert found.model.patients == 7


def test_those_without_a_remission_have_their_event_on_the_first_day_and_count() -> None:
    """Event-free survival: everybody a day later is the same comparison, which needs no event at day 0."""
    draw = np.random.default_rng(11)
    failed = draw.random(80) < 0.3
    days = np.where(failed, 0, np.ceil(draw.exponential(300, 80))).astype(int)

    def told(later: int) -> Answer:
        patients = [
            Patient(10 + int(day) + later, 1, sex=("female", "male")[number % 2])
            for number, day in enumerate(days)
        ]
        asked = Question("efs", "first_course", "sex")
        return answer(file_of(patients, endpoint="efs"), asked)

    found, shifted = told(0), told(1)
    for one, other in zip(found.groups, shifted.groups, strict=True):
        assert isinstance(one.curve, Survival)
        assert isinstance(other.curve, Survival)
        assert one.curve.at(0).share == pytest.approx(1 - failed[one.name == "male" :: 2].mean())
        assert one.curve.survival == pytest.approx(other.curve.survival)
    assert found.test == shifted.test
    assert found.model is not None
    assert shifted.model is not None
    assert found.model.terms == shifted.model.terms


def test_a_time_dependent_answer_names_those_whose_event_came_on_the_first_day() -> None:
    patients = [
        *(Patient(p.end_day, p.status, p.history) for p in PATIENTS),
        Patient(10, 1, counts()),
    ]
    asked = Question(
        "efs", "first_course", "n_mst_consolidations", Method.TIME_DEPENDENT, at_least=(2,)
    )
    found = answer(file_of(patients, endpoint="efs"), asked)
    assert found.left_out == LeftOut(not_known=1, before_event=1)


def test_who_was_first_tested_later_enters_later() -> None:
    """Whoever died untested is in no group; so nobody may count as unexposed before the first sample."""
    patients, pieces = [], []
    for number in range(60):
        sampled = 15 + number % 30
        found = sampled + 40 * (number % 3)
        end, status = sampled + 25 + (number * 37) % 400, int(number % 4 > 0)
        history = {"microchimerism": [(sampled, int(found == sampled)), (found, 1)]}
        patients.append(Patient(end, status, history, known_from_start=False))
        days = [sampled - 10, *([found - 10] if sampled < found < end else []), end - 10]
        names = ["no", "yes"] if len(days) == 3 else ["yes" if found == sampled else "no"]
        for name, entry, until in zip(names, days[:-1], days[1:], strict=True):
            pieces.append((number, entry, until, status if until == end - 10 else 0, name))
    patients.append(Patient(45, 1, {"microchimerism": [(50, 0)]}, known_from_start=False))

    asked = Question("os", "first_course", "chimerism_class", Method.TIME_DEPENDENT)
    found_ = answer(file_of(patients), asked)
    assert found_.left_out == LeftOut(not_known=1)
    who, entry, until, event, name = zip(*pieces, strict=True)
    by_hand = cox(until, event, {"chimerism_class": name}, entry_days=entry, person=who)
    assert found_.model is not None
    assert found_.model.terms == by_hand.terms

    landmark = Question("os", "first_course", "chimerism_class", Method.LANDMARK, 20)
    by_day_20 = answer(file_of(patients), landmark)  # day 30 since diagnosis
    assert by_day_20.left_out.not_known == 1 + sum(15 + n % 30 > 30 for n in range(60))


def test_a_change_on_the_day_of_death_comes_too_late() -> None:
    found = answer(
        file_of([Patient(60, 1, counts(20, 60)), Patient(80, 1, counts(20, 30)), Patient(90, 0, counts())]),
        TIME_DEPENDENT,
    )  # fmt: skip
    assert group_sizes(found) == {"0-1": (3, 1), "2 or more": (1, 1)}


def test_dead_on_the_day_of_origin_is_counted_as_left_out() -> None:
    found = answer(file_of([*PATIENTS, Patient(10, 1, counts())]), TIME_DEPENDENT)
    assert found.left_out == LeftOut(not_known=1, before_event=1)


def test_plain_by_hand() -> None:
    people = [
        Patient(40 + day, status, sex=sex)
        for day, status, sex in [
            (10, 1, "f"),
            (20, 2, "m"),
            (30, 1, "m"),
            (40, 0, "f"),
            (9, 1, None),
        ]
    ]
    asked = Question("relapse", "remission", "sex")
    found = answer(file_of(people, endpoint="relapse", origin="remission"), asked)
    assert group_sizes(found) == {"f": (2, 1), "m": (2, 1)}
    assert found.left_out == LeftOut(not_known=1)
    # f: 1 of 2 relapsed; m: one died first, then 1/2 * 1/1
    assert [group.curve.at(30).share for group in found.groups if group.curve] == [0.5, 0.5]


def test_one_group_has_a_curve_and_a_reason_why_no_test() -> None:
    found = answer(
        file_of([Patient(100, 1), Patient(200, 0)]), Question("os", "first_course", "sex")
    )
    assert group_sizes(found) == {"female": (2, 1)}
    assert (found.test, found.model) == (None, None)
    assert "two groups" in found.why_not


def test_nobody() -> None:
    with pytest.raises(ValueError, match="nobody has os from remission"):
        answer(file_of(PATIENTS), Question("os", "remission", "sex"))
    with pytest.raises(ValueError, match="nobody is followed beyond"):
        answer(file_of(PATIENTS[:3]), LANDMARK)


def plain(seed: int, size: int) -> Term:
    """The split the guard refuses: by how many consolidations a patient came to have."""
    patients = whoever_survives(size, seed)
    group = ["2 or more" if len(p.history["mst_consolidations"]) > 1 else "0-1" for p in patients]
    times, status = zip(*((p.end_day - 10, p.status) for p in patients), strict=True)
    return cox(times, status, {"courses": group}).terms[0]


def guarded(question: Question, seed: int, size: int) -> Term:
    found = answer(file_of(whoever_survives(size, seed)), question)
    assert found.model is not None, found.why_not
    return found.model.terms[0]


def test_under_a_null_the_plain_ratio_is_far_from_one_and_the_guarded_are_not() -> None:
    seeds, size = range(8), 400
    bare = [plain(seed, size) for seed in seeds]
    assert max(term.ratio for term in bare) < 0.75
    assert max(term.p for term in bare) < 0.001
    for question in (LANDMARK, TIME_DEPENDENT):
        terms = [guarded(question, seed, size) for seed in seeds]
        assert math.exp(fmean(term.coefficient for term in terms)) == pytest.approx(1, abs=0.12)
        assert sum(term.p < 0.05 for term in terms) <= 2


@pytest.mark.long
@pytest.mark.parametrize("question", [LANDMARK, TIME_DEPENDENT], ids=["landmark", "time-dependent"])
def test_under_a_null_the_intervals_cover(question: Question) -> None:
    repetitions = 1000
    terms = [guarded(question, seed, 400) for seed in range(repetitions)]
    covered = float(np.mean([term.lower <= 1 <= term.upper for term in terms]))
    # four standard errors of the simulation
    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / repetitions))
    assert math.exp(fmean(term.coefficient for term in terms)) == pytest.approx(1, abs=0.03)


BY_ID = {benchmark.id: benchmark for benchmark in benchmarks()}


@pytest.mark.parametrize("number", ["B-11", "B-12", "B-13", "B-14"])
def test_the_papers_figures_stand_beside_a_landmark_only(number: str) -> None:
    figure = BY_ID[number]
    people = file_of(whoever_survives(60, 1), endpoint=figure.measure, origin="first_course")
    landmark = Question(
        figure.measure, "first_course", "n_mst_consolidations", Method.LANDMARK, 180, at_least=(2,)
    )
    ours = answer(people, landmark)
    assert beside(figure, ours).ours is ours
    with pytest.raises(ImmortalTimeError, match=f"{number} compares patients"):
        beside(figure, None)
    running = Question(
        figure.measure, "first_course", "n_mst_consolidations", Method.TIME_DEPENDENT, at_least=(2,)
    )
    with pytest.raises(ImmortalTimeError):
        beside(figure, answer(people, running))
    with pytest.raises(ImmortalTimeError):
        beside(figure, answer(people, Question(figure.measure, "first_course", "sex")))


def test_the_landmark_must_be_of_the_same_endpoint_and_division() -> None:
    people = file_of(whoever_survives(60, 1))
    assert beside(BY_ID["B-11"], answer(people, LANDMARK))
    with pytest.raises(ImmortalTimeError):
        beside(BY_ID["B-12"], answer(people, LANDMARK))
    at_three = Question(
        "os", "first_course", "n_mst_consolidations", Method.LANDMARK, 180, at_least=(3,)
    )
    with pytest.raises(ImmortalTimeError):
        beside(BY_ID["B-11"], answer(people, at_three))


def test_other_figures_need_no_landmark() -> None:
    free = next(b for b in benchmarks() if "T-40" not in b.tensions)
    assert beside(free, None).ours is None


def test_who_never_came_into_remission_is_not_unknown_from_remission() -> None:
    refractory, no_follow_up, no_day, never_assessed = (None, False), (40, True), (None, True), (None, None)  # fmt: skip
    for others, unknown in (
        ([refractory] * 40, 0),
        ([refractory] * 40 + [no_follow_up] * 2, 2),
        ([refractory, no_follow_up, no_day, never_assessed], 3),
    ):
        file = file_of([Patient(400, 0)] * 60, endpoint="lfs", origin="remission")
        file.executemany(
            "insert into dim_patient (center_id, case_id, remission_day, in_remission) values ('C02', ?, ?, ?)",
            [[f"O{number}", *of] for number, of in enumerate(others)],
        )
        assert everyone(file, "lfs", "remission").patients == 60
        assert not_known(file, "lfs", "remission") == unknown


def test_a_landmark_may_count_from_diagnosis() -> None:
    patients = [Patient(700, 0, {"mst_courses": [(20, 1)]}), Patient(600, 1, {"mst_courses": []})]
    file = file_of(patients)
    file.execute("update fct_endpoint set origin = 'diagnosis', time_days = time_days + 10")
    found = answer(file, Question("os", "diagnosis", "n_mst_courses", Method.LANDMARK, 20, (1,)))
    assert [(group.name, group.patients) for group in found.groups] == [("0", 1), ("1 or more", 1)]


def test_of_a_population_only_its_patients_are_asked_and_who_may_be_of_it_is_not_known() -> None:
    history = {"mst_courses": [(20, 1)]}
    of_it, others, perhaps = (
        [Patient(700 + n, n % 2, history, is_eaml=eaml) for n in range(count)]
        for eaml, count in ((True, 30), (False, 7), (None, 3))
    )
    mixed, pure = file_of([*of_it, *others, *perhaps]), file_of(of_it)
    assert everyone(mixed, "os", "first_course", "is_eaml").patients == 30
    assert not_known(mixed, "os", "first_course", "is_eaml") == 3
    assert not_known(mixed, "os", "first_course") == 0
    for question in (
        Question("os", "first_course", "sex"),
        Question("os", "first_course", "n_mst_courses", Method.LANDMARK, 20, (1,)),
        Question("os", "first_course", "n_mst_courses", Method.TIME_DEPENDENT, at_least=(1,)),
    ):
        among = replace(question, among="is_eaml")
        found, alone = answer(mixed, among), answer(pure, question)
        assert [(g.name, g.patients, g.events) for g in found.groups] == [
            (g.name, g.patients, g.events) for g in alone.groups
        ]
        assert found.left_out.not_known == alone.left_out.not_known + 3
        assert sum(g.events for g in answer(mixed, question).groups) > sum(
            g.events for g in found.groups
        )


def test_the_page_prints_no_number_where_there_is_no_finite_estimate() -> None:
    group = ["a", "b"] * 20 + ["c"] * 5
    model = cox(range(1, 46), [1] * 40 + [0] * 5, {"onset_type": group})
    groups = tuple(Group(name, group.count(name), 0, None) for name in "abc")
    asked = Question("os", "first_course", "onset_type")
    rows = term_table(Answer(asked, groups, LeftOut(0), None, model), model).to_dict("records")
    assert rows[0]["p"].startswith("p ")
    assert rows[1] == {
        "compared": "c against a", "ratio of hazards": NOT_FINITE, "95 % interval": "", "p": "",
    }  # fmt: skip
