"""Dates leave as whole days since diagnosis, and nothing else of them (DEID-02)."""

from __future__ import annotations

import csv
import datetime
import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.deidentify.days import DateOrder, days_since, read_clock, read_moment
from registry.deidentify.fault import FaultError
from registry.deidentify.keyfile import create_key
from registry.deidentify.layout import CLOCK_OF_DAY, is_day
from registry.deidentify.source import Cell, Faulty
from registry.deidentify.writing import write
from registry.forms import FORMS
from tests.deidentify.hospital import reasons, run

DATES = st.dates(min_value=date(1950, 1, 1), max_value=date(2058, 12, 31))
LEAP, EVE, SPRING, AUTUMN = (
    date(2024, 2, 29), date(2023, 12, 31), date(2024, 3, 31), date(2024, 10, 27),
)  # fmt: skip


@pytest.mark.requirement("DEID-02")
@given(DATES, DATES)
def test_days_are_the_difference_of_the_ordinals(diagnosis: date, day: date) -> None:
    assert days_since(diagnosis, day) == day.toordinal() - diagnosis.toordinal()


@given(DATES, DATES, st.sampled_from(["real", "iso", "day-first", "month-first", "datetime"]))
def test_every_way_of_writing_a_date_gives_the_same_day(
    diagnosis: date, day: date, way: str
) -> None:
    written: Any = {
        "real": day,
        "iso": day.isoformat(),
        "day-first": f"{day.day}.{day.month}.{day.year}",
        "month-first": f"{day.month:02d}/{day.day:02d}/{day.year}",
        "datetime": datetime.datetime.combine(day, datetime.time(13, 5)),
    }[way]
    order = DateOrder(way) if way.endswith("first") else DateOrder.ISO
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": diagnosis}],
         "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_date": written}]},
        order=order,
    )  # fmt: skip
    assert reasons(made) == []
    row = made.rows["infusion"][0]
    assert row["infusion_day"] == day.toordinal() - diagnosis.toordinal()
    assert row.get("infusion_start_time") == ("13:05" if way == "datetime" else None)


@pytest.mark.requirement("DEID-02")
@pytest.mark.parametrize(
    ("diagnosis", "day", "days"),
    [
        (date(2024, 2, 28), date(2024, 3, 1), 2),
        (date(2023, 2, 28), date(2023, 3, 1), 1),
        (LEAP, date(2025, 3, 1), 366),
        (EVE, date(2024, 1, 1), 1),
        (SPRING - timedelta(days=1), SPRING + timedelta(days=1), 2),
        (AUTUMN - timedelta(days=1), AUTUMN + timedelta(days=1), 2),
        (LEAP, LEAP, 0),
        (LEAP, EVE, -60),
    ],
)
def test_leap_days_year_ends_and_clock_changes(diagnosis: date, day: date, days: int) -> None:
    assert days_since(diagnosis, day) == days


def _cases(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[list[int]]]:
    dice = random.Random(7)
    patients, infusions, truth = [], [], []
    for number in range(count):
        diagnosis = dice.choice([LEAP, EVE, SPRING, AUTUMN]) + timedelta(dice.randrange(-400, 400))
        patients.append(
            {"case_id": f"{number:08d}", "diagnosis_date": diagnosis,
             "birth_date": diagnosis - timedelta(days=dice.randrange(18 * 366, 88 * 365))}
        )  # fmt: skip
        days = [dice.randrange(-30, 1200) for _ in range(3)]
        truth.append(days)
        for no, day in enumerate(days, start=1):
            when = diagnosis + timedelta(days=day)
            as_written = [when, when.isoformat(), f"{when.isoformat()} 14:30"][no - 1]
            infusions.append(
                {"case_id": f"{number:08d}", "infusion_no": no, "infusion_date": as_written}
            )
    return patients, infusions, truth


@pytest.mark.requirement("DEID-02")
def test_a_thousand_cases_keep_every_interval_and_no_date(tmp_path: Path) -> None:
    patients, infusions, truth = _cases(1000)
    key = create_key(tmp_path / "site.key", "keyed")
    made = run({"patient": patients, "infusion": infusions}, key)
    assert reasons(made) == []
    sent = [row["infusion_day"] for row in made.rows["infusion"]]
    assert [sent[i : i + 3] for i in range(0, 3000, 3)] == truth

    write(made, tmp_path / "out", tmp_path / "site.key")
    write(made, tmp_path / "out.xlsx", tmp_path / "site.key")
    cells = [
        cell
        for form in ("patient", "infusion")
        for row in csv.reader((tmp_path / "out" / f"{form}.csv").open())
        for cell in row
    ]
    assert [cell for cell in cells if is_a_date(cell)] == []
    serials = {str((p["diagnosis_date"] - date(1899, 12, 30)).days) for p in patients}
    assert not serials & set(cells)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    for form in ("patient", "infusion"):
        for row in book[form].iter_rows():
            assert not any(c.is_date or is_a_date(str(c.value)) for c in row)


FORMATS = [
    f"{a}{sep}{b}{sep}{c}"
    for sep in "-/. "
    for a, b, c in (("%Y", "%m", "%d"), ("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%d", "%b", "%Y"))
]


def is_a_date(text: str) -> bool:
    """Whether any usual reading of the text is a calendar day, with or without a time behind it."""
    day = re.split(r"[T ](?=\d\d?:)", text)[0]
    for form in [*FORMATS, "%Y%m%d", "%d%m%Y"]:
        if form.startswith("%") and "%" in form[1:] and len(day) < 8:
            return False
        try:
            datetime.datetime.strptime(day, form)
        except ValueError:
            continue
        return True
    return False


def test_the_judge_of_dates_knows_dates() -> None:
    assert all(map(is_a_date, ["2024-02-29", "29/02/2024", "20240229", "2024-02-29T10:30"]))


@pytest.mark.parametrize(
    "cell",
    ["02/03/2024", "25/12/2024", "3.2.24", "2024-13-01", "2023-02-29", "March 2024", "20240302",
     45353, 45353.5, "45353", "2024-03-02T10:00+02:00", datetime.time(10, 30),
     Faulty("error"), Faulty("formula"), Faulty("duration"), True, "12:30", "24-03-02"],
)  # fmt: skip
def test_what_is_no_certain_date_is_refused_with_its_place(cell: Cell) -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": LEAP}],
         "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_date": cell}]}
    )  # fmt: skip
    assert reasons(made) == [("infusion", "C2", "deidentify.date")]
    assert str(cell) not in str(made.preview.as_dict())


@pytest.mark.requirement("DEID-02", "UPL-13")
def test_a_file_that_mixes_two_orders_is_refused() -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": LEAP}],
         "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_date": "02/03/2024"},
                      {"case_id": "1", "infusion_no": 2, "infusion_date": "03/25/2024"}]},
        order=DateOrder.DAY_FIRST,
    )  # fmt: skip
    assert reasons(made) == [("infusion", "C3", "deidentify.date")]
    assert "mixes two orders" in made.preview.refused[0].message


def test_a_patient_without_a_diagnosis_date_is_refused_at_the_cause() -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": ""}],
         "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_date": LEAP},
                      {"case_id": "2", "infusion_no": 1, "infusion_date": LEAP}]}
    )  # fmt: skip
    assert reasons(made) == [
        ("patient", "B2", "deidentify.no_diagnosis_date"),
        ("infusion", None, "deidentify.no_patient"),
    ]
    assert [finding.row for finding in made.preview.refused] == [2, 3]


def test_a_sheet_without_diagnosis_dates_is_one_complaint() -> None:
    made = run(
        {"patient": [{"case_id": "1"}, {"case_id": "2", "birth_date": date(1960, 1, 1)}],
         "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_date": LEAP}]}
    )  # fmt: skip
    assert reasons(made) == [("patient", None, "deidentify.no_diagnosis_date")]


def test_days_that_are_counted_already_are_kept_without_a_diagnosis_date() -> None:
    made = run({"patient": [{"case_id": "1"}],
                "followup": [{"case_id": "1", "last_contact_day": 612, "relapse_day": "-3"}]})  # fmt: skip
    assert reasons(made) == []
    assert made.rows["followup"][0]["last_contact_day"] == 612
    assert made.rows["followup"][0]["relapse_day"] == -3


@pytest.mark.parametrize("serial", [45353, "45353", 45353.0])
def test_the_number_behind_a_date_is_not_taken_for_days(serial: Cell) -> None:
    made = run({"patient": [{"case_id": "1"}],
                "followup": [{"case_id": "1", "last_contact_day": serial}]})  # fmt: skip
    assert reasons(made) == [("followup", "B2", "deidentify.date")]


def test_a_real_date_in_a_day_column_is_converted() -> None:
    made = run({"patient": [{"case_id": "1", "diagnosis_date": LEAP}],
                "followup": [{"case_id": "1", "last_contact_day": date(2024, 3, 1)}]})  # fmt: skip
    assert made.rows["followup"][0]["last_contact_day"] == 1


@pytest.mark.parametrize(("day", "refused"), [(1, 0), ("", 0), (2, 1)])
def test_day_and_date_together_must_agree(day: Cell, refused: int) -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": LEAP}],
         "followup": [{"case_id": "1", "last_contact_day": day,
                       "last_contact_date": date(2024, 3, 1)}]}
    )  # fmt: skip
    assert [rule for *_, rule in reasons(made)] == ["deidentify.day_and_date"] * refused


@pytest.mark.parametrize(("written", "refused"), [("10:30", 0), ("", 0), ("11:00", 1)])
def test_the_time_of_a_date_goes_to_the_time_column_and_must_agree(
    written: str, refused: int
) -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": LEAP}],
         "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_start_time": written,
                       "infusion_date": datetime.datetime(2024, 3, 1, 10, 29, 59, 999997)}]}
    )  # fmt: skip
    assert [rule for *_, rule in reasons(made)] == ["deidentify.time"] * refused
    assert made.rows["infusion"][0]["infusion_start_time"] == "10:30"


def test_a_time_that_no_form_asks_for_stays_and_is_said() -> None:
    made = run(
        {"patient": [{"case_id": "1", "diagnosis_date": LEAP}],
         "followup": [{"case_id": "1",
                       "last_contact_date": datetime.datetime(2024, 3, 1, 4, 12)}]}
    )  # fmt: skip
    assert "04:12" not in str(made.rows)
    assert "1 times of day in followup.last_contact_date stay here" in " ".join(made.preview.notes)


def test_the_word_for_a_missing_date_is_kept() -> None:
    made = run({"patient": [{"case_id": "1"}],
                "infusion": [{"case_id": "1", "infusion_no": 1, "infusion_date": "Unknown"}]})  # fmt: skip
    assert made.rows["infusion"][0]["infusion_day"] == "unknown"


def test_the_year_of_diagnosis_is_filled_and_must_agree() -> None:
    filled = run({"patient": [{"case_id": "1", "diagnosis_date": LEAP, "diagnosis_year": ""}]})
    assert filled.rows["patient"][0]["diagnosis_year"] == 2024
    wrong = run({"patient": [{"case_id": "1", "diagnosis_date": LEAP, "diagnosis_year": 2023}]})
    assert [rule for *_, rule in reasons(wrong)] == ["deidentify.year"]


def test_two_diagnosis_dates_of_one_patient_are_refused() -> None:
    made = run({"patient": [{"case_id": "1", "diagnosis_date": LEAP},
                            {"case_id": " 1", "diagnosis_date": EVE}]})  # fmt: skip
    assert reasons(made) == [("patient", "B3", "deidentify.two_diagnoses")]


def test_patients_without_a_number_are_not_taken_for_one() -> None:
    made = run(
        {"patient": [{"MRN": "1", "diagnosis_date": LEAP}, {"MRN": "2", "diagnosis_date": EVE}]}
    )
    assert reasons(made) == [("patient", None, "deidentify.no_case_id")]


def test_every_time_of_day_belongs_to_a_day() -> None:
    clocks = {
        (form, name)
        for form, model in FORMS.items()
        for name, column in model.columns().items()
        if column.item.unit == "HH:MM"
    }
    assert {(form, clock) for (form, _), clock in CLOCK_OF_DAY.items()} == clocks
    for (form, day), clock in CLOCK_OF_DAY.items():
        names = list(FORMS[form].columns())
        assert is_day(form, day)
        assert names.index(day) < names.index(clock)  # the day is read before the time


@given(st.times())
def test_times_are_read_as_hours_and_minutes(time: datetime.time) -> None:
    rounded = datetime.datetime.combine(LEAP, time) + timedelta(microseconds=500_000)
    assert read_clock(time) == f"{rounded:%H:%M}"


def test_a_date_a_century_off_is_refused() -> None:
    with pytest.raises(FaultError):
        days_since(date(1900, 1, 1), date(2024, 1, 1))


def test_midnight_is_a_date_without_a_time() -> None:
    assert read_moment(datetime.datetime(2024, 2, 29)).clock is None
