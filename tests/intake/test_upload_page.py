"""The page Send data, as Streamlit runs it: a file is judged, a reason asked for, and the file stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.portal import quota
from registry.access.rights import Person, Role
from registry.intake.submit import submit
from registry.workbook import write_json
from tests.access.material import shown, words
from tests.cases import as_cells, tidy_case
from tests.warehouse.material import together

pytestmark = pytest.mark.usefixtures("empty_database")
WHO = Person("ana", Role.COORDINATOR, "C01")
ASKED = "Why do accepted answers change?"


def with_weight(folder: Path, weight_kg: float) -> bytes:
    """The file of a case that weighs so much."""
    rows = tidy_case("C01", "P1")
    rows["patient"][0]["weight_kg"] = weight_kg
    write_json(folder / "cases.json", as_cells(rows))
    return (folder / "cases.json").read_bytes()


def choose(page: AppTest, content: bytes) -> str:
    page.file_uploader[0].set_value([("cases.json", content, "application/json")])
    return words(page.run())


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_a_reason_is_asked_for_each_file_that_changes_accepted_answers(tmp_path: Path) -> None:
    submit(path_of(tmp_path, 61.5), "C01", actor="ana")
    page = shown(WHO, "Send data")

    told = choose(page, with_weight(tmp_path, 62.5))
    assert "no reason is given" in told
    assert "choose a reason above" in told
    (reason,) = (s for s in page.selectbox if s.label == ASKED)
    reason.select("source corrected").run()
    assert "no reason is given" not in words(page)
    (store,) = (b for b in page.button if b.label.startswith("Store 1 rows"))
    store.click().run()
    assert "accepted" in "\n".join(s.value for s in page.subheader)

    # the reason was that of the first file
    assert "no reason is given" in choose(page, with_weight(tmp_path, 63.5))
    (reason,) = (s for s in page.selectbox if s.label == ASKED)
    assert reason.value is None
    assert not any(label.startswith("Store") for label in labels(page))


def path_of(folder: Path, weight_kg: float) -> Path:
    with_weight(folder, weight_kg)
    return folder / "cases.json"


def test_a_file_the_registry_has_changes_nothing_and_asks_nothing(tmp_path: Path) -> None:
    submit(path_of(tmp_path, 61.5), "C01", actor="ana")
    page = shown(WHO, "Send data")
    choose(page, with_weight(tmp_path, 61.5))
    assert ASKED not in [s.label for s in page.selectbox]
    assert not any(label.startswith("Store") for label in labels(page))


def test_who_changes_the_center_sees_no_preview_of_the_other(tmp_path: Path) -> None:
    page = shown(WHO, "Send data")
    choose(page, with_weight(tmp_path, 61.5))
    assert any(label.startswith("Store") for label in labels(page))
    there = shown(replace(WHO, center_id="C02"), "Send data", judged=page.session_state["judged"])
    assert "correct center_id" in choose(there, with_weight(tmp_path, 61.5))
    assert not any(label.startswith("Store") for label in labels(there))


@pytest.mark.requirement("UPL-18")
def test_a_person_has_so_many_files_an_hour_and_each_file_counts_once() -> None:
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for n in range(quota.FILES_PER_HOUR):
        assert quota.free_again("ben", f"file {n}", start + timedelta(minutes=n)) is None
    later = start + timedelta(minutes=40)
    assert quota.free_again("ben", "file 3", later) is None
    assert quota.free_again("ben", "one more", later) == start + timedelta(hours=1)
    assert quota.free_again("eva", "one more", later) is None
    assert quota.free_again("ben", "one more", start + timedelta(minutes=60)) is None
    assert quota.free_again("ben", "another", start + timedelta(minutes=60)) is not None


@pytest.mark.requirement("UPL-18")
def test_a_file_too_many_is_not_read_and_the_page_says_when_it_will_be(tmp_path: Path) -> None:
    who = Person("cleo", Role.COORDINATOR, "C01")
    for n in range(quota.FILES_PER_HOUR):
        quota.free_again("cleo", f"file {n}")
    page = shown(who, "Send data")
    choose(page, with_weight(tmp_path, 61.5))
    (told,) = (warning.value for warning in page.warning)
    assert "nothing of this one was read. Send it again after" in told
    assert not any(label.startswith(("Store", "Leave", "Download")) for label in labels(page))


def test_what_is_asked_of_many_rows_is_one_line_that_names_them_all(tmp_path: Path) -> None:
    rows = together(tidy_case("C01", f"P{number}") for number in range(5))
    for row in rows["patient"]:
        del row["weight_kg"]
    write_json(tmp_path / "cases.json", as_cells(rows))
    page = shown(WHO, "Send data")
    told = choose(page, (tmp_path / "cases.json").read_bytes())
    (asked,) = (
        row
        for table in page.dataframe
        if "what" in table.value
        for row in table.value.to_dict("records")
        if "weight_kg is empty" in row["what"]
    )
    assert asked["case"] == "5 cases"
    assert "5 rows of 5 cases" in told
    assert all(f"P{number} " in told for number in range(5))
