"""From the centers' workbooks to the marts: what comes in is what is counted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from registry import release, store
from registry.cli import app
from registry.disclosure import Fate
from registry.duck import POINTER, standing
from registry.intake.history import submissions
from registry.intake.submit import check, submit
from registry.workbook import write_workbook
from tests.cases import tidy_case
from tests.demonstration import Demonstration
from tests.versions import stored_rows


def stored_row_count() -> int:
    from registry.forms.tables import TABLES

    with store.engine("mst_reader").connect() as session:
        return sum(
            session.execute(text(f'select count(*) from crf."{form}"')).scalar_one()
            for form in TABLES
        )


def workbook(path: Path, *cases: dict[str, list[dict[str, object]]]) -> Path:
    """The cases as a filled workbook, missing codes written out as words."""
    rows: dict[str, list[dict[str, object]]] = {}
    for case in cases:
        for form, answers in case.items():
            for answer in answers:
                cells = dict(answer)
                cells |= cells.pop("missing", {})  # type: ignore[operator]
                rows.setdefault(form, []).append(cells)
    write_workbook(path, rows)
    return path


def test_every_row_sent_is_accounted_for(demonstration: Demonstration) -> None:
    receipts = [r for n in range(1, 13) for r in submissions(f"C{n:02d}")]
    assert len(receipts) >= 12
    for receipt in receipts:
        assert receipt["accepted"] + receipt["held"] + receipt["unchanged"] == receipt["rows"]
        assert receipt["rows"] > 0


@pytest.mark.requirement("UPL-15")
def test_tidy_centers_are_accepted_and_the_untidy_one_is_partly_held(
    demonstration: Demonstration,
) -> None:
    status = {f"C{n:02d}": submissions(f"C{n:02d}")[-1]["status"] for n in range(1, 13)}
    assert status.pop("C12") == "partly held"
    assert set(status.values()) == {"accepted"}


def test_the_planted_faults_are_found_at_their_rows(demonstration: Demonstration) -> None:
    folder = demonstration.home / "demo"
    planted = json.loads((folder / "faults.json").read_text())
    receipt = check(folder / "C12.xlsx", "C12")
    told = {(f.form, f.row) for f in receipt.findings}
    lost = [fault for fault in planted if (fault["form"], fault["row"]) not in told]
    assert lost == []
    assert len(planted) >= 20


@pytest.mark.requirement("UPL-16")
def test_the_same_file_twice_changes_nothing(demonstration: Demonstration) -> None:
    for center in ("C01", "C12"):
        before, sent = stored_row_count(), len(submissions(center))
        receipt = submit(demonstration.home / "demo" / f"{center}.xlsx", center, actor="test")
        assert receipt.status == "already received"
        assert receipt.accepted == 0
        assert (stored_row_count(), len(submissions(center))) == (before, sent)


@pytest.mark.requirement("UPL-15")
def test_a_held_case_is_accepted_once_it_is_fixed(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    good, bad = tidy_case("C90", "good"), tidy_case("C90", "bad")
    bad["infusion"][0]["infusion_day"] = 3
    first = submit(workbook(tmp_path / "a.xlsx", good, bad), "C90", actor="test")
    assert first.cases == {"good": "accepted", "bad": "held"}
    (finding,) = [f for f in first.findings if f.rule == "infusion-in-course"]
    assert finding.place().startswith("infusion, cell ")
    bad["infusion"][0]["infusion_day"] = 12
    second = submit(workbook(tmp_path / "b.xlsx", good, bad), "C90", actor="test")
    assert second.cases == {"good": "unchanged", "bad": "accepted"}
    assert second.accepted + second.unchanged == second.rows


def test_an_empty_cell_leaves_the_stored_answer(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    case = tidy_case("C91", "P1")
    submit(workbook(tmp_path / "a.xlsx", case), "C91", actor="test")
    only_patient = {"patient": [{"center_id": "C91", "case_id": "P1", "weight_kg": 64.0}]}
    path = workbook(tmp_path / "b.xlsx", only_patient)
    silent = submit(path, "C91", actor="test")
    assert (silent.status, silent.findings[0].rule) == ("held", "change.reason")
    receipt = submit(path, "C91", actor="test", reason="entry error")
    assert [(c.kind, c.old, c.new) for c in receipt.changes] == [("changed", 61.5, 64.0)]
    assert (receipt.status, receipt.accepted) == ("accepted", 1)
    with store.center_session("C91") as session:
        (row,) = stored_rows(session, "patient", ["P1"])
    assert (row["weight_kg"], row["sex"]) == (64.0, "female")


@pytest.mark.requirement("ACC-01")
def test_another_centers_rows_are_not_taken(demonstration: Demonstration, tmp_path: Path) -> None:
    receipt = submit(workbook(tmp_path / "a.xlsx", tidy_case("C01", "P1")), "C92", actor="test")
    assert receipt.accepted == 0
    assert "case.other_center" in {f.rule for f in receipt.findings}


@pytest.mark.parametrize(
    ("sheet", "header", "rule"),
    [
        ("patients", ["case_id"], "file.unknown_sheet"),
        ("patient", ["case_id", "patient_name"], "identifier.header"),
        ("patient", ["case_id", "sex", "Sex"], "file.double_column"),
        ("patient", ["sex"], "file.no_key"),
    ],
)
def test_a_file_that_is_not_a_template_is_refused_whole(
    database: None, tmp_path: Path, sheet: str, header: list[str], rule: str
) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = sheet
    book.active.append(header)
    book.active.append(["canary"] * len(header))
    book.save(tmp_path / "a.xlsx")
    receipt = submit(tmp_path / "a.xlsx", "C93", actor="test")
    assert (receipt.status, receipt.accepted, receipt.held) == ("refused", 0, 1)
    assert rule in {f.rule for f in receipt.findings}
    assert "canary" not in json.dumps(receipt.as_dict())
    assert "patient_name" not in json.dumps(receipt.as_dict())


@pytest.mark.parametrize("center", ["c01", "C01'; drop table crf.patient; --", "", "C" * 11])
def test_what_is_no_center_is_refused(database: None, tmp_path: Path, center: str) -> None:
    path = workbook(tmp_path / "a.xlsx", tidy_case())
    assert submit(path, center, actor="test").status == "refused"


def test_a_release_proves_itself(demonstration: Demonstration) -> None:
    assert release.verify("demo") == []
    with pytest.raises(release.ReleaseError, match="never change"):
        release.create("demo")
    release.create("tampered")
    folder = release.folder("tampered")
    target = folder / "patient.parquet"
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.chmod(0o600)
    target.write_bytes(content)
    (folder / "kir.parquet").unlink()
    assert release.verify("tampered") == ["kir.parquet is missing", "patient.parquet was changed"]


@pytest.mark.requirement("SDC-13")
def test_publishing_is_an_act_of_its_own_with_a_name(demonstration: Demonstration) -> None:
    cli = CliRunner()
    (last,) = json.loads(cli.invoke(app, ["release", "published", "--format", "json"]).stdout)
    assert (last["release"], last["approved_by"]) == ("demo", "demo")
    served = standing(demonstration.home / "warehouse" / POINTER).release
    proposed = cli.invoke(app, ["release", "propose", served, "--format", "json"])
    told = {row["strata"]: row["count"] for row in json.loads(proposed.stdout)}
    assert sum(told.values()) > 100
    assert set(told) <= {fate.value for fate in Fate}
    assert json.loads(cli.invoke(app, ["release", "published", "--format", "json"]).stdout) == [
        last
    ]
    other = cli.invoke(app, ["release", "publish", "another"])
    assert other.exit_code == 2
    assert "mst build another" in other.stderr


def test_verdicts_add_up_to_the_subjects(demonstration: Demonstration) -> None:
    wrong = demonstration.ask(
        "select * from mart_adherence where met + deviated + not_evaluable + not_applicable <> subjects"
    )
    assert wrong == []
    (rows,) = demonstration.ask("select count(distinct recommendation_id) from mart_adherence")
    assert rows[0] >= 12
    unequal = demonstration.ask(
        "with v as (select recommendation_id, reading, count(*) as n from fct_verdict group by all), "
        "m as (select recommendation_id, reading, sum(subjects) as n from mart_adherence group by all) "
        "select * from v full join m using (recommendation_id, reading) where v.n is distinct from m.n"
    )
    assert unequal == []


def test_the_warehouse_holds_the_patients_that_were_accepted(demonstration: Demonstration) -> None:
    accepted = sum(
        decision == "accepted"
        for n in range(1, 13)
        for decision in submissions(f"C{n:02d}")[-1]["cases"].values()
    )
    ((patients,),) = demonstration.ask(
        "select count(*) from dim_patient where center_id between 'C01' and 'C12'"
    )
    assert patients == accepted > 170


@pytest.mark.requirement("ACC-14")
@pytest.mark.parametrize("audience", ["analyst", "public"])
@pytest.mark.parametrize(
    "statement",
    ["select * from read_csv('/etc/passwd')", "select * from glob('/*')", "copy (select 1) to '/tmp/x.csv'",
     "attach '/tmp/x.duckdb'", "install httpfs", "set enable_external_access = true", "create table t (a int)",
     "select * from '../steward.duckdb'"],
)  # fmt: skip
def test_a_warehouse_file_opens_nothing_else(
    demonstration: Demonstration, audience: str, statement: str
) -> None:
    with demonstration.open(audience) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)


@pytest.mark.requirement("SDC-01", "SDC-12")
def test_the_public_file_holds_published_counts_only(demonstration: Demonstration) -> None:
    with demonstration.open("public") as connection:
        tables = [
            t
            for (t,) in connection.execute(
                "select table_name from information_schema.tables"
            ).fetchall()
        ]
    assert tables
    assert all(table.startswith("public_") for table in tables)


def mst(demonstration: Demonstration, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from registry.cli import main; main()", *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.requirement("UPL-14", "REL-14")
def test_the_command_answers_in_json_and_exit_codes(demonstration: Demonstration) -> None:
    done = mst(
        demonstration,
        "check",
        str(demonstration.home / "demo" / "C12.xlsx"),
        "--center",
        "C12",
        "--format",
        "json",
    )
    told = json.loads(done.stdout)
    assert done.returncode == 2
    assert told["accepted"] + told["held"] + told["unchanged"] == told["rows"]
    assert {
        "form",
        "row",
        "column",
        "cell",
        "case_id",
        "rule",
        "severity",
        "message",
        "fix",
    } <= set(told["findings"][0])
    listed = mst(demonstration, "sql", "select count(*) as n from fct_verdict", "--format", "json")
    assert json.loads(listed.stdout)[0]["n"] > 0
    assert mst(demonstration, "check", "nothing.xlsx", "--center", "C12").returncode == 2
    assert mst(demonstration, "release", "verify", "nothing").returncode == 2
    assert mst(demonstration, "sql", "drop table dim_patient").returncode == 2
