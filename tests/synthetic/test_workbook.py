"""What a coordinator finds in a template, and what comes back out of a filled one."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from registry.forms import FORM_VERSION, FORMS, MissingCode
from registry.workbook import write_csv_folder, write_template, write_workbook


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


def test_sheets_are_the_forms_between_two_explanations(template: openpyxl.Workbook) -> None:
    assert template.sheetnames == ["About", *FORMS, "codes"]
    assert all(sheet.sheet_state == "visible" for sheet in template)
    words = {str(cell.value) for row in template["About"].iter_rows() for cell in row}
    assert any(FORM_VERSION in word for word in words)
    assert set(MissingCode) <= words


@pytest.mark.parametrize("name", FORMS)
def test_header_comments_formats_and_lists(template: openpyxl.Workbook, name: str) -> None:
    sheet, columns = template[name], FORMS[name].columns()
    assert [cell.value for cell in sheet[1]] == list(columns)
    assert sheet.max_row == 1
    assert sheet.freeze_panes is not None
    assert sheet.auto_filter.ref is not None
    listed = {str(v.sqref).rstrip("0123456789") for v in sheet.data_validations.dataValidation}
    for cell, column in zip(sheet[1], columns.values(), strict=True):
        assert cell.comment is not None
        assert column.item.label in cell.comment.text
        assert column.item.why in cell.comment.text
        width = dimension(sheet, cell.column)
        assert width.width > len(column.name)
        text = column.type in ("text", "boolean")
        assert (width.number_format == "@") == text
        coded = column.item.codes is not None or column.type == "boolean"
        assert (
            any(v.split(":")[0].rstrip("0123456789") == cell.column_letter for v in listed) == coded
        )


def dimension(sheet: object, number: int) -> object:
    """Neighbouring columns of the same look share one entry in the file."""
    entries = sheet.column_dimensions.values()  # type: ignore[attr-defined]
    return next(d for d in entries if d.min <= number <= d.max)


def test_lists_warn_and_offer_the_words_for_missing(template: openpyxl.Workbook) -> None:
    sheet = template["patient"]
    lists = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
    offered = lists["C2"]
    assert offered.errorStyle == "warning"
    area = offered.formula1.split("!")[1].replace("$", "")
    words = [cell.value for (cell,) in template["codes"][area]]
    assert words == ["female", "male", "not done", "unknown", "not applicable", "withheld"]


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    row = {
        "center_id": "C01", "case_id": "007", "subject_id": "patient", "locus": "A",
        "allele_1": "02:01", "allele_2": MissingCode.NOT_DONE, "homozygosity_confirmed": True,
    }  # fmt: skip
    count = {"center_id": "C01", "case_id": "007", "sample_day": -1, "anc_e9_per_l": 0.25}
    path = tmp_path / "filled.xlsx"
    write_workbook(path, {"hla": [row], "blood_count": [count]}, example=True)
    book = openpyxl.load_workbook(path)
    cells = [c.value for c in book["hla"][2]]
    assert cells == ["C01", "007", "patient", "A", "02:01", "not done", "yes", None, None, None]
    assert [c.value for c in book["blood_count"][2]][:4] == ["C01", "007", -1, 0.25]
    assert any("made up" in str(c.value) for r in book["About"].iter_rows() for c in r)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"plan": [{"mst_reason_not": "=1+1"}]})
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cell = next(c for c in book["plan"][2] if c.value is not None)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_date_is_written_as_excel_would_have_it(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"mrd": [{"result": date(2024, 4, 2)}]})
    cell = next(c for c in openpyxl.load_workbook(tmp_path / "a.xlsx")["mrd"][2] if c.value)
    assert cell.is_date


def test_unknown_forms_and_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"letter is not a form; patient has no column name"):
        write_workbook(tmp_path / "a.xlsx", {"letter": [], "patient": [{"name": "x"}]})


def test_csv_folder(tmp_path: Path) -> None:
    write_csv_folder(tmp_path, {"patient": [{"case_id": "P1", "weight_kg": 61.0, "sex": "female"}]})
    with (tmp_path / "patient.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["weight_kg"] == "61"
    assert rows[0]["consent_to_registry"] == ""


def test_template_folder(tmp_path: Path) -> None:
    write_template(tmp_path / "forms")
    assert {p.stem for p in (tmp_path / "forms").glob("*.csv")} == set(FORMS)
    assert "withheld" in (tmp_path / "forms" / "README.txt").read_text()
