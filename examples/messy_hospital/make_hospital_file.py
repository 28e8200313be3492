"""Writes a made-up hospital's own workbook: local numbers, names, real dates, and what is wrong in it.

    python examples/messy_hospital/make_hospital_file.py hospital.xlsx
    python examples/messy_hospital/make_hospital_file.py hospital.xlsx --corrected

Nobody in it exists: the patients come from registry.synthetic, names and numbers from the lists and
the dice below. The same seed gives the same rows.
"""

from __future__ import annotations

import argparse
import datetime
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment

from registry.forms import FORMS
from registry.synthetic import cohort

Row = dict[str, Any]
GIVEN = ("Anna", "Bruno", "Carmen", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas")
FAMILY = ("Alvarez", "Brandt", "Castelli", "Dubois", "Eriksen", "Fischer", "Garcia", "Horvat")
EXTRA = ("Patient name", "Phone", "Postcode", "Ward remarks")


@dataclass
class Person:
    """One made-up patient as the hospital knows them."""

    number: str
    name: str
    diagnosis: datetime.date
    birth: datetime.date | None
    ids: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hospital:
    """The hospital's rows by form, and who is who: registry case id to person."""

    rows: Mapping[str, list[Row]]
    people: Mapping[str, Person]


def identified(rows: Mapping[str, list[Row]], seed: int = 1) -> Hospital:
    """De-identified rows turned back into what a hospital would hold: the reverse of mst deidentify.

    Days become `..._date` columns, the age at diagnosis a birth date, ids hospital numbers; the
    patient sheet gains columns that name the patient.
    """
    dice = random.Random(seed)
    numbers = iter(dice.sample(range(10**6, 10**8), 100 * len(rows["patient"]) + 1))
    people = {row["case_id"]: _person(row, next(numbers), dice) for row in rows["patient"]}
    named = {
        form: [_named(form, row, people, numbers, dice) for row in entries]
        for form, entries in rows.items()
    }
    return Hospital(named, people)


def of_one_center(rows: Mapping[str, list[Row]], center_id: str = "C01") -> dict[str, list[Row]]:
    """The same patients as if one hospital had treated them all."""
    moved = {form: [row | {"center_id": center_id} for row in rows[form]] for form in rows}
    return moved | {"center": moved["center"][:1]}


def _person(row: Row, number: int, dice: random.Random) -> Person:
    diagnosis = datetime.date(row["diagnosis_year"], 1, 1) + datetime.timedelta(
        days=dice.randrange(365)
    )
    age = row["age_at_diagnosis_years"]
    name = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
    birth = _birth(diagnosis, age, dice) if type(age) is int else None
    return Person(f"{number:08d}", name, diagnosis, birth)


def _birth(diagnosis: datetime.date, age: int, dice: random.Random) -> datetime.date:
    """A day on which somebody of that age on the day of diagnosis may have been born."""
    years = age + dice.randrange(8) if age >= 90 else age
    last = diagnosis.replace(year=diagnosis.year - years, day=min(diagnosis.day, 28))
    return last - datetime.timedelta(days=dice.randrange(330))


def _named(
    form: str, row: Row, people: Mapping[str, Person], numbers: Any, dice: random.Random
) -> Row:
    person = people.get(row.get("case_id", ""))
    if person is None:
        return dict(row)
    found: Row = {}
    for name, value in row.items():
        item = FORMS[form].columns()[name].item
        if item.unit == "days since diagnosis":
            name = f"{name.removesuffix('_day')}_date"
            if type(value) is int:
                value = person.diagnosis + datetime.timedelta(days=value)
        elif name == "case_id":
            value = person.number
        elif name.endswith("_id") and name not in ("center_id", "trial_id"):
            value = _local(person, name, value, numbers)
        found[name] = value
    return found if form != "patient" else _with_names(found, person, dice)


def _local(person: Person, name: str, value: Any, numbers: Any) -> Any:
    if value is None or value == "patient" or type(value) is not str:
        return value
    kind = name.removesuffix("_id") if name in ("collection_id", "aliquot_id") else "donor"
    if (kind, value) not in person.ids:
        person.ids[kind, value] = f"{kind[0].upper()}{next(numbers)}"
    return person.ids[kind, value]


def _with_names(row: Row, person: Person, dice: random.Random) -> Row:
    if person.birth is not None:
        row["age_at_diagnosis_years"] = None
    row["diagnosis_date"], row["birth_date"] = person.diagnosis, person.birth
    told = (
        person.name,
        f"+34 91{dice.randrange(10**7):07d}",
        f"{dice.randrange(28001, 28055)}",
        "",
    )
    return row | dict(zip(EXTRA, told, strict=True))


def write(path: Path, hospital: Hospital) -> openpyxl.Workbook:
    """Save the rows as a plain workbook, one sheet a form; returns it for changes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for form, entries in hospital.rows.items():
        if not entries:
            continue
        sheet = book.create_sheet(form)
        header = list(dict.fromkeys(name for row in entries for name in row))
        sheet.append(header)
        for row in entries:
            sheet.append([_cell(row.get(name)) for name in header])
    book.save(path)
    return book


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str) else value


def spoil(book: openpyxl.Workbook) -> None:
    """What real files have: a date as text in two orders, a phone number among the reasons, a
    patient without a diagnosis date, a hidden sheet with a list of names, a comment, an author."""
    patient, plan = book["patient"], book["plan"]
    _set(book["infusion"], 2, "infusion_date", "02/03/2024")
    _set(plan, 2, "maintenance_reason", "call the daughter, +34 600 123 456")
    _set(patient, 4, "diagnosis_date", None)
    _set(patient, 2, "Ward remarks", "very kind family")


def side_channels(book: openpyxl.Workbook) -> None:
    """What a de-identified file must not carry on."""
    book["patient"]["A2"].comment = Comment("Room 12, Mrs Alvarez", "Sister Carmen Garcia")
    book.properties.creator = "Carmen Garcia"
    hidden = book.create_sheet("names")
    hidden.sheet_state = "hidden"
    hidden.append(["Anna Alvarez", "+34 600 123 456"])


def _set(sheet: Any, row: int, column: str, value: Any) -> None:
    header = [cell.value for cell in sheet[1]]
    if column not in header:
        header.append(column)
        sheet.cell(1, len(header), column)
    sheet.cell(row, header.index(column) + 1).value = value


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--patients", type=int, default=12)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--corrected", action="store_true", help="as after the coordinator's work")
    chosen = options.parse_args()
    rows = cohort(chosen.patients, chosen.seed)
    book = write(chosen.out, identified(of_one_center(rows), chosen.seed))
    side_channels(book)
    if not chosen.corrected:
        spoil(book)
    book.save(chosen.out)


if __name__ == "__main__":
    main()
