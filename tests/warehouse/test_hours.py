"""Hours to the infusion hold every hour that the record allows, and no more."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pyarrow as pa
import pytest

from registry.forms import FORMS
from registry.forms.arrow import raw_schema
from registry.warehouse import Replay

ANCHOR = {"cytarabine", "CPX-351", "azacitidine", "decitabine"}
DAY = 24 * 60


def moments(day: int, clock: str | None) -> list[int]:
    """The first and the last minute that a day and a time, if known, can mean."""
    if clock is None:
        return [day * DAY, day * DAY + DAY - 1]
    return [day * DAY + int(clock[:2]) * 60 + int(clock[3:])]


def worlds(case: dict[str, Any], anchor: bool) -> list[float]:
    """The hours in every extreme world that agrees with the record, one by one."""
    doses = [d for d in case["doses"] if not anchor or d["drug"] in ANCHOR]
    ends = [moments(d["last"], d["clock"]) for d in doses]
    return [
        (start - max(over)) / 60
        for start in moments(case["day"], case["clock"])
        for over in itertools.product(*ends)
        if over
    ]


def draw(choose: random.Random) -> dict[str, Any]:
    def clock() -> str | None:
        if choose.random() < 0.4:
            return None
        return f"{choose.randrange(24):02d}:{choose.randrange(0, 60, 5):02d}"

    doses: dict[tuple[str, int], dict[str, Any]] = {}
    for _ in range(choose.randint(1, 3)):
        first = choose.randint(1, 12)
        drug = choose.choice(["cytarabine", "idarubicin", "azacitidine", "venetoclax"])
        doses[drug, first] = {"drug": drug, "first": first, "last": first + choose.randint(0, 7),
                              "clock": clock()}  # fmt: skip
    return {
        "day": choose.randint(8, 14),
        "clock": clock(),
        "doses": [d for d in doses.values() if d["drug"] != "venetoclax"],
        "others": [d for d in doses.values() if d["drug"] == "venetoclax"],
    }


def tables(cases: list[dict[str, Any]]) -> dict[str, pa.Table]:
    rows: dict[str, list[dict[str, Any]]] = {"course": [], "drug": [], "infusion": []}
    for number, case in enumerate(cases):
        key = {"center_id": "C01", "case_id": f"P{number}"}
        rows["course"].append({**key, "course_no": 1, "start_day": 1})
        rows["infusion"].append({**key, "infusion_no": 1, "course_no": 1,
                                 "infusion_day": case["day"],
                                 "infusion_start_time": case["clock"]})  # fmt: skip
        rows["drug"] += [
            {**key, "course_no": 1, "drug": d["drug"], "first_day": d["first"],
             "last_day": d["last"], "last_dose_end_time": d["clock"], "route": "IV"}
            for d in case["doses"] + case["others"]
        ]  # fmt: skip
    return {
        form: pa.Table.from_pylist(
            [{n: r.get(n) for n in raw_schema(FORMS[form]).names} for r in found],
            raw_schema(FORMS[form]),
        )
        for form, found in rows.items()
    }


def hold(replay: Replay, count: int, seed: int) -> None:
    choose = random.Random(seed)
    cases = [draw(choose) for _ in range(count)]
    with replay.models(tables(cases)) as connection:
        found = connection.execute(
            "select hours_since_cytotoxic_lo, hours_since_cytotoxic_hi, hours_since_anchor_lo, "
            "hours_since_anchor_hi from int_infusion_hours order by cast(substring(case_id, 2) as int)"
        ).fetchall()
    dosed = 0
    for case, row in zip(cases, found, strict=True):
        for anchor, (low, high) in ((False, row[:2]), (True, row[2:])):
            if hours := worlds(case, anchor):
                assert (low, high) == pytest.approx((min(hours), max(hours))), case
                dosed += 1
            else:
                assert (low, high) == (None, None)
    assert dosed > count


def test_hours_hold_every_world_the_record_allows(replay: Replay) -> None:
    hold(replay, count=1_000, seed=1)


@pytest.mark.long
def test_hours_hold_every_world_of_many_records(replay: Replay) -> None:
    hold(replay, count=30_000, seed=2)
