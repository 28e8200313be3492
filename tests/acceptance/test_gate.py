"""No file with an identifier gets in: 78 headers, cells, file names; and nothing of it stays anywhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from registry.home import home
from registry.intake.submit import submit
from tests.identifiers import labelled

CANARY = "Zyxwvut-Qponmlk-4711"
_LISTED = Path(labelled.__file__).with_name("headers.tsv").read_text(encoding="utf-8")
HEADERS = [row["header"] for row in csv.DictReader(_LISTED.splitlines(), delimiter="\t")]


def a_file(folder: Path, header: str, value: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "patient.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["case_id", "sex", header], ["P1", "female", value]])
    return folder


def bytes_with(canary: str) -> list[str]:
    """Every file of the state folder, the database's among them, that holds the canary."""
    return [
        str(path) for path in home().rglob("*")
        if path.is_file() and canary.encode() in path.read_bytes()
    ]  # fmt: skip


@pytest.mark.requirement("DEID-01", "DEID-04", "ACC-15")
def test_each_of_78_headers_refuses_the_file(
    empty_database: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(HEADERS) == 78
    let_in = []
    for number, header in enumerate(HEADERS):
        receipt = submit(a_file(tmp_path / str(number), header, CANARY), "C01", actor="test")
        told = [f for f in receipt.findings if f.rule == "identifier.header" and "C1" in f.message]
        if receipt.status != "refused" or not told or receipt.accepted:
            let_in.append(header)
        assert CANARY not in json.dumps(receipt.as_dict())
    assert let_in == []
    assert CANARY not in caplog.text
    assert bytes_with(CANARY) == []


@pytest.mark.requirement("DEID-09", "ACC-15")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("karyotype_iscn", "Mrs Ana García, bed 12"),
        ("karyotype_iscn", "seen 12/03/2024"),
        ("karyotype_iscn", "ana.garcia@hospital.example"),
        ("karyotype_iscn", "MRN 00482913"),
        ("fab_type", "Ana García"),
        ("marrow_blasts_pct", "+34 612 345 678"),
        ("case_id", "JS610228"),
        ("case_id", "00482913"),
    ],
)
def test_a_cell_that_identifies_refuses_the_file(
    empty_database: None, tmp_path: Path, column: str, value: str
) -> None:
    row = {"case_id": "P1", "disease": "AML", column: value}
    folder = tmp_path / "cases"
    folder.mkdir()
    with (folder / "diagnosis.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(row), list(row.values())])
    receipt = submit(folder, "C01", actor="test")
    assert receipt.status == "refused"
    (told,) = [f for f in receipt.findings if f.rule == "identifier.cell"]
    assert (told.form, told.row) == ("diagnosis", 2)
    assert value not in json.dumps(receipt.as_dict(), ensure_ascii=False)
    assert bytes_with(value) == []


@pytest.mark.requirement("DEID-09")
def test_what_looks_clinical_gets_in(empty_database: None, tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    for number, text in enumerate(
        ("46,XX,t(8;21)(q22;q22.1)[20]", "46,XY,inv(16)(p13.1q22)[15]/46,XY[5]")
    ):
        with (folder / "diagnosis.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["case_id", "karyotype_iscn"], [f"P{number}", text]])
        receipt = submit(folder, "C01", actor="test")
        assert [f.rule for f in receipt.findings if f.rule.startswith("identifier")] == []


@pytest.mark.requirement("DEID-09", "UPL-05")
def test_a_file_named_after_a_patient_is_taken_without_its_name(
    empty_database: None, tmp_path: Path
) -> None:
    folder = a_file(tmp_path / "Dr. Ana Garcia 12-03-2024", "weight_kg", "61.5")
    receipt = submit(folder, "C01", actor="test")
    assert "Garcia" not in json.dumps(receipt.as_dict())
    assert bytes_with("Ana Garcia") == []
