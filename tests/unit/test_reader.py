"""Reading files that were made to break readers, and files people really make."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from registry.intake import reader
from registry.intake.raw import Odd, RawSheet, UnreadableFileError


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def table(sheet: RawSheet) -> tuple[object, object]:
    """The header, and the rows with their numbers."""
    cells = zip(*(column.cells() for column in sheet.columns), strict=True)
    numbered = tuple(zip(sheet.rows.tolist(), cells, strict=True))
    return tuple(column.header for column in sheet.columns), numbered


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        reader.read(path)
    assert caught.value.fix
    return caught.value.message


def test_cells_come_as_text_with_their_row_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "About": [["x"]],
            "patient": [["case_id", "weight_kg"], ["00123", 61.5], [None, None], ["7", 5]],
        },
    )
    (sheet,) = reader.read(path).sheets
    assert table(sheet) == (("case_id", "weight_kg"), ((2, ("00123", "61.5")), (4, ("7", "5"))))


def test_what_excel_made_of_a_cell_is_kept_apart(tmp_path: Path) -> None:
    import datetime

    path = workbook(
        tmp_path / "a.xlsx",
        {
            "hla": [
                ["allele_1"],
                [datetime.time(2, 1)],
                [datetime.date(2024, 3, 2)],
                [datetime.timedelta(days=1)],
                ["#N/A"],
            ]
        },
    )
    (sheet,) = reader.read(path).sheets
    cells = sheet.columns[0].cells()
    assert [c.kind if isinstance(c, Odd) else c for c in cells] == [
        "time",
        "date",
        "duration",
        "error",
    ]


def test_a_value_in_the_far_corner_does_not_kill_the_process(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "patient"
    book.active["A1"] = "case_id"
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "a.xlsx")
    assert refusal(tmp_path / "a.xlsx")


def test_a_zip_bomb_is_refused_by_its_real_size(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"patient": [["case_id"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/bomb.xml", b"0" * 250 * 1024**2)
    assert "too large once unpacked" in refusal(path)


@pytest.mark.parametrize(
    "entity", ["<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!DOCTYPE x SYSTEM 'file:///etc/hostname'>"]
)
def test_entities_are_refused(tmp_path: Path, entity: str) -> None:
    path = workbook(tmp_path / "a.xlsx", {"patient": [["case_id"]]})
    with zipfile.ZipFile(path, "a") as container:
        container.writestr("xl/sharedStrings2.xml", f"<?xml version='1.0'?>{entity}<sst/>")
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "password"),
        ("a.xlsx", b"%PDF-1.7 and so on", "a PDF document"),
        ("a.xls", b"<html></html>", "a web page"),
        ("a.csv", b"case_id\nP1\n", "do not tell which form"),
    ],
)
def test_what_is_no_workbook_is_named(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert words in refusal(tmp_path / name)


def test_a_truncated_workbook_is_damaged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"patient": [["case_id"], ["P1"]]})
    path.write_bytes(path.read_bytes()[:-1000])
    assert refusal(path)


def test_macros_and_hidden_sheets_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"patient": [["case_id"]]})
    with zipfile.ZipFile(path, "a") as container:
        container.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in refusal(path)
    book = openpyxl.load_workbook(
        workbook(tmp_path / "b.xlsx", {"patient": [["case_id"]], "x": [["y"]]})
    )
    book["x"].sheet_state = "veryHidden"
    book.save(tmp_path / "b.xlsx")
    assert "hidden" in refusal(tmp_path / "b.xlsx")


def folder(path: Path, content: bytes) -> Path:
    (path / "csv").mkdir()
    (path / "csv" / "patient.csv").write_bytes(content)
    return path / "csv"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcase_id,sex\nP1,male\n",
        b"case_id;sex\r\nP1;male\r\n",
        b"case_id\tsex\nP1\tmale\n",
        b"case_id,sex\rP1,male\r",
    ],
)
def test_the_usual_kinds_of_csv_read_alike(tmp_path: Path, content: bytes) -> None:
    (sheet,) = reader.read(folder(tmp_path, content)).sheets
    assert sheet.name == "patient"
    assert table(sheet) == (("case_id", "sex"), ((2, ("P1", "male")),))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("case_id,sex\nKöln,male\n".encode("cp1252"), "not UTF-8: row 2"),
        ("case_id,sex\nP1,male\n".encode("utf-16"), "UTF-16"),
        (b"case_id,sex\nP\x001,male\n", "NUL"),
        (b"case_id,sex\nP1\n", "1 cells where the header has 2"),
        (b"case_id,sex\nP1,male,x\n", "3 cells where the header has 2"),
        (b'case_id,sex\nP1,"male\nP2,female\n', "quotes"),
    ],
)
def test_broken_csv_is_named_with_its_row(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(folder(tmp_path, content))


def test_an_empty_folder_and_no_file_at_all(tmp_path: Path) -> None:
    assert "no CSV" in refusal(tmp_path)
    assert "no such file" in refusal(tmp_path / "nothing.xlsx")
