"""A steward locks cases for a data cut: they take no change, and consent can still be withdrawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from registry import store
from registry.access.signing import sign
from registry.cli import app
from registry.intake.returned import stamp_of
from registry.lifecycle.cases import case_list, reinstate, withdraw
from registry.lifecycle.locks import lock, unlock
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.status import ConflictError, Meaning, NotAllowedError
from tests.lifecycle.material import ANA, NOW, PASSWORD, add_lead, send, stored
from tests.queries.material import found, only_query, say, upload
from tests.versions import add_versions

pytestmark = pytest.mark.usefixtures("empty_database")


def shut(
    cut: str = "2026-06",
    center: str | None = None,
    *,
    role: str = "steward",
    reason: str = "data cut",
) -> int:
    return lock(cut, center, actor="stella", role=role, reason=reason, at=NOW)


def free(cut: str = "2026-06", center: str | None = None) -> int:
    return unlock(cut, center, actor="stella", role="steward", reason="cut is done", at=NOW)


def cuts(center: str = "C01") -> dict[str, str | None]:
    return {case.case_id: case.locked for case in case_list(center)}


def test_a_locked_case_takes_no_change_until_it_is_unlocked(tmp_path: Path) -> None:
    send(tmp_path / "a", "P001", "P002")
    assert shut() == 2
    send(tmp_path / "b", "P003")
    assert cuts() == {"P001": "2026-06", "P002": "2026-06", "P003": None}
    told = send(tmp_path / "c", "P001", "P003", changes={"patient": {"weight_kg": 62}},
                reason="source corrected")  # fmt: skip
    assert told.cases == {"P001": "held", "P003": "accepted"}
    assert [(f.rule, f.case_id) for f in told.findings if f.severity == "reject"] == [
        ("case.locked", "P001")
    ]
    same = send(tmp_path / "d", "P001", file_name="again.csv")
    assert (same.cases, same.findings) == ({"P001": "unchanged"}, ())
    assert free() == 2
    assert cuts() == {"P001": None, "P002": None, "P003": None}
    told = send(
        tmp_path / "e", "P001", changes={"patient": {"weight_kg": 62}}, reason="source corrected"
    )
    assert told.cases == {"P001": "accepted"}


def test_a_file_older_than_a_locked_case_is_not_stamped_as_knowing_it(tmp_path: Path) -> None:
    based_on = send(tmp_path / "a", "P001", "P002").submission_id
    send(tmp_path / "b", "P001", changes={"patient": {"weight_kg": 62}}, reason="source corrected")
    shut()
    told = send(tmp_path / "c", "P001", "P003", changes={"patient": {"height_cm": 170}},
                based_on=based_on, reason="source corrected")  # fmt: skip
    assert told.cases == {"P001": "held", "P003": "accepted"}
    assert {f.rule for f in told.findings if f.case_id == "P001"} == {"case.locked", "case.older"}
    # sent back after the lock it would undo the colleague's weight
    assert stamp_of(told) is None


def test_while_locked_one_answers_signs_and_withdraws() -> None:
    add_lead()
    stored("P001", findings=[found("P001")])
    stored("P002")
    shut()
    assert say(only_query()).result == "taken"
    sign(ANA, "C01", "P001", Meaning.REVIEWED, at=NOW, password=PASSWORD)
    withdraw("C01", "P002", actor="cora", reason="consent withdrawn", at=NOW)
    assert {c.case_id: c.status for c in case_list("C01")} == {"P001": "clean", "P002": "withdrawn"}
    reinstate("C01", "P002", actor="cora", reason="was an error", at=NOW)
    assert set(cuts().values()) == {"2026-06"}


def test_a_case_is_locked_for_one_cut_and_centers_apart() -> None:
    upload([], cases=["P1"])
    upload([], cases=["P1", "-"], center="C02")
    assert shut("one", "C02") == 1
    assert (cuts("C01"), cuts("C02")) == ({"P1": None}, {"-": None, "P1": "one"})
    assert shut("two") == 1
    with pytest.raises(ConflictError, match="not locked already"):
        shut("three")
    with pytest.raises(ConflictError, match="this name"):
        free("three")
    assert free("one") == 1
    assert (cuts("C01"), cuts("C02")) == ({"P1": "two"}, {"-": None, "P1": None})


def test_only_the_steward_locks_with_a_name_and_a_reason() -> None:
    upload([])
    with pytest.raises(NotAllowedError):
        shut(role="center lead")
    for reason in ("", "no", "call +49 30 901820"):
        with pytest.raises(RemarkError):
            shut(reason=reason)
    with pytest.raises(ConflictError, match="name"):
        shut("two words")
    with pytest.raises(ConflictError):
        shut(center="C09")
    upload([], held=["P1"], center="C03")
    with pytest.raises(ConflictError, match="accepted"):
        shut(center="C03")
    assert cuts() == {"P1": None}


def test_a_case_locked_while_a_file_is_judged_is_not_stored_and_no_program_gets_past() -> None:
    number = upload([])
    shut()
    with pytest.raises(ConflictError, match="locked meanwhile"):
        upload([])
    row = {"center_id": "C01", "case_id": "P1", "submission_id": number, "content_sha256": "x",
           "missing": {}, "change_reason": "other"}  # fmt: skip
    with pytest.raises(IntegrityError, match="locked"), store.center_session("C01") as session:
        add_versions(session, "patient", [row])
    free()
    with store.center_session("C01") as session:
        add_versions(session, "patient", [row])


def test_the_commands_answer_in_words_and_codes() -> None:
    upload([])
    run = CliRunner()
    words = ["--cut", "2026-06", "--reason", "data cut"]
    assert run.invoke(app, ["unlock", *words]).exit_code == 4
    assert run.invoke(app, ["lock", *words, "--center", "C01"]).exit_code == 0
    assert run.invoke(app, ["lock", *words]).exit_code == 4
    assert run.invoke(app, ["unlock", "--cut", "2026-06", "--reason", "no"]).exit_code == 2
    assert run.invoke(app, ["unlock", *words]).exit_code == 0
