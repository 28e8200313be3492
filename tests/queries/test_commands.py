"""`mst queries`, `mst receipt`, `mst cases`, `mst withdraw` and `mst reinstate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from registry.cli.queries import add_to
from registry.intake import signature as receipts
from registry.intake.reader import digest
from registry.schema import RECEIPT
from registry.store import center_session
from tests.queries.material import found, only_query, state, upload

pytestmark = pytest.mark.usefixtures("empty_database")
app = typer.Typer()
add_to(app)
C01 = ("--center", "C01")
WHY = ("--reason", "looked at it")


def mst(*words: object, code: int = 0) -> str:
    """What the command prints on standard output; it must end with this exit code."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout


def as_json(*words: object) -> Any:
    return json.loads(mst(*words, "--format", "json"))


def ask(rule: str = "course.start_day.plausible") -> int:
    upload([found(rule=rule)])
    return only_query()


def test_a_query_is_listed_shown_and_reported() -> None:
    query = ask()
    (listed,) = as_json("queries", "list", *C01)
    assert (listed["query_id"], listed["case_id"], listed["status"]) == (query, "P1", "open")
    shown = as_json("queries", "show", query, *C01)
    assert [event["event"] for event in shown["history"]] == ["opened"]
    assert "opened by ada (system)" in mst("queries", "show", query, *C01)
    assert as_json("queries", "report")["times"]["asked"] == 1
    assert as_json("queries", "report", *C01, "--as-of", "2026-02-01")["times"]["asked"] == 0
    for format_ in ("table", "csv"):
        assert "course.start_day.plausible" in mst("queries", "report", "--format", format_)
        assert "P1" in mst("queries", "list", *C01, "--format", format_)


def test_queries_of_another_state_are_listed_when_asked_for() -> None:
    query = ask()
    mst("queries", "close", query, *C01, *WHY)
    assert as_json("queries", "list", *C01) == []
    assert len(as_json("queries", "list", *C01, "--state", "closed")) == 1
    assert len(as_json("queries", "list", *C01, "--all")) == 1


def test_who_may_close_and_reopen() -> None:
    query = ask()
    mst("queries", "close", query, *C01, *WHY, "--as", "coordinator", code=3)
    mst("queries", "close", query, *C01, "--reason", "no", code=2)
    mst("queries", "close", 987654, *C01, *WHY, code=4)
    mst("queries", "close", query, *C01, *WHY)
    mst("queries", "close", query, *C01, *WHY, code=4)
    mst("queries", "reopen", query, *C01, *WHY)
    assert state(query) == "open"
    mst("queries", "show", 987654, *C01, code=4)


def test_a_steward_asks() -> None:
    upload([])
    words = ("queries", "open", "P1", *C01, "--form", "course", "--question", "Was it the first?")
    mst(*words, "--column", "start_day", "--as", "coordinator", code=3)
    mst(*words, "--column", "nothing", code=2)
    mst(*words, "--column", "start_day", "--record", "course_no 2")
    (listed,) = as_json("queries", "list", *C01)
    assert (listed["record"], listed["rule"]) == ("course_no 2", "")


@pytest.mark.parametrize("folder", [True, False])
def test_answers_come_from_a_sheet(tmp_path: Path, folder: bool) -> None:
    query = ask()
    file = tmp_path / "Queries.csv"
    file.write_text(f"query,answer,comment\n{query},source not available,\n")
    told = as_json("queries", "answer", tmp_path if folder else file, *C01)
    assert told == {"taken": 1, "already so": 0, "refused": []}
    assert state(query) == "answered"
    assert "0 answers taken, 1 given before" in mst("queries", "answer", file, *C01)


def test_answers_that_cannot_be_taken_are_named_with_their_cell(tmp_path: Path) -> None:
    query = ask()
    file = tmp_path / "Queries.csv"
    file.write_text(f"query,answer,comment\n{query},perhaps,\n987654,corrected,\n")
    told = mst("queries", "answer", file, *C01, code=2)
    assert "0 answers taken" in told
    assert "B2: " in told
    assert "B3: There is no such query of this center." in told
    for wrong in (tmp_path / "none.csv", tmp_path / "empty.csv"):
        if wrong.stem == "empty":
            wrong.write_text("case_id\nP1\n")
        mst("queries", "answer", wrong, *C01, code=2)


def test_what_its_rule_does_not_allow_is_not_confirmed_by_file(tmp_path: Path) -> None:
    file = tmp_path / "Queries.csv"
    query = ask("no.such.rule")
    file.write_text(f"query,answer\n{query},confirmed as is\n")
    assert "cannot be confirmed" in mst("queries", "answer", file, *C01, code=2)


def test_a_case_is_withdrawn_and_reinstated() -> None:
    upload([])
    assert [case["status"] for case in as_json("cases", *C01)] == ["clean"]
    mst("withdraw", "P9", *C01, *WHY, code=4)
    mst("withdraw", "P1", *C01, "--reason", "-", code=2)
    mst("withdraw", "P1", *C01, *WHY)
    mst("withdraw", "P1", *C01, *WHY, code=4)
    assert "withdrawn" in mst("cases", *C01)
    mst("reinstate", "P1", *C01, *WHY)
    assert [case["status"] for case in as_json("cases", *C01)] == ["clean"]


def test_a_receipt_is_shown_and_verified(tmp_path: Path) -> None:
    file, key, receipt = (tmp_path / name for name in ("patient.csv", "key.pem", "receipt.json"))
    file.write_text("case_id\nP1\n")
    number = upload([])
    signed = receipts.sign({"submission_id": number, "file_sha256": digest(file)})
    with center_session("C01") as session:
        session.execute(
            RECEIPT.insert().values(submission_id=number, center_id="C01", receipt=signed)
        )
    receipt.write_text(mst("receipt", "show", number, *C01))
    key.write_text(mst("receipt", "key"))
    mst("receipt", "show", number, "--center", "C02", code=4)
    assert as_json("receipt", "verify", receipt, file, "--key", key) == {
        "valid": True, "faults": [],
    }  # fmt: skip
    mst("receipt", "verify", receipt)
    file.write_text("case_id\nP2\n")
    mst("receipt", "verify", receipt, file, code=2)
    told = json.loads(mst("receipt", "verify", receipt, file, "--format", "json", code=2))
    assert (told["valid"], len(told["faults"])) == (False, 1)
