"""A split by what happens after the origin is refused; nothing can be asked that was not declared."""

from __future__ import annotations

import pytest

from registry.analysis import COVARIATES, ImmortalTimeError, Method, Question
from registry.analysis.covariates import FIRST_INFUSION, ORIGINS

LATER = [name for name, covariate in COVARIATES.items() if covariate.known_from is None]
WITH_HISTORY = [name for name in LATER if COVARIATES[name].exposure]
OF_DONORS = [name for name, covariate in COVARIATES.items() if covariate.only_there]
BASELINE = [name for name in COVARIATES if name not in (*LATER, *OF_DONORS)]


def cuts(name: str) -> tuple[int, ...]:
    return (2,) if COVARIATES[name].is_count else ()


def test_what_the_brief_calls_later_is_later() -> None:
    assert {
        "n_mst_consolidations", "n_courses", "any_gvhd", "severe_gvhd", "chimerism_class",
        "induction_response", "in_remission", "neutrophil_recovery_days", "allo_done",
    } <= set(LATER)  # fmt: skip
    assert {"age_group", "sex", "eln_2022"} <= set(BASELINE)


@pytest.mark.parametrize("origin", ["diagnosis", "first_course", "remission", "allo_transplant"])
@pytest.mark.parametrize("name", LATER)
def test_a_plain_split_by_what_comes_later_is_refused(name: str, origin: str) -> None:
    with pytest.raises(ImmortalTimeError, match="must live") as refused:
        Question("os", origin, name, at_least=cuts(name))
    said = str(refused.value)
    assert COVARIATES[name].words in said
    # what to do instead, only where it can be done
    assert ("Choose a landmark" in said) == (name in WITH_HISTORY)


@pytest.mark.parametrize("method", [Method.LANDMARK, Method.TIME_DEPENDENT])
@pytest.mark.parametrize("name", LATER)
def test_the_guarded_methods_need_a_history(name: str, method: Method) -> None:
    day = 180 if method is Method.LANDMARK else None
    if name in WITH_HISTORY:
        assert Question("os", "remission", name, method, day, cuts(name)).method is method
    else:
        with pytest.raises(ImmortalTimeError, match="from which day"):
            Question("os", "remission", name, method, day, cuts(name))


@pytest.mark.parametrize("name", BASELINE)
def test_what_is_known_at_the_origin_may_be_asked(name: str) -> None:
    assert Question("os", "first_course", name).covariate.column == name


def test_treatment_is_not_known_at_diagnosis() -> None:
    with pytest.raises(ImmortalTimeError, match="Choose a later origin, such as first course"):
        Question("os", "diagnosis", "fitness_class")
    assert Question("os", "remission", "fitness_class")


def test_the_donor_is_on_record_with_the_cells() -> None:
    assert {"first_donor_category", "first_donor_relation", "first_donor_kir_genotype"} <= set(
        OF_DONORS
    )
    assert all(name.startswith("first_donor_") for name in OF_DONORS)


@pytest.mark.parametrize("origin", [origin for origin in ORIGINS if origin != FIRST_INFUSION])
@pytest.mark.parametrize("name", OF_DONORS)
def test_a_donor_divides_only_those_counted_from_the_first_infusion(name: str, origin: str) -> None:
    """Before it, whoever dies is in no group; in remission some have no cells yet."""
    with pytest.raises(ImmortalTimeError, match="counted from the first infusion"):
        Question("os", origin, name, at_least=cuts(name))
    assert Question("chronic_gvhd", FIRST_INFUSION, name, at_least=cuts(name))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"endpoint": "pfs"}, "no endpoint"),
        ({"origin": "birth"}, "no origin"),
        ({"split_by": "shoe_size"}, "has to be declared"),
        ({"split_by": "is_dead or true --"}, "has to be declared"),
        ({"landmark_day": 100}, "belongs to the landmark method"),
        ({"at_least": (2,)}, "is no count"),
        ({"method": Method.LANDMARK, "landmark_day": 90}, "does not change with time"),
    ],
)
def test_what_cannot_be_asked(changed: dict[str, object], words: str) -> None:
    asked = {"endpoint": "os", "origin": "diagnosis", "split_by": "sex"} | changed
    with pytest.raises(ValueError, match=words):
        Question(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"landmark_day": None}, "needs a day"),
        ({"landmark_day": 0}, "needs a day"),
        ({"at_least": ()}, "rising numbers"),
        ({"at_least": (0, 2)}, "rising numbers"),
        ({"at_least": (3, 2)}, "rising numbers"),
        ({"origin": "last_dose"}, "is not kept"),
        ({"endpoint": "chronic_gvhd", "origin": "first_infusion"}, "is not kept"),
        ({"method": Method.TIME_DEPENDENT}, "belongs to the landmark method"),
    ],
)
def test_a_landmark_that_cannot_be_asked(changed: dict[str, object], words: str) -> None:
    asked = {
        "endpoint": "os", "origin": "remission", "split_by": "n_mst_consolidations",
        "method": Method.LANDMARK, "landmark_day": 180, "at_least": (2,),
    } | changed  # fmt: skip
    with pytest.raises(ValueError, match=words):
        Question(**asked)  # type: ignore[arg-type]


def test_counts_fall_into_named_groups() -> None:
    asked = Question("os", "remission", "n_mst_courses", Method.LANDMARK, 180, (1, 2, 4))
    assert [asked.label(n) for n in (0, 1, 2, 3, 4, 9)] == [
        "0",
        "1",
        "2-3",
        "2-3",
        "4 or more",
        "4 or more",
    ]
