"""What is stored comes out as a file that can be sent again, and runs nothing on the way."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.forms import FORM_VERSION
from registry.intake.raw import RawFile
from registry.intake.reader import read
from registry.roundtrip.annotate import annotate
from registry.roundtrip.export import export_cases
from registry.workbook import is_sealed, plain_text, safe_text, write_workbook
from registry.workbook.seal import SEPARATOR, sealed

PAYLOADS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.org","click")', "=WEBSERVICE(A1)",
    "+1+1", "+cmd|' /C calc'!A0", "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "@A1",
    "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)",
    "=IMPORTXML(A1,A2)", "'=1+1", "=-1",
)  # fmt: skip
HARMLESS = ("-5.2", "+4", "1e-3", "2-3", "A*02:01", "46,XX", "it's", "", "'quoted'")
ROWS = {
    "patient": [
        {"center_id": "C01", "case_id": "P001", "sex": "female", "weight_kg": 61.5, "cmv_status": "not done"},
        {"center_id": "C01", "case_id": "P002", "sex": "male", "consent_to_registry": True},
    ],
    "hla": [{"center_id": "C01", "case_id": "P001", "subject_id": "patient", "locus": "A", "allele_1": "02:01"}],
}  # fmt: skip


def cells(raw: RawFile) -> dict[tuple[str, str], list[object]]:
    return {
        (s.name, str(c.header)): c.cells() for s in raw.sheets for c in s.columns if any(c.cells())
    }


@pytest.mark.parametrize("name", ["out.xlsx", "out.json", "folder"])
def test_an_export_reads_back_as_it_was_with_its_stamp(tmp_path: Path, name: str) -> None:
    export_cases(tmp_path / name, ROWS, stamp=41)
    raw = read(tmp_path / name)
    assert (raw.based_on, raw.form_version) == (41, FORM_VERSION)
    found = cells(raw)
    assert found["patient", "case_id"] == ["P001", "P002"]
    assert found["patient", "weight_kg"] == ["61.5", ""]
    assert found["patient", "cmv_status"] == ["not done", ""]
    assert found["patient", "consent_to_registry"] == ["", "yes"]
    assert found["hla", "allele_1"] == ["02:01"]


def test_an_export_of_nothing_yet_says_so(tmp_path: Path) -> None:
    export_cases(tmp_path / "out.xlsx", {}, stamp=None)
    assert read(tmp_path / "out.xlsx").based_on is None


def test_unknown_forms_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="letter is not a form"):
        export_cases(tmp_path / "out.json", {"letter": []}, stamp=1)


def _formulas(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    return [c.coordinate for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]


@pytest.mark.requirement("UPL-09")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_export_of_text_holds_a_formula(tmp_path: Path, payload: str) -> None:
    rows = {"plan": [{"case_id": "P1", "mst_reason_not": payload}]}
    export_cases(tmp_path / "out.xlsx", rows, stamp=1)
    export_cases(tmp_path / "csvs", rows, stamp=1)
    annotate(tmp_path / "csvs", tmp_path / "back.xlsx", findings=())
    assert _formulas(tmp_path / "out.xlsx") == _formulas(tmp_path / "back.xlsx") == []
    with (tmp_path / "csvs" / "plan.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["mst_reason_not"] == f"'{payload}"
    assert plain_text(row["mst_reason_not"]) == payload
    export_cases(tmp_path / "out.json", rows, stamp=1)
    assert json.loads((tmp_path / "out.json").read_text())["plan"][0]["mst_reason_not"] == payload


def test_text_stays_text_when_it_is_edited(tmp_path: Path) -> None:
    write_workbook(tmp_path / "out.xlsx", {"plan": [{"mst_reason_not": "=1+1"}]})
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["plan"]
    (cell,) = (c for c in sheet[2] if c.value)
    assert (cell.value, cell.quotePrefix) == ("=1+1", True)


@pytest.mark.requirement("UPL-09")
def test_numbers_stay_numbers(tmp_path: Path) -> None:
    export_cases(tmp_path, {"diagnosis": [{"case_id": "P1", "wbc_e9_per_l": -5.2}]}, stamp=1)
    with (tmp_path / "diagnosis.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["wbc_e9_per_l"] == "-5.2"


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert safe_text(text) == text
    assert plain_text(safe_text(text)) == text


@pytest.mark.requirement("UPL-09")
@given(st.text(alphabet="'=+-@\t＝a1.", max_size=8))
def test_every_text_comes_back(text: str) -> None:
    assert plain_text(safe_text(text)) == text


@pytest.mark.parametrize("change", [str.upper, lambda t: t + " Ana", lambda t: t.replace("7", "8")])
def test_a_comment_somebody_wrote_into_is_not_the_registrys(change: Callable[[str], str]) -> None:
    note = sealed("MUST BE FIXED\nRow 7 is wrong.")
    assert is_sealed(note)
    assert is_sealed(note.replace("\n", " \r\n "))
    assert is_sealed(note + SEPARATOR + sealed("Label"))
    assert not is_sealed(change(note))
    assert not is_sealed(note + SEPARATOR + "Ana")
