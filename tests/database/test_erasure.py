"""A case erased on request is nowhere any more, and what is left still proves itself."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from registry import erasure, release, store, warehouse
from registry.access.signing import sign
from registry.audit import note
from registry.audit.anchors import kept
from registry.audit.check import check
from registry.audit.read import Wanted, entries
from registry.cli import app
from registry.deidentify.mapping import CasePair, RekeyMapping
from registry.home import home
from registry.intake.receipt import Receipt
from registry.intake.signature import receipt_text, verify
from registry.lifecycle.cases import case_history, case_list, reinstate, withdraw
from registry.lifecycle.erased import Line, digest, ledger, write_down
from registry.lifecycle.locks import lock
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.status import ConflictError, Meaning
from registry.queries import open_queries, queries
from registry.rekey import RekeyError, rekey
from registry.schema import ERASURE, FINDING, REKEYING, SUBMISSION
from tests.lifecycle.material import ANA, NOW, PASSWORD, add_lead, send, stored
from tests.queries.material import found, say, upload

pytestmark = [
    pytest.mark.usefixtures("empty_database"),
    pytest.mark.requirement("DEID-13", "AUD-06"),
]
CASE, OTHER, CANARY = "QX7K2M9ZT", "P002", "DNR8W3KQ5"
REASON = "asked for by the patient"


def renaming(old: str, new: str) -> RekeyMapping:
    """A case with a new pseudonym, and nothing else of it."""
    pair = CasePair(old, new, {"donor": (), "collection": (), "aliquot": ()})
    return RekeyMapping("C01", "rotation", "a", new, (pair,))


@pytest.fixture(autouse=True)
def _fresh(empty_database: None) -> None:
    """The operator at work, and no release or build of another test."""
    for name in ("releases", "warehouse"):
        shutil.rmtree(home() / name, ignore_errors=True)
    for path in (home() / "erasures.jsonl", home() / "audit" / "heads.jsonl"):
        path.unlink(missing_ok=True)


def places() -> list[str]:
    """Every file of the state folder, PostgreSQL's own too, that holds the case or its canary. The log that
    PostgreSQL recycles is left out (docs/erasure.md)."""
    with store.engine(None).connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.exec_driver_sql("checkpoint")
    return [
        str(path.relative_to(home())) for path in home().rglob("*")
        if path.is_file() and "pg_wal" not in path.parts
        and any(word.encode() in path.read_bytes() for word in (CASE, CANARY))
    ]  # fmt: skip


def held(name: str) -> set[str]:
    """The cases in the files of a release; they are compressed, so bytes tell nothing."""
    found: set[str] = set()
    for path in release.folder(name).glob("*.parquet"):
        table = pq.read_table(path)
        if "case_id" in table.column_names:
            found |= set(table["case_id"].to_pylist())
    return found


def long_life(folder: Path) -> Receipt:
    """Sent with another case, asked about, answered, withdrawn, reinstated, signed, locked, released."""
    add_lead()
    high = {"patient": {"height_cm": 98}}
    sent = send(folder, CASE, OTHER, file_name=f"{CASE}.csv", changes=high)
    assert sent.cases == {CASE: "accepted", OTHER: "accepted"}
    donor = {"donor_id": CANARY, "role": "considered only", "relation": "child", "age_years": 40}
    assert send(folder, CASE, changes=high, more={"donor": [donor]}).accepted
    for query in open_queries("C01"):
        assert say(query.query_id, comment=f"as in the chart of {CASE}").result == "taken"
    withdraw("C01", CASE, actor="cora", reason=f"{CASE} has called", at=NOW)
    reinstate("C01", CASE, actor="cora", reason="was an error", at=NOW)
    sign(ANA, "C01", CASE, Meaning.COMPLETE, at=NOW, password=PASSWORD)
    lock("cut", None, actor="stella", role="steward", reason="data cut", at=NOW)
    release.create("2026-06", at=NOW)
    return sent


def test_an_erased_case_is_nowhere_and_everything_left_still_verifies(tmp_path: Path) -> None:
    sent = long_life(tmp_path / "a")
    number = sent.submission_id
    assert number is not None
    run, words = CliRunner(), ["erase", CASE, "--center", "C01", "--reason", REASON]
    assert any(path.startswith("postgres/base") for path in places())
    assert held("2026-06") == {CASE, OTHER}
    assert run.invoke(app, words, input="another\n").exit_code == 2
    assert CASE in {case.case_id for case in case_list("C01")}
    done = run.invoke(app, words, input=f"{CASE}\n")
    assert done.exit_code == 0, done.output
    assert places() == []

    assert check(list(kept())) == (check()[0], [])
    assert [case.case_id for case in case_list("C01")] == [OTHER]
    assert held("2026-06") == {OTHER}
    assert release.verify("2026-06") == []
    (note,) = release.manifest("2026-06")["erased"]
    assert note["cases"] == 1
    assert all(step["was"] != step["is"] for step in note["files"].values())
    receipt = receipt_text("C01", number)
    assert receipt is not None
    path = tmp_path / "receipt.json"
    path.write_text(receipt)
    assert verify(path) == []
    content = json.loads(receipt)
    assert (content["cases"], content["cases_erased"]) == ({OTHER: "accepted"}, 1)
    with store.engine("mst_reader").connect() as session:
        (row,) = session.execute(select(ERASURE)).all()
    assert (row.center_id, row.reason) == ("C01", REASON)
    assert row.counts["patient"] == row.counts["case_signature"] == row.counts["case_lock"] == 1

    submissions = select(func.count()).select_from(SUBMISSION)
    with store.engine("mst_reader").connect() as session:
        count = session.execute(submissions).scalar_one()
        told = send(tmp_path / "again", CASE, "P003")
        assert (told.status, [f.rule for f in told.findings]) == ("refused", ["case.erased"])
        assert session.execute(submissions).scalar_one() == count
    assert places() == []
    assert run.invoke(app, [*words, "--yes"]).exit_code == 4


def test_a_restored_backup_is_told_to_erase_again(tmp_path: Path) -> None:
    send(tmp_path / "a", CASE, OTHER)
    send(tmp_path / "b", CASE, center="C02")
    release.create("old")
    write_down(Line("C01", digest("C01", CASE), "stella", NOW.isoformat(), REASON))
    assert CASE not in (home() / "erasures.jsonl").read_text()
    run = CliRunner()
    assert run.invoke(app, ["erase", "--again"]).exit_code == 0
    assert [c.case_id for c in case_list("C01")] == [OTHER]
    assert [c.case_id for c in case_list("C02")] == [CASE], "the same name at another center stays"
    table = pq.read_table(release.folder("old") / "patient.parquet")
    assert set(zip(table["center_id"].to_pylist(), table["case_id"].to_pylist(), strict=True)) == {
        ("C01", OTHER), ("C02", CASE),
    }  # fmt: skip
    again = erasure.again()
    assert (again.rows, again.releases, len(ledger())) == (0, (), 1)
    assert check()[1] == []


def test_a_release_left_half_rewritten_is_found_and_finished(tmp_path: Path) -> None:
    send(tmp_path / "a", CASE, OTHER)
    release.create("half")
    path = release.folder("half") / "patient.parquet"
    old = path.read_bytes()
    assert release.erase("half", lambda center, case: case == CASE)
    path.chmod(0o600)
    path.write_bytes(old)
    assert release.verify("half") == ["patient.parquet was changed"]
    assert release.erase("half", lambda center, case: case == CASE)
    assert release.verify("half") == []
    assert len(release.manifest("half")["erased"]) == 1
    assert not release.erase("half", lambda center, case: case == CASE)


def test_a_lost_file_of_a_release_does_not_keep_the_case_in_the_others(tmp_path: Path) -> None:
    send(tmp_path / "a", CASE, OTHER)
    release.create("torn")
    (release.folder("torn") / "drug.parquet").unlink()
    assert release.erase("torn", lambda center, case: case == CASE)
    assert held("torn") == {OTHER}
    assert release.verify("torn") == ["drug.parquet is missing"]


def test_the_audit_forgets_what_names_the_case_and_nothing_of_others() -> None:
    stored("P1", "P1-A")
    said = {"C01": ("P1 has moved", "P1-A and P10 stay", "not -P1."), "C02": ("P1 stays",),
            None: ("where case_id = 'P1'", "where case_id = 'XP1'")}  # fmt: skip
    for center, details in said.items():
        for detail in details:
            note("look", center_id=center, detail=detail)
    erasure.erase("C01", "P1", actor="stella", reason=REASON, at=NOW)
    kept_ = [entry.detail for entry in entries(Wanted(action="look")) if entry.detail]
    assert sorted(kept_) == ["P1 stays", "P1-A and P10 stay", "where case_id = 'XP1'"]
    assert check()[1] == []


def test_words_about_others_that_only_look_like_the_case_stay() -> None:
    asked = replace(found(case="P2"), message="5 % of blasts")
    number = upload([asked], cases=("5", "P2", "P3"))
    withdraw("C01", "P2", actor="cora", reason="moved with 5, not 5-A, 15 or 5b", at=NOW)
    folded = {"P2": {"case_id": "P2", "message": "5 % of blasts"}, "5": {"case_id": "5"}}
    with store.center_session("C01") as session:
        for case, consequence in folded.items():
            values = {
                k: v for k, v in asked.as_dict().items() if k in FINDING.c and k != "consequences"
            }
            values |= {"submission_id": number, "center_id": "C01", "record": case}
            session.execute(insert(FINDING).values(**values, consequences=[consequence]))
    erasure.erase("C01", "5", actor="stella", reason=REASON, at=NOW)
    with store.engine("mst_reader").connect() as session:
        left = dict(session.execute(select(FINDING.c.record, FINDING.c.consequences)).all())
    assert left == {"P2": [folded["P2"]], "5": []}
    (step,) = (s for s in case_history("C01", "P2") if s.reason)
    assert step.reason == "moved with (erased), not 5-A, 15 or 5b"
    reinstate("C01", "P2", actor="cora", reason="was an error", at=NOW)
    assert [q.message for q in queries("C01")] == ["5 % of blasts"]


def test_a_file_named_after_the_case_loses_its_name(tmp_path: Path) -> None:
    sent = send(tmp_path / "a", "P1", "P2", file_name="P1_may 2P1 P10.csv")
    erasure.erase("C01", "P1", actor="stella", reason=REASON, at=NOW)
    assert sent.submission_id is not None
    told = json.loads(receipt_text("C01", sent.submission_id) or "")
    assert told["file_name"] == "(erased)_may 2P1 P10.csv"


def test_a_case_is_erased_from_releases_made_under_its_former_names(tmp_path: Path) -> None:
    sent = send(tmp_path / "a", CASE, "P3", file_name=f"{CASE}.csv")
    withdraw("C01", "P3", actor="cora", reason=f"moved with {CASE}", at=NOW)
    reinstate("C01", "P3", actor="cora", reason="was an error", at=NOW)
    release.create("first")
    for old, new in ((CASE, "N1"), ("N1", "N2")):
        rekey(renaming(old, new), "C01", actor="ana", at=NOW)
        release.create(f"as-{new}")
    assert held("first") == {CASE, "P3"}
    backed_up = digest("C01", CASE)

    done = erasure.erase("C01", "N2", actor="stella", reason=REASON, at=NOW)
    assert set(done.releases) == {"first", "as-N1", "as-N2"}
    assert done.unsearched == ()
    assert [held(name) for name in release.names()] == [{"P3"}] * 3
    assert places() == []
    assert sent.submission_id is not None
    content = json.loads(receipt_text("C01", sent.submission_id) or "")
    assert (content["cases"], content["cases_erased"]) == ({"P3": "accepted"}, 1)
    # a backup from before the exchange brings the first name back
    assert {line.case_hmac for line in ledger()} == {
        backed_up,
        *(digest("C01", n) for n in ("N1", "N2")),
    }
    assert [f.rule for f in send(tmp_path / "b", CASE).findings] == ["case.erased"]
    assert check()[1] == []


def test_a_former_name_is_never_another_patients() -> None:
    stored("P1", "P2")
    rekey(renaming("P1", "N1"), "C01", actor="ana", at=NOW)
    with pytest.raises(RekeyError, match="in use before"):
        rekey(renaming("P2", "P1"), "C01", actor="ana", at=NOW)


def test_releases_that_cannot_be_searched_are_named(tmp_path: Path) -> None:
    """An earlier version exchanged the pseudonyms and kept no digests."""
    send(tmp_path / "a", CASE)
    release.create("old")
    values = {"center_id": "C01", "actor": "ana", "at": NOW, "reason": "rotation", "mapping_sha256": "m",
              "counts": {}}  # fmt: skip
    with store.engine(None).begin() as session:
        session.execute(insert(REKEYING).values(values))
    release.create("new")
    done = CliRunner().invoke(app, ["erase", CASE, "--center", "C01", "--reason", REASON, "--yes"])
    assert done.exit_code == 0, done.output
    assert "may hold it still: old." in " ".join(done.output.split())


def test_what_cannot_be_erased_changes_nothing(tmp_path: Path) -> None:
    send(tmp_path / "a", CASE)
    for case, reason, error in (
        ("P9", REASON, ConflictError), (CASE, "no", RemarkError), (CASE, f"{CASE} asked", RemarkError),
    ):  # fmt: skip
        with pytest.raises(error):
            erasure.erase("C01", case, actor="stella", reason=reason, at=datetime.now(UTC))
    with pytest.raises(ConflictError):
        erasure.erase("C02", CASE, actor="stella", reason=REASON, at=datetime.now(UTC))
    assert [c.case_id for c in case_list("C01")] == [CASE]
    assert ledger() == []


@pytest.mark.long
def test_the_warehouse_is_built_anew_without_the_case_and_older_builds_go(tmp_path: Path) -> None:
    send(tmp_path / "a", CASE, OTHER)
    release.create("2026-06", at=NOW)
    first = warehouse.build(release.folder("2026-06"), home(), progress=lambda _: None)
    (home() / "warehouse" / ".building-left").mkdir()
    done = erasure.erase("C01", CASE, actor="stella", reason=REASON, at=NOW)
    assert done.builds == (first.build_id,)
    now = warehouse.current(home())
    assert sorted(p.name for p in (home() / "warehouse").iterdir() if p.is_dir()) == [now.build_id]
    with duckdb.connect(str(now.folder / "steward.duckdb"), read_only=True) as connection:
        assert connection.execute("select case_id from int_patient").fetchall() == [(OTHER,)]
    assert places() == []
