"""A lead signs a case: who, when, what it means, and what exactly was signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from registry import store
from registry.access import accounts, sessions
from registry.access.rights import NotAllowedError, Person, Role
from registry.access.signing import sign
from registry.cli import app
from registry.intake import submit as door
from registry.lifecycle.cases import case_list, withdraw
from registry.lifecycle.signatures import Signature, contents, signatures
from registry.lifecycle.status import ConflictError, Meaning
from registry.schema import CASE_SIGNATURE
from tests.lifecycle.material import ANA, NOW, PASSWORD, add_lead, later, send, stored
from tests.queries.material import START, found, upload
from tests.versions import add_versions

pytestmark = [pytest.mark.usefixtures("empty_database"), pytest.mark.requirement("AUD-08")]


def put(
    case: str = "P001", *, by: Person = ANA, meaning: Meaning = Meaning.COMPLETE, **how: object
) -> None:
    sign(by, "C01", case, meaning, at=NOW, **({"password": PASSWORD} | how))  # type: ignore[arg-type]


def of(case: str = "P001") -> list[Signature]:
    with store.center_session("C01") as session:
        return signatures(session, "C01", [case]).get(case, [])


def test_a_signature_says_who_when_what_and_counts_until_the_case_changes() -> None:
    add_lead()
    stored()
    put()
    (one,) = of()
    assert (one.full_name, one.role, one.at, one.meaning, one.state) == (
        "ana", "center lead", NOW, "data complete", "valid",
    )  # fmt: skip
    changed = stored(weight=62, reason="source corrected")
    (one,) = of()
    assert (one.state, one.void_by, one.void_at) == ("void", changed, START)
    assert f"void since 2026-03-01 12:00 by submission {changed}" in str(case_list("C01")[0].signed)
    # the old answers again are a later version: nobody signed that
    stored(weight=60, reason="source corrected")
    assert [s.state for s in of()] == ["void"]
    put()
    assert [s.state for s in of()] == ["valid"]


def test_a_change_of_another_case_leaves_it_valid() -> None:
    add_lead()
    stored("P001", "P002")
    stored("P001", center="C02")
    put()
    stored("P002", weight=62)
    stored("P001", weight=62, center="C02")
    assert [s.state for s in of()] == ["valid"]


def test_a_signature_copied_to_another_case_or_center_does_not_hold() -> None:
    add_lead()
    stored("P001", "P002")
    stored("P001", center="C02")
    put()
    with store.center_session("C01") as session:
        row = dict(session.execute(select(CASE_SIGNATURE)).mappings().one())
    del row["signature_id"]
    for center, case in (("C01", "P002"), ("C02", "P001")):
        with store.center_session(center) as session:
            copied = row | {"center_id": center, "case_id": case}
            session.execute(insert(CASE_SIGNATURE).values(copied))
            assert [s.state for s in signatures(session, center)[case]] == ["void"]
    assert [s.state for s in of()] == ["valid"]


def test_who_signs_gives_the_password_again() -> None:
    add_lead()
    stored()
    for how in (
        {"password": "another one"},
        {"password": None},
        {"password": None, "claims": {}},
    ):
        with pytest.raises(NotAllowedError, match="Nothing was signed"):
            put(**how)
    sessions.sign_in("ana", PASSWORD, at=later(minutes=-1))
    with pytest.raises(NotAllowedError, match="Nothing was signed"):
        put(password=None, claims={})
    assert of() == []


def test_an_openid_sign_in_of_the_last_five_minutes_stands_for_the_password() -> None:
    accounts.invite(
        "oda", "Dr Oda Lee", "oda@example.org", [accounts.Grant(Role.LEAD, "C01")], at=NOW
    )
    accounts.accept(accounts.invite_again("oda", at=NOW), PASSWORD, at=NOW)
    stored()
    oda = Person("oda", Role.LEAD, "C01")
    claims = {"iss": "i", "sub": "s", "email": "oda@example.org", "email_verified": True}
    old, new, known = (claims | {"iat": number} for number in (1, 2, 3))
    # the provider opened it for somebody it had asked long ago
    known["auth_time"] = later(hours=-1).timestamp()
    sessions.sign_in_by_openid(old, at=NOW - timedelta(minutes=5))
    for given in (new, known):
        sessions.sign_in_by_openid(given, at=NOW - timedelta(minutes=4))
    for refused in (old, known, claims):
        with pytest.raises(NotAllowedError):
            put(by=oda, password=None, claims=refused)
    with pytest.raises(NotAllowedError):
        sign(ANA, "C01", "P001", Meaning.COMPLETE, at=NOW, claims=new)
    put(by=oda, password=None, claims=new | {"auth_time": later(minutes=-4).timestamp()})
    assert [s.full_name for s in of()] == ["Dr Oda Lee"]


def test_nobody_but_a_lead_of_the_center_signs() -> None:
    stored()
    for role, center in ((Role.COORDINATOR, "C01"), (Role.STEWARD, None), (Role.LEAD, "C02"),
                         (Role.OPERATOR, None), (Role.AUDITOR, None)):  # fmt: skip
        with pytest.raises(NotAllowedError):
            put(by=Person("x", role, center))
    add_lead()
    accounts.revoke("ana", accounts.Grant(Role.LEAD, "C01"), at=NOW)
    with pytest.raises(NotAllowedError, match="taken back"):
        put()
    assert of() == []


def test_only_a_clean_case_that_is_what_was_shown_is_signed_and_once() -> None:
    add_lead()
    stored("P001")
    stored("P002", findings=[found("P002")])
    upload([], cases=["P003", "P004"], held=["P003"])
    withdraw("C01", "P004", actor="cora", reason="consent withdrawn", at=NOW)
    for case, words in (
        ("P002", "queries"),
        ("P003", "accepted"),
        ("P004", "withdrawn"),
        ("P009", "no case"),
    ):
        with pytest.raises(ConflictError, match=words):
            put(case)
    with pytest.raises(ConflictError, match="look again"):
        put(seen="another digest")
    with store.center_session("C01") as session:
        shown = contents(session, "C01", ["P001"])["P001"]
    put(seen=shown)
    with pytest.raises(ConflictError, match="valid"):
        put()
    put(meaning=Meaning.REVIEWED)
    assert [s.meaning for s in of()] == ["data complete", "data reviewed"]


@pytest.mark.requirement("AUD-07")
def test_after_a_signature_every_change_needs_a_reason(tmp_path: Path) -> None:
    add_lead()
    sample = {
        "sample_day": 40,
        "anc_e9_per_l": 2.0,
        "platelets_e9_per_l": 150.0,
        "wbc_e9_per_l": 3.0,
    }
    more = {"blood_count": [sample]}
    send(tmp_path / "a", "P001", "P002", blank=("cmv_status",))
    put()
    told = send(tmp_path / "b", "P001", "P002", more=more)
    assert told.cases == {"P001": "held", "P002": "accepted"}
    missing = {(f.rule, f.form) for f in told.findings if f.severity == "reject"}
    assert missing == {("change.reason", "patient"), ("change.reason", "blood_count")}
    told = send(tmp_path / "c", more=more, reason="new information")
    assert (told.rows_changed, told.rows_new) == (1, 1)
    query = text(
        "select distinct change_reason from crf.blood_count where submission_id = :s "
        "union all select change_reason from crf.patient where submission_id = :s"
    )
    with store.center_session("C01") as session:
        reasons = session.execute(query, {"s": told.submission_id}).scalars().all()
    assert reasons == ["new information"] * 2
    assert [s.state for s in of()] == ["void"]


def test_a_file_judged_before_a_signature_and_stored_after_it_is_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_lead()
    send(tmp_path / "a", "P001", "P002", blank=("cmv_status",))
    wait, signed = door.lock_for_commit, []

    def signed_meanwhile(session: Connection) -> None:
        if not signed:
            signed.append(put())
        wait(session)

    monkeypatch.setattr(door, "lock_for_commit", signed_meanwhile)
    told = send(tmp_path / "b", "P001", "P002")
    assert told.cases == {"P001": "held", "P002": "accepted"}
    assert {f.rule for f in told.findings if f.severity == "reject"} == {"change.reason"}
    assert [s.state for s in of()] == ["valid"]


@pytest.mark.requirement("AUD-07")
def test_the_database_itself_refuses_an_edit_of_a_signed_case_without_a_reason() -> None:
    add_lead()
    stored()
    put()
    number = stored("P002")
    row = {"center_id": "C01", "case_id": "P001", "weight_kg": 70.0, "submission_id": number,
           "content_sha256": "x", "missing": {}}  # fmt: skip
    with pytest.raises(IntegrityError), store.center_session("C01") as session:
        add_versions(session, "patient", [row])
    with store.center_session("C01") as session:
        add_versions(session, "patient", [row | {"change_reason": "source corrected"}])
    assert [s.state for s in of()] == ["void"]


def test_the_command_asks_for_the_password_and_the_list_shows_the_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_lead()
    stored()
    monkeypatch.setenv("MST_TOKEN_FILE", str(tmp_path / "token"))
    run, words = CliRunner(), ["sign", "P001", "--center", "C01", "--meaning", "data reviewed"]
    assert run.invoke(app, words, input=f"{PASSWORD}\n").exit_code == 3, (
        "the operator has no account"
    )
    assert run.invoke(app, ["sign-in", "ana"], input=f"{PASSWORD}\n").exit_code == 0
    assert run.invoke(app, words, input="wrong\n").exit_code == 3
    assert run.invoke(app, words, input=f"{PASSWORD}\n").exit_code == 0
    assert run.invoke(app, words, input=f"{PASSWORD}\n").exit_code == 4
    shown = run.invoke(app, ["cases", "--center", "C01", "--format", "csv"]).stdout
    assert "data reviewed, ana, center lead" in shown
    sessions.end_everywhere("ana", at=datetime.now(UTC))
    assert run.invoke(app, words, input=f"{PASSWORD}\n").exit_code == 3, (
        "an expired session cannot sign"
    )
