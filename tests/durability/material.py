"""Small files, each of one center: a case to store, one to ask about, one to hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cases import tidy_case

_FORMS = ("patient", "diagnosis", "genetics", "followup")


def case(name: str, **patient: Any) -> dict[str, list[dict[str, Any]]]:
    """A few rows of a case, as cells of a file."""
    tidy = tidy_case(case_id=name)
    rows = {form: [dict(answers) for answers in tidy[form]] for form in _FORMS}
    rows["patient"][0] |= patient
    for answers in rows.values():
        for cells in answers:
            cells.pop("center_id")
            cells |= cells.pop("missing", {})
    return rows


def file(path: Path, *cases: dict[str, list[dict[str, Any]]]) -> Path:
    """The cases in one JSON file."""
    together = {form: [row for each in cases for row in each[form]] for form in _FORMS}
    path.write_text(json.dumps(together), encoding="utf-8")
    return path


def usual(folder: Path, number: int) -> Path:
    """A file of three cases: one is stored, one stored and asked about, one held."""
    return file(
        folder / f"{number}.json",
        case(f"A{number}"),
        case(f"B{number}", weight_kg=212.0),
        case(f"C{number}", sex="no such sex"),
    )
