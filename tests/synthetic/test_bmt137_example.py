"""The example keeps every patient of the source, and says what it does not know."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from registry.forms import FORMS, MissingCode

SCRIPT = Path(__file__).parents[2] / "examples" / "bmt137" / "make_submission.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_submission", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_submission"] = module
    spec.loader.exec_module(module)
    return module


def test_all_patients_at_their_hospitals(example: ModuleType) -> None:
    sizes = {center: len(rows["patient"]) for center, rows in example.submissions().items()}
    assert sizes == {"OSU": 76, "ALF": 17, "STV": 23, "HAH": 21}


def test_deaths_and_relapses_are_those_of_the_source(example: ModuleType) -> None:
    followup = [row for rows in example.submissions().values() for row in rows["followup"]]
    assert sum(f["status"] == "dead" for f in followup) == 81
    assert sum(f["relapsed"] is True for f in followup) == 42


def test_core_items_are_answered_or_coded(example: ModuleType) -> None:
    for rows in example.submissions().values():
        for name, entries in rows.items():
            core = [c.name for c in FORMS[name].columns().values() if c.item.tier == "core"]
            assert all(row.get(column) is not None for row in entries for column in core), name


def test_consent_is_unknown_not_invented(example: ModuleType) -> None:
    patients = [row for rows in example.submissions().values() for row in rows["patient"]]
    assert {p["consent_to_registry"] for p in patients} == {MissingCode.UNKNOWN}


def test_the_one_impossible_episode_is_left_out_unless_asked_for(example: ModuleType) -> None:
    def episodes(as_printed: bool) -> int:
        made = example.submissions(as_printed=as_printed)
        return sum(len(rows["complication"]) for rows in made.values())

    assert episodes(True) - episodes(False) == 1
