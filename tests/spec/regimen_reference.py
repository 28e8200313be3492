"""A slow, obvious judge of regimens that shares no code with the registry: days as sets of days.

A course is a dict with `complete` (drug list), `later` (not the first venetoclax course), `azole`, and
`drugs`: rows with drug, first, last (days of the course), days (number given), per_m2, per_day, mg.
None is unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

BESIDE = {"hydroxyurea", "lenalidomide", "midostaurin", "gilteritinib", "quizartinib", "sorafenib",
          "ivosidenib", "enasidenib", "imatinib", "dasatinib"}  # fmt: skip
Truth = bool | None


def regimens(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "regimens.yaml").read_text())
    return found


def days_of(text: str) -> list[int]:
    days = []
    for part in str(text).split():
        first, _, last = part.partition("-")
        days += list(range(int(first), int(last or first) + 1))
    return days


def all_of(truths: list[Truth]) -> Truth:
    if False in truths:
        return False
    return None if None in truths else True


def any_of(truths: list[Truth]) -> Truth:
    if True in truths:
        return True
    return None if None in truths else False


def match(course: dict[str, Any], regimen: dict[str, Any], percent: float) -> str | None:
    """exact, within tolerance, other dose, other days, other drugs, or None for not known."""
    given = {row["drug"] for row in course["drugs"]}
    components = [c["one_of"] for c in regimen["components"]]
    own = {part["drug"] for parts in components for part in parts}
    taken = [[p for p in parts if p["drug"] in given] for parts in components]
    drugs: Truth = True
    if any(len(parts) > 1 for parts in taken) or given - own - BESIDE:
        drugs = False
    elif course["complete"] is not True:
        drugs = None
    elif any(not parts for parts in taken):
        drugs = False
    if drugs is None or drugs is False:
        return None if drugs is None else "other drugs"
    chosen = [parts[0] for parts in taken]
    days = all_of([_days(course, part) for part in chosen])
    near = all_of([_dose(course, part, percent) for part in chosen])
    exact = all_of([_dose(course, part, 0) for part in chosen])
    if days is False:
        return "other days"
    if near is False:
        return "other dose"
    if days and exact:
        return "exact"
    return "within tolerance" if days and near else None


def _rows(course: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in course["drugs"] if row["drug"] == part["drug"]]


def _days(course: dict[str, Any], part: dict[str, Any]) -> Truth:
    rows = _rows(course, part)
    return all_of([any_of([_schedule(rows, s) for s in part["schedules"]]), _times(rows, part)])


def _schedule(rows: list[dict[str, Any]], schedule: str) -> Truth:
    wanted = days_of(schedule)
    first = min(row["first"] for row in rows) == wanted[0]
    if any(row["last"] is None for row in rows):
        return None if first else False
    last = max(row["last"] for row in rows) == wanted[-1]
    number = sum(
        row["days"] if row["days"] is not None else row["last"] - row["first"] + 1 for row in rows
    )
    covered = {day for row in rows for day in range(row["first"], row["last"] + 1)}
    return first and last and number == len(wanted) and set(wanted) <= covered


def _times(rows: list[dict[str, Any]], part: dict[str, Any]) -> Truth:
    wanted = part.get("doses_per_day")
    if wanted is None:
        return True
    return all_of([None if r["per_day"] is None else r["per_day"] == wanted for r in rows])


def _dose(course: dict[str, Any], part: dict[str, Any], percent: float) -> Truth:
    return all_of([_row_dose(course, row, part, percent) for row in _rows(course, part)])


def _row_dose(
    course: dict[str, Any], row: dict[str, Any], part: dict[str, Any], percent: float
) -> Truth:
    if "steps" in part:
        return _row_steps(course, row, part["steps"], percent)
    times = 1 if part["dose"].get("each") == "dose" else row["per_day"]
    if row["per_m2"] is None or times is None:
        return None
    low, high = part["dose"]["low"], part["dose"]["high"]
    return _within(row["per_m2"] * times, low, high, percent)


def _row_steps(
    course: dict[str, Any], row: dict[str, Any], steps: list[dict[str, Any]], percent: float
) -> Truth:
    if row["last"] is None or row["mg"] is None or row["per_day"] is None:
        return None
    mg = row["mg"] * row["per_day"]
    top = max(step["mg"] for step in steps)
    held = set(range(row["first"], row["last"] + 1))
    for step in steps:
        if not held & set(days_of(step["days"])):
            continue
        fine = _within(mg, step["mg"], step["mg"], percent)
        if course["later"]:
            fine = fine or _within(mg, top, top, percent)
        if course["azole"]:
            fine = fine or mg < step["mg"]
        if not fine:
            return False
    return True


def _within(value: float, low: float, high: float, percent: float) -> bool:
    slack = 1e-9
    return bool(low * (1 - percent / 100) - slack <= value <= high * (1 + percent / 100) + slack)
