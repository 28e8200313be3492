"""What dbt says of a course's regimen is what a slow judge says who reads the same YAML."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from registry import consensus
from registry.forms import FORMS
from registry.forms.arrow import raw_schema
from registry.warehouse import Replay
from tests.spec import regimen_reference as reference

FOLDER = consensus.FOLDER / consensus.CURRENT_VERSION
LISTED = reference.regimens(FOLDER)
TOLERANCE = consensus.parameters()["dose_tolerance_percent"]
START = 10


def as_listed(regimen: dict[str, Any], choose: random.Random) -> list[dict[str, Any]]:
    """The drugs of a regimen as the paper has them, one of every choice."""
    rows = []
    for component in regimen["components"]:
        part = choose.choice(component["one_of"])
        if "steps" in part:
            for step in part["steps"]:
                days = reference.days_of(step["days"])
                rows.append(row(part["drug"], days[0], days[-1], mg=step["mg"]))
            continue
        dose, days = part["dose"], reference.days_of(choose.choice(part["schedules"]))
        amount = choose.choice([dose["low"], dose["high"], (dose["low"] + dose["high"]) / 2])
        times = part.get("doses_per_day", 1)
        blocks = [days] if days[-1] != 9 else [days[:5], days[5:]]
        for block in blocks:
            given = None if block[-1] - block[0] + 1 == len(block) else len(block)
            rows.append(row(part["drug"], block[0], block[-1], given, amount, times))
    return rows


def row(
    drug: str, first: int, last: int | None, days: int | None = None,
    per_m2: float | None = None, per_day: int | None = 1, mg: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"drug": drug, "first": first, "last": last, "days": days, "per_m2": per_m2,
            "per_day": per_day, "mg": mg}  # fmt: skip


def disturb(rows: list[dict[str, Any]], choose: random.Random) -> list[dict[str, Any]]:
    """Some values a little or much too high, a day off, unknown, or a drug more or less."""
    for changed in rows:
        if choose.random() < 0.35:
            what = choose.choice(["per_m2", "mg", "per_day", "last", "first", "days"])
            value = changed[what]
            if value is None or choose.random() < 0.3:
                changed[what] = None if what != "first" else value
            elif what in ("per_m2", "mg"):
                changed[what] = value * choose.choice([0.5, 0.89, 0.9, 0.95, 1.05, 1.1, 1.11, 4])
            else:
                changed[what] = max(value + choose.choice([-1, 1]), 1)
    if choose.random() < 0.12:
        rows.append(row(choose.choice(["etoposide", "hydroxyurea", "midostaurin"]), 3, 5, mg=50))
    if choose.random() < 0.08:
        rows.pop(choose.randrange(len(rows)))
    return [r for r in rows if r["last"] is None or r["last"] >= r["first"]]


def course(choose: random.Random) -> dict[str, Any]:
    listed = choose.choice(list(LISTED["regimens"].values()))
    return {
        "complete": choose.choice([True] * 8 + [False, None]),
        "later": choose.random() < 0.3,
        "azole": choose.random() < 0.2,
        "drugs": disturb(as_listed(listed, choose), choose),
    }


def tables(courses: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """The courses as rows of the forms, one case each; a later course has venetoclax before it."""
    found: dict[str, list[dict[str, Any]]] = {"course": [], "drug": [], "conmed": []}
    for number, one in enumerate(courses):
        key = {"center_id": "C01", "case_id": f"P{number}"}
        if one["later"]:
            found["course"].append({**key, "course_no": 1, "start_day": -60})
            found["drug"].append({**key, "course_no": 1, "drug": "venetoclax", "first_day": -60,
                                  "last_day": -33, "dose_mg": 400.0})  # fmt: skip
        found["course"].append({**key, "course_no": 2, "start_day": START,
                                "drug_list_complete": one["complete"]})  # fmt: skip
        if one["azole"]:
            found["conmed"].append({**key, "drug_name": "voriconazole", "first_day": START,
                                    "last_day": START + 20,
                                    "drug_class": "strong CYP3A inhibitor"})  # fmt: skip
        for r in one["drugs"]:
            found["drug"].append({
                **key, "course_no": 2, "drug": r["drug"], "first_day": START + r["first"] - 1,
                "last_day": None if r["last"] is None else START + r["last"] - 1,
                "days_given": r["days"], "dose_mg_per_m2": r["per_m2"],
                "doses_per_day": r["per_day"], "dose_mg": r["mg"], "route": "IV",
            })  # fmt: skip
    return {
        form: pa.Table.from_pylist(
            [{n: r.get(n) for n in raw_schema(FORMS[form]).names} for r in rows],
            raw_schema(FORMS[form]),
        )
        for form, rows in found.items()
    }


def agree(replay: Replay, count: int, seed: int) -> None:
    choose = random.Random(seed)
    courses = [course(choose) for _ in range(count)]
    courses = [one for one in courses if one["drugs"]]
    names = list(LISTED["regimens"])
    columns = ", ".join(f"{name}_match" for name in names)
    with replay.models(tables(courses)) as connection:
        found = connection.execute(
            f"select cast(substring(case_id, 2) as integer), {columns} from int_regimen_match "
            "where course_no = 2 order by 1"
        ).fetchall()
    assert [r[0] for r in found] == list(range(len(courses)))
    slow = [
        tuple(reference.match(one, LISTED["regimens"][name], TOLERANCE) for name in names)
        for one in courses
    ]
    different = [
        (one, quick[1:], judged)
        for one, quick, judged in zip(courses, found, slow, strict=True) if quick[1:] != judged
    ]  # fmt: skip
    assert different == []
    seen = {value for judged in slow for value in judged}
    assert seen == {"exact", "within tolerance", "other dose", "other days", "other drugs", None}


def test_random_courses_are_matched_alike(replay: Replay) -> None:
    agree(replay, count=600, seed=1)


@pytest.mark.long
def test_many_random_courses_are_matched_alike(replay: Replay) -> None:
    agree(replay, count=20_000, seed=2)
