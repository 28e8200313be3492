"""Ways in which a file, its stamp, its key or its timing could lose, double or let in what it must not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from registry.deidentify.mapping import CasePair, RekeyMapping
from registry.intake import submit as door
from registry.intake.receipt import Receipt
from registry.intake.submit import submit
from registry.lifecycle.cases import case_list, reinstate, withdraw
from registry.rekey import rekey
from registry.row_versions import read_cases
from registry.store import center_session
from tests.acceptance.test_sequences import case_rows

AT = datetime(2026, 3, 1, tzinfo=UTC)


class Desk:
    """Sends made-up files as JSON, each under a name of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def send(self, content: dict[str, Any], center: str = "C01", **more: Any) -> Receipt:
        self.count += 1
        path = self.folder / f"{self.count}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return submit(path, center, actor="test", **more)


@pytest.fixture
def desk(empty_database: None, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def rules(receipt: Receipt) -> set[str]:
    return {f.rule for f in receipt.findings}


def drugs(case: str = "P1") -> int:
    return len(read_cases("C01", [case], as_of=10**9)["drug"])


def test_a_form_that_comes_twice_loses_no_row(desk: Desk) -> None:
    rows = case_rows("P1")
    receipt = desk.send({**rows, "Drug ": rows["drug"][1:], "drug": rows["drug"][:1]})
    assert (receipt.status, receipt.accepted) == ("refused", 0)
    assert "file.double_sheet" in rules(receipt)


def test_a_rekeying_between_judging_and_storing_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(case_rows("P1"))
    pairs = (CasePair("P1", "N1", {"donor": (), "collection": (), "aliquot": ()}),)
    mapping = RekeyMapping("C01", "rotation", "a", "b", pairs)
    lock, done = door.lock_for_commit, []

    def lock_after_rekeying(session: Any) -> None:
        if not done:
            done.append(rekey(mapping, "C01", actor="test", at=datetime.now(UTC)))
        lock(session)

    monkeypatch.setattr(door, "lock_for_commit", lock_after_rekeying)
    changed = {"followup": [{**case_rows("P1")["followup"][0], "last_contact_day": 900}]}
    receipt = desk.send(changed, reason="new information")
    assert receipt.accepted == 0  # judged again: there is no P1 any more, and no patient row for it
    assert "case.patient" in rules(receipt)
    assert {c.case_id for c in case_list("C01") if c.status != "held"} == {"N1"}


@pytest.mark.requirement("UPL-17")
def test_an_older_file_does_not_undo_a_deletion(desk: Desk) -> None:
    first = desk.send(case_rows("P1"))
    row = {**case_rows("P1")["drug"][0], "row_action": "delete row", "change_reason": "entry error"}
    assert desk.send({"drug": [row]}).rows_deleted == 1
    before = drugs()
    receipt = desk.send({**case_rows("P1"), "based_on": first.submission_id})
    assert (receipt.status, receipt.accepted) == ("conflict", 0)
    assert drugs() == before


@pytest.mark.parametrize("stamp", ["another center's", 999_999_999, 10**30])
def test_a_stamp_must_be_a_submission_of_the_center(desk: Desk, stamp: Any) -> None:
    desk.send(case_rows("P1"))
    other = desk.send(case_rows("P1"), "C02").submission_id
    receipt = desk.send(case_rows("P2"), based_on=other if isinstance(stamp, str) else stamp)
    assert (receipt.status, rules(receipt)) == ("refused", {"file.stamp"})


def test_a_clock_takes_plain_digits_only(desk: Desk) -> None:
    rows = case_rows("P1")
    rows["drug"][0]["last_dose_end_time"] = "1\u0668:00"
    receipt = desk.send({f: [*r, *case_rows("P2")[f]] for f, r in rows.items()})
    assert receipt.cases == {"P1": "held", "P2": "accepted"}
    assert "drug.last_dose_end_time.pattern" in rules(receipt)


@pytest.mark.requirement("REL-14", "UPL-16")
def test_a_key_is_safe_to_repeat_whatever_happened_in_between(desk: Desk) -> None:
    path = desk.folder / "base.json"
    path.write_text(json.dumps(case_rows("P1")), encoding="utf-8")
    first = submit(path, "C01", actor="test", key="K1")
    row = {**case_rows("P1")["drug"][0], "row_action": "delete row", "change_reason": "entry error"}
    desk.send({"drug": [row]})
    before = drugs()
    again = submit(path, "C01", actor="test", key="K1")
    assert (again.status, again.submission_id) == ("already received", first.submission_id)
    assert drugs() == before


def test_nothing_of_the_words_of_a_key_is_kept(desk: Desk) -> None:
    path = desk.folder / "base.json"
    path.write_text(json.dumps(case_rows("P1")), encoding="utf-8")
    receipt = submit(path, "C01", actor="test", key="Zyxwvut Qanarian")
    assert "Qanarian" not in receipt.model_dump_json()
    with center_session("C01") as session:
        kept = session.execute(text("select client_key from registry.submission")).scalars().all()
    assert kept
    assert not any("Qanarian" in key for key in kept)


@pytest.mark.parametrize("key", ["", "x" * 201, "a\0b"])
def test_a_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    assert rules(desk.send(case_rows("P1"), key=key)) == {"file.key"}


@pytest.mark.requirement("AUD-07")
def test_a_reason_that_is_none_is_refused(desk: Desk) -> None:
    assert rules(desk.send(case_rows("P1"), reason="John Smith asked")) == {"change.reason_word"}


@pytest.mark.requirement("DEID-06")
@pytest.mark.parametrize(
    "case", ["x" * 9_799, "ward three; the mayor", "P1'; drop table x;--", "-P1"]
)
def test_a_case_id_that_is_no_pseudonym_is_held_and_not_kept(desk: Desk, case: str) -> None:
    rows = {f: [{**r, "case_id": case} for r in entries] for f, entries in case_rows("P1").items()}
    receipt = desk.send({f: [*r, *case_rows("P2")[f]] for f, r in rows.items()})
    assert receipt.cases in ({"P2": "accepted"}, {})
    assert case not in json.dumps(receipt.as_dict())
    assert {c.case_id for c in case_list("C01")} <= {"P2"}


@pytest.mark.parametrize("word", ["delete", "unknown", "remove", "delete row\u200b"])
def test_a_row_action_that_is_none_is_told(desk: Desk, word: str) -> None:
    desk.send(case_rows("P1"))
    row = {**case_rows("P1")["drug"][0], "row_action": word, "change_reason": "other"}
    receipt = desk.send({"drug": [row]})
    assert receipt.status == "held"
    assert "cell.row_action" in rules(receipt)


def test_a_row_both_kept_and_deleted_is_a_contradiction(desk: Desk) -> None:
    desk.send(case_rows("P1"))
    keep = case_rows("P1")["drug"][0]
    delete = {**keep, "row_action": "delete row", "change_reason": "other"}
    for rows in ([keep, delete], [delete, keep]):
        assert "row.twice" in rules(desk.send({"drug": rows}))
    assert drugs() == len(case_rows("P1")["drug"])


def test_rows_without_any_answer_are_told(desk: Desk) -> None:
    receipt = desk.send({"center": [{"row_action": "delete row"}], **case_rows("P1")})
    assert (receipt.status, rules(receipt)) == ("refused", {"file.no_columns"})


def test_a_file_with_exchanged_pseudonyms_is_refused(desk: Desk) -> None:
    path = desk.folder / "old.json"
    path.write_text(json.dumps(case_rows("P1")), encoding="utf-8")
    submit(path, "C01", actor="test")
    pairs = (CasePair("P1", "N1", {"donor": (), "collection": (), "aliquot": ()}),)
    rekey(
        RekeyMapping("C01", "rotation", "a", "b", pairs), "C01", actor="test", at=datetime.now(UTC)
    )
    again = submit(path, "C01", actor="test")
    assert (again.status, rules(again)) == ("refused", {"file.rekeyed"})


@pytest.mark.long
def test_more_cases_than_a_statement_has_parameters(desk: Desk) -> None:
    rows = [{"case_id": f"P{n}x"} for n in range(35_000)]
    more = [{"case_id": f"Q{n}x", "donor_id": "D1"} for n in range(35_000)]
    receipt = door.check(_json(desk.folder, {"patient": rows, "donor": more}), "C01")
    assert receipt.rows == 70_000
    assert len(receipt.cases) == 70_000


def _json(folder: Path, content: object) -> Path:
    path = folder / "many.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_withdrawn_case_takes_no_answer_and_comes_back_as_it_was(desk: Desk) -> None:
    desk.send(case_rows("P1"))
    withdraw("C01", "P1", actor="test", reason="consent withdrawn", at=AT)
    assert "case.withdrawn" in rules(desk.send({"followup": case_rows("P1")["followup"]}))
    reinstate("C01", "P1", actor="test", reason="was a mistake", at=AT)
    assert desk.send(case_rows("P1")).unchanged == sum(map(len, case_rows("P1").values()))
