"""The default cohort has the published margins exactly and the other figures roughly."""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from registry.forms import MissingCode
from registry.synthetic.cohort import cohort
from registry.synthetic.strata import apportioned, places

Row = dict[str, object]
Rows = dict[str, list[Row]]
BANDS = {"60-64": (60, 64), "65-69": (65, 69), "70-74": (70, 74), "75-85": (75, 85)}


@pytest.fixture(scope="module")
def rows() -> Rows:
    return cohort(185, 1)


def ids(entries: list[Row]) -> set[object]:
    return {row["case_id"] for row in entries}


def band(age: object) -> str:
    return next(name for name, (low, high) in BANDS.items() if low <= int(str(age)) <= high)


def in_cr(rows: Rows) -> set[object]:
    return ids([r for r in rows["response"] if r["response"] == "CR"])


def high_risk(rows: Rows) -> set[object]:
    return ids([d for d in rows["diagnosis"]
                if d["risk_group"] == "adverse" or d["onset_type"] != "de novo"])  # fmt: skip


def kaplan_meier(times: list[tuple[int, bool]], day: int) -> float:
    alive = 1.0
    for t in sorted({t for t, event in times if event and t <= day}):
        alive *= 1 - sum(e and x == t for x, e in times) / sum(x >= t for x, _ in times)
    return alive


def test_age_groups(rows: Rows) -> None:
    ages = Counter(band(p["age_at_diagnosis_years"]) for p in rows["patient"])
    assert ages == {"60-64": 65, "65-69": 47, "70-74": 43, "75-85": 30}


def test_cr_by_age_and_risk(rows: Rows) -> None:
    cr, high = in_cr(rows), high_risk(rows)
    by_age = Counter(
        band(p["age_at_diagnosis_years"]) for p in rows["patient"] if p["case_id"] in cr
    )
    assert by_age == {"60-64": 49, "65-69": 33, "70-74": 34, "75-85": 22}
    assert (len(high), len(cr & high), len(cr - high), len(cr)) == (90, 60, 78, 138)


def test_twelve_centers_and_mostly_related_donors(rows: Rows) -> None:
    assert len(rows["center"]) == 12
    relations = Counter(d["relation"] for d in rows["donor"] if d["role"] == "cells infused")
    assert 0.8 <= 1 - relations["unrelated"] / relations.total() <= 0.92


def test_recovery_after_courses_with_cells(rows: Rows) -> None:
    with_cells = {(i["case_id"], i["course_no"]) for i in rows["infusion"]}
    days: dict[str, list[int]] = {"anc_e9_per_l": [], "platelets_e9_per_l": []}
    for course in rows["course"]:
        if (course["case_id"], course["course_no"]) in with_cells:
            end = int(str(course["end_day"]))
            counts = [b for b in rows["blood_count"]
                      if b["case_id"] == course["case_id"] and end + 2 <= b["sample_day"] <= end + 40]  # type: ignore[operator]  # fmt: skip
            for column, limit in (("anc_e9_per_l", 0.5), ("platelets_e9_per_l", 20)):
                if (day := recovered(counts, column, limit)) is not None:
                    days[column].append(day - end)
    assert 11 <= median(days["anc_e9_per_l"]) <= 12.5
    assert 13 <= median(days["platelets_e9_per_l"]) <= 15


def recovered(counts: list[Row], column: str, limit: float) -> int | None:
    values = [(int(str(c["sample_day"])), float(str(c[column]))) for c in counts]
    low = next((i for i, (_, v) in enumerate(values) if v < limit), len(values))
    for i in range(low, len(values) - 2):
        if all(v >= limit for _, v in values[i : i + 3]):
            return values[i][0]
    return None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_survival(seed: int) -> None:
    rows = cohort(185, seed)
    followup = {f["case_id"]: f for f in rows["followup"]}
    remission: dict[object, int] = {}
    for r in rows["response"]:
        if r["response"] in ("CR", "CRh", "CRi"):
            remission.setdefault(r["case_id"], int(str(r["assessment_day"])))
    lfs = []
    for case, day in remission.items():
        f = followup[case]
        relapsed = f["relapsed"] is True
        end = int(str(f["relapse_day"] if relapsed else f["last_contact_day"]))
        lfs.append((end - day, relapsed or f["status"] == "dead"))
    assert 0.38 <= kaplan_meier(lfs, 730) <= 0.5
    ages = {p["case_id"]: band(p["age_at_diagnosis_years"]) for p in rows["patient"]}
    two_year = [
        kaplan_meier([(int(str(f["last_contact_day"])), f["status"] == "dead")
                      for case, f in followup.items() if ages[case] == name], 730)
        for name in BANDS
    ]  # fmt: skip
    assert two_year == sorted(two_year, reverse=True)


def test_early_death_and_rare_complications(rows: Rows) -> None:
    start = {c["case_id"]: int(str(c["start_day"])) for c in rows["course"] if c["course_no"] == 1}
    early = [f for f in rows["followup"]
             if f["status"] == "dead" and int(str(f["last_contact_day"])) - start[f["case_id"]] <= 60]  # fmt: skip
    assert 0.05 <= len(early) / 185 <= 0.1
    severe = ids([c for c in rows["complication"] if (c.get("agvhd_grade") or 0) >= 3])  # type: ignore[operator]
    assert len(severe) == 2
    assert not any(c["kind"] == "CMV" for c in rows["complication"])


def test_str_pcr_is_blind_below_its_limit(rows: Rows) -> None:
    seen = {m: [c for c in rows["chimerism"] if c["method"] == m] for m in ("STR-PCR", "NGS")}
    assert all(c["donor_pct"] >= 1 for c in seen["STR-PCR"] if c["detected"])  # type: ignore[operator]
    shares = {m: sum(c["detected"] is True for c in cs) / len(cs) for m, cs in seen.items()}
    assert shares["STR-PCR"] < 0.15 < 0.5 < shares["NGS"]


def test_centers_practise_differently(rows: Rows) -> None:
    prophylaxis = Counter(m["center_id"] for m in rows["conmed"]
                          if m["indication"] == "GVHD prophylaxis")  # fmt: skip
    assert set(prophylaxis) == {"C05"}
    uncounted = {c["center_id"] for c in rows["collection"] if c["nkt_e8"] is MissingCode.NOT_DONE}
    assert uncounted == {"C02", "C07"}
    low = {h["center_id"] for h in rows["hla"] if h["resolution"] == "low"}
    assert low == {"C03"}
    reasons = [i for i in rows["infusion"] if i.get("delay_reason") is not None]
    assert reasons


def test_other_sizes_keep_the_proportions() -> None:
    half = places(370, 3)
    assert Counter(p.age_group for p in half) == {
        "60-64": 130,
        "65-69": 94,
        "70-74": 86,
        "75-85": 60,
    }
    assert sum(p.kind == "CR" for p in half) == 276
    assert sum(apportioned([5, 3, 2], 17)) == 17
    assert len(places(1, 1)) == 1
