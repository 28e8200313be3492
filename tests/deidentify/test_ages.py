"""Ages up to 89 leave, older is 90, and nothing that leaves tells more (DEID-03)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.deidentify.ages import completed_years, implies_top_age, top_coded
from registry.deidentify.fault import FaultError
from registry.deidentify.layout import AGES
from registry.forms import FORMS
from tests.deidentify.hospital import reasons, run

DIAGNOSIS = date(2024, 6, 15)


def aged(birth: date | str = "", **more: Any) -> Any:
    return run(
        {"patient": [{"case_id": "1", "diagnosis_date": DIAGNOSIS, "birth_date": birth, **more}]}
    )


@pytest.mark.requirement("DEID-03")
@pytest.mark.parametrize(
    ("birth", "age"),
    [
        (date(1936, 6, 15), 88), (date(1935, 6, 15), 89), (date(1934, 6, 15), 90),
        (date(1934, 6, 16), 89), (date(1934, 6, 14), 90), (date(1933, 6, 15), 90),
        (date(1904, 6, 15), 90), (date(2024, 6, 15), 0), (date(2024, 6, 14), 0),
        (date(1956, 2, 29), 68),
    ],
)  # fmt: skip
def test_the_age_is_computed_in_completed_years_and_top_coded(birth: date, age: int) -> None:
    made = aged(birth)
    assert reasons(made) == []
    assert made.rows["patient"][0]["age_at_diagnosis_years"] == age


@pytest.mark.parametrize("birth", [date(2024, 6, 16), date(2030, 1, 1), date(1903, 6, 15)])
def test_an_age_that_cannot_be_is_refused(birth: date) -> None:
    assert [rule for *_, rule in reasons(aged(birth))] == ["deidentify.age"]


@pytest.mark.requirement("DEID-03")
@pytest.mark.parametrize(
    ("typed", "age"),
    [(88, 88), ("89", 89), (90, 90), (91, 90), (120, 90), ("90+", 90), (">89", 90), (0, 0),
     ("unknown", "unknown"), (68.0, 68)],
)  # fmt: skip
def test_a_typed_age_is_top_coded(typed: Any, age: Any) -> None:
    made = aged(age_at_diagnosis_years=typed)
    assert reasons(made) == []
    assert made.rows["patient"][0]["age_at_diagnosis_years"] == age


@pytest.mark.parametrize("typed", [-1, 121, "68 y", 68.5, "elderly", "1956"])
def test_a_typed_age_that_is_none_is_refused(typed: Any) -> None:
    assert [rule for *_, rule in reasons(aged(age_at_diagnosis_years=typed))] == ["deidentify.age"]


def test_typed_and_computed_age_must_agree() -> None:
    assert reasons(aged(date(1956, 1, 1), age_at_diagnosis_years=68)) == []
    assert reasons(aged(date(1930, 1, 1), age_at_diagnosis_years=95)) == []
    wrong = aged(date(1956, 1, 1), age_at_diagnosis_years=67)
    assert [rule for *_, rule in reasons(wrong)] == ["deidentify.age"]


@pytest.mark.requirement("DEID-03")
def test_birth_date_and_birth_year_never_leave() -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": DIAGNOSIS, "birth_date": date(1930, 5, 6),
                      "birth_year": 1930, "Geburtsdatum": "06.05.1930"}]}
    )  # fmt: skip
    assert "1930" not in str(made.rows)
    removed = [column.header for _, column in made.preview.removed()]
    assert removed == ["diagnosis_date", "birth_date", "birth_year", "Geburtsdatum"]


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 119))
def test_a_birthday_adds_one_year_on_the_day_itself(birth: date, years: int) -> None:
    try:
        birthday = birth.replace(year=birth.year + years)
    except ValueError:
        birthday = date(birth.year + years, 3, 1)
    assert completed_years(birth, birthday) == years
    assert completed_years(birth, birthday - timedelta(days=1)) == years - 1


def test_ages_of_donors_and_at_transplant_are_top_coded() -> None:
    made = run(
        {"patient": [{"case_id": "1"}],
         "donor": [{"case_id": "1", "donor_id": "D1", "age_years": 93}],
         "allo": [{"case_id": "1", "age_at_transplant_years": 91}]}
    )  # fmt: skip
    assert made.rows["donor"][0]["age_years"] == 90
    assert made.rows["allo"][0]["age_at_transplant_years"] == 90


def test_every_age_of_the_forms_is_treated_as_one() -> None:
    years = {
        (form, name)
        for form, model in FORMS.items()
        for name, column in model.columns().items()
        if column.item.unit == "years"
    }
    assert years == AGES


@pytest.mark.parametrize(
    ("age", "last_day", "sent"), [(85, 1824, 85), (85, 1825, "withheld"), (60, 5000, 60)]
)
def test_an_age_that_the_last_day_turns_into_one_over_89_is_withheld(
    age: int, last_day: int, sent: Any
) -> None:
    made = run({"patient": [{"case_id": "1", "age_at_diagnosis_years": age}],
                "followup": [{"case_id": "1", "last_contact_day": last_day}]})  # fmt: skip
    assert made.rows["patient"][0]["age_at_diagnosis_years"] == sent
    assert ("withheld" in " ".join(made.preview.notes)) == (sent == "withheld")


def test_the_age_at_transplant_is_withheld_by_the_same_rule() -> None:
    made = run(
        {"patient": [{"case_id": "1", "age_at_diagnosis_years": "unknown"}],
         "allo": [{"case_id": "1", "age_at_transplant_years": 87, "transplant_day": 100}],
         "followup": [{"case_id": "1", "last_contact_day": 1200}]}
    )  # fmt: skip
    assert made.rows["allo"][0]["age_at_transplant_years"] == "withheld"


@pytest.mark.requirement("DEID-03")
def test_nothing_that_leaves_lets_an_age_over_89_be_worked_out() -> None:
    """10,000 random patients; an attacker adds every day of a case to every age of it."""
    dice = random.Random(3)
    patients, followups = [], []
    for number in range(10_000):
        birth = DIAGNOSIS - timedelta(days=dice.randrange(60 * 365, 105 * 366))
        last = DIAGNOSIS + timedelta(days=dice.randrange(0, 8000))
        patients.append({"case_id": str(number), "diagnosis_date": DIAGNOSIS, "birth_date": birth})
        followups.append({"case_id": str(number), "last_contact_date": last})
    made = run({"patient": patients, "followup": followups})
    assert reasons(made) == []
    sent = [row["age_at_diagnosis_years"] for row in made.rows["patient"]]
    days = [row["last_contact_day"] for row in made.rows["followup"]]
    known = [(a, d) for a, d in zip(sent, days, strict=True) if isinstance(a, int) and a < 90]
    assert all(age + day / 365.25 < 90 for age, day in known)
    assert max(a for a in sent if isinstance(a, int)) == 90
    assert len(known) > 3000
    assert sent.count("withheld") > 1000


@given(st.integers(0, 89), st.integers(-1000, 20_000))
def test_who_is_surely_90_is_never_missed(age: int, days: int) -> None:
    assert implies_top_age(age, days) >= (age + max(days, 0) / 365.25 >= 90)


@pytest.mark.parametrize("age", [-1, 121])
def test_top_coding_refuses_what_nobody_is(age: int) -> None:
    with pytest.raises(FaultError):
        top_coded(age)
