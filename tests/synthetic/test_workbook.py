"""What a coordinator finds in a template, and what comes back out of a filled one."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from registry.forms import FORM_VERSION, FORMS, MissingCode
from registry.forms.upload import CLEAR_WORD, EXAMPLE_CASE, UPLOAD_COLUMNS, is_example
from registry.workbook import (
    is_sealed,
    write_csv_folder,
    write_json,
    write_template,
    write_workbook,
)
from registry.workbook.sheets import code_lists


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
    assert [cell.value for cell in sheet[1]] == [*columns, *UPLOAD_COLUMNS]
    assert sheet.max_row == 2, "the example"
    assert sheet.freeze_panes is not None
    assert sheet.auto_filter.ref is not None
    listed = {str(v.sqref).rstrip("0123456789") for v in lists_of(sheet)}
    for cell, column in zip(sheet[1], columns.values(), strict=False):
        assert cell.comment is not None
        assert is_sealed(cell.comment.text)
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


def lists_of(sheet: object) -> list[DataValidation]:
    rules = sheet.data_validations.dataValidation  # type: ignore[attr-defined]
    return [rule for rule in rules if rule.type == "list"]


def _first_row(rule: DataValidation) -> int:
    return min(int(area.min_row) for area in rule.sqref)


def dimension(sheet: object, number: int) -> object:
    """Neighbouring columns of the same look share one entry in the file."""
    entries = sheet.column_dimensions.values()  # type: ignore[attr-defined]
    return next(d for d in entries if d.min <= number <= d.max)


def test_lists_warn_and_offer_the_words_for_missing(template: openpyxl.Workbook) -> None:
    sheet = template["patient"]
    offered = {str(v.sqref).split(":")[0]: v for v in lists_of(sheet)}["C3"]
    assert offered.errorStyle == "warning"
    area = offered.formula1.split("!")[1].replace("$", "")
    words = [cell.value for (cell,) in template["codes"][area]]
    assert words == ["female", "male", "not done", "unknown", "not applicable", "withheld"]


@pytest.mark.parametrize("name", FORMS)
def test_every_list_of_a_sheet_is_the_code_list(template: openpyxl.Workbook, name: str) -> None:
    sheet, columns = template[name], FORMS[name].columns()
    offered = {}
    for rule in lists_of(sheet):
        area = rule.formula1.split("!")[1].replace("$", "")
        words = [cell.value for (cell,) in template["codes"][area]]
        offered |= {sheet.cell(1, c).value: words for r, c in next(iter(rule.sqref)).top}
    wanted = {c.name: list(c.item.codes) for c in columns.values() if c.item.codes is not None}
    wanted |= {c.name: ["yes", "no"] for c in columns.values() if c.type == "boolean"}
    wanted = {n: w + ([] if columns[n].item.key else list(MissingCode)) for n, w in wanted.items()}
    assert offered == wanted | {c.name: list(c.codes) for c in UPLOAD_COLUMNS.values()}


@pytest.mark.parametrize("name", FORMS)
def test_nothing_can_be_typed_over_the_example(template: openpyxl.Workbook, name: str) -> None:
    sheet = template[name]
    (shut,) = [r for r in sheet.data_validations.dataValidation if r.type == "custom"]
    assert shut.formula1 == "FALSE"
    assert shut.errorStyle in (None, "stop"), "a warning could be passed over"
    assert str(shut.sqref) == f"A2:{sheet.cell(2, sheet.max_column).coordinate}"
    assert all(_first_row(rule) == 3 for rule in lists_of(sheet))


def test_every_row_of_a_workbook_of_cases_can_be_typed_over(tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    write_workbook(path, {"patient": [{"center_id": "C01", "case_id": "p1"}]})
    rules = openpyxl.load_workbook(path)["patient"].data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list"}
    assert {_first_row(rule) for rule in rules} == {2}


def test_every_code_list_has_its_own_column(template: openpyxl.Workbook) -> None:
    columns = {c[0].value: [x.value for x in c[1:] if x.value] for c in template["codes"].columns}
    assert columns == {name: [*words, *MissingCode] for name, words in code_lists().items()}


@pytest.mark.parametrize("name", FORMS)
def test_the_example_row_is_marked_and_complete(template: openpyxl.Workbook, name: str) -> None:
    sheet = template[name]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert is_example(
        name, row["center_id"].value, row["case_id"].value if "case_id" in row else None
    )
    assert row["center_id"].comment is not None
    assert "never stores" in row["center_id"].comment.text
    for column in FORMS[name].columns().values():
        assert row[column.name].font.i, "it looks different from data"
        if column.item.tier == "core":
            assert row[column.name].value is not None
    assert all(row[c].value is None for c in UPLOAD_COLUMNS)


def test_the_case_of_the_example_and_no_other() -> None:
    assert is_example("patient", "C01", " example ")
    assert is_example("center", EXAMPLE_CASE, None)
    assert not is_example("patient", EXAMPLE_CASE, "P001")
    assert not is_example("patient", "C01", None)


def test_the_cover_carries_the_stamp_and_explains_changes(template: openpyxl.Workbook) -> None:
    sheet = template["About"]
    beside = {
        c.value: sheet.cell(c.row, c.column + 1).value
        for row in sheet.iter_rows()
        for c in row
        if c.value
    }
    assert beside["Form version"] == FORM_VERSION
    assert beside["Based on submission"] == "none"
    words = " ".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value)
    for word in (*UPLOAD_COLUMNS, CLEAR_WORD, EXAMPLE_CASE, "Queries", "delete row"):
        assert word in words


@pytest.mark.parametrize("name", ["template.xlsx", "template.json", "forms"])
def test_the_same_version_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    def written(folder: str) -> dict[str, bytes]:
        write_template(tmp_path / folder / name)
        return {
            str(p.relative_to(tmp_path / folder)): p.read_bytes()
            for p in sorted((tmp_path / folder).rglob("*"))
            if p.is_file()
        }

    assert written("once") == written("twice")


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
    assert cells[:7] == ["C01", "007", "patient", "A", "02:01", "not done", "yes"]
    assert not any(cells[7:])
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
    assert {p.stem for p in (tmp_path / "forms").glob("*.csv")} == {"about", *FORMS}
    with (tmp_path / "forms" / "about.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["what", "value"], ["Form version", FORM_VERSION], ["Based on submission", "none"],
        ]  # fmt: skip
    with (tmp_path / "forms" / "patient.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["case_id"] == EXAMPLE_CASE
    assert set(UPLOAD_COLUMNS) <= row.keys()
    assert "withheld" in (tmp_path / "forms" / "README.txt").read_text()


def test_json_template_is_valid_by_its_own_schema(tmp_path: Path) -> None:
    template, schema = (
        json.loads(p.read_text(encoding="utf-8")) for p in write_template(tmp_path / "t.json")
    )
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    check.validate(template)
    assert set(template) == {"$comment", "form_version", "based_on", *FORMS}
    assert all(len(template[name]) == 1 for name in FORMS)
    patient = template["patient"][0]
    for wrong in ({"sex": "x"}, {"weight_kg": "61"}, {"name": "x"}, {"case_id": None}):
        assert not check.is_valid({"patient": [patient | wrong]}), wrong
    for right in ({"sex": "not done"}, {"weight_kg": "delete"}, {"row_action": "delete row"}):
        assert check.is_valid({"patient": [patient | right]}), right


def test_json_leaves_out_what_is_not_answered(tmp_path: Path) -> None:
    write_json(
        tmp_path / "a.json", {"patient": [{"case_id": "P1", "sex": None, "weight_kg": 61.5}]}
    )
    assert json.loads((tmp_path / "a.json").read_text())["patient"] == [
        {"case_id": "P1", "weight_kg": 61.5}
    ]
