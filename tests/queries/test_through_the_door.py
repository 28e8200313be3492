"""Queries, overrides, withdrawal and receipts as a center meets them: by sending files."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.intake import signature as receipts
from registry.intake.history import submissions
from registry.intake.receipt import Receipt
from registry.intake.submit import check, submit
from registry.lifecycle.cases import case_list, withdraw
from registry.queries import history, open_queries
from registry.workbook import write_workbook
from tests.cases import tidy_case
from tests.queries.material import START, WHO, say

pytestmark = pytest.mark.usefixtures("empty_database")
RULE = "patient.weight_kg.plausible"


@pytest.fixture
def send(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Send the tidy case with another weight."""

    def run(weight: float, *, only_check: bool = False) -> Receipt:
        rows = tidy_case()
        rows["patient"][0]["weight_kg"] = weight
        for answers in rows.values():
            for cells in answers:
                cells |= cells.pop("missing", {})
        path = tmp_path / f"weight {weight}.xlsx"
        write_workbook(path, rows)
        if only_check:
            return check(path, "C01", reason="source corrected")
        return submit(path, "C01", actor=WHO, reason="source corrected")

    return run


def severity(receipt: Receipt) -> str | None:
    return next((f.severity for f in receipt.findings if f.rule == RULE), None)


def asked() -> list[int]:
    return [q.query_id for q in open_queries("C01") if q.rule == RULE]


def test_an_unusual_value_is_asked_about_confirmed_and_asked_again_when_it_changes(send) -> None:  # type: ignore[no-untyped-def]
    assert severity(send(212.0)) == "query"
    (query,) = asked()
    assert [case.status for case in case_list("C01")] == ["in query"]
    assert say(query).result == "taken"
    assert severity(send(212.0, only_check=True)) == "inform"
    assert severity(send(213.0)) == "query"
    assert history("C01", query)[-1].event == "lapsed"
    (other,) = asked()
    assert other != query
    assert severity(send(70.0)) is None
    assert history("C01", other)[-1].answer == "value fixed"
    assert [case.status for case in case_list("C01")] == ["clean"]


def test_a_withdrawn_case_is_held_however_often_it_comes(send) -> None:  # type: ignore[no-untyped-def]
    send(70.0)
    withdraw("C01", "P001", actor=WHO, reason="consent withdrawn", at=START)
    for weight in (71.0, 72.0):
        receipt = send(weight)
        assert (receipt.accepted, receipt.status) == (0, "held")
    assert [case.status for case in case_list("C01")] == ["withdrawn"]


def test_the_receipt_of_a_submission_verifies_with_its_file(send, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    given = send(70.0)
    (kept,) = submissions("C01")
    path = tmp_path / "receipt.json"
    path.write_text(receipts.receipt_text("C01", given.submission_id) or "")
    assert receipts.verify(path, tmp_path / "weight 70.0.xlsx") == []
    assert kept["signature"] == given.signature
    send(71.0)
    assert receipts.verify(path, tmp_path / "weight 71.0.xlsx")
