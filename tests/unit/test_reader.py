"""What the reader makes of the files people really send: cells, row numbers, stamps, ways of saving."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from registry.forms import FORM_VERSION
from registry.intake import reader
from registry.intake.raw import Odd, RawFile, RawSheet, UnreadableFileError
from registry.workbook import write_csv_folder, write_json, write_template, write_workbook
from tests.cases import as_cells, tidy_case
from tests.intake.disguises import saved_by_libreoffice
from tests.intake.generators import (
    GOOD_ROWS,
    PATIENT,
    Make,
    a_csv,
    a_folder,
    by_hand,
    changed,
    csv_text,
    package,
    packed,
    replaced,
    row,
    sheet_xml,
    sheets_of,
    with_format,
    with_part,
    workbook,
)

GOOD = tuple(str(value) for value in PATIENT.values())
_DRAWING = (
    "<xdr:wsDr xmlns:xdr='http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing'/>"
)


def table(sheet: RawSheet) -> tuple[object, object]:
    """The header, and the rows with their numbers."""
    cells = zip(*(column.cells() for column in sheet.columns), strict=True)
    numbered = tuple(zip(sheet.rows.tolist(), cells, strict=True))
    return tuple(column.header for column in sheet.columns), numbered


def column(raw: RawFile, name: str, sheet: int = 0) -> list[object]:
    return next(c.cells() for c in raw.sheets[sheet].columns if c.header == name)


def refusal(path: Path) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        reader.read(path)
    assert caught.value.fix
    return caught.value


# cells


def test_cells_come_as_text_with_their_row_numbers(tmp_path: Path) -> None:
    rows = [["case_id", "weight_kg"], ["00123", 61.5], [None, None], ["7", 5], [" ", ""], [7, 0.1]]
    (sheet,) = reader.read(workbook({"About": [["x"]], "patient": rows})(tmp_path)).sheets
    assert table(sheet) == (
        ("case_id", "weight_kg"),
        ((2, ("00123", "61.5")), (4, ("7", "5")), (6, ("7", "0.1"))),
    )


@pytest.mark.requirement("UPL-07")
def test_a_csv_keeps_every_digit(tmp_path: Path) -> None:
    text = "case_id,sex\n12345678901234567890,1E5\n00123,NA\n"
    raw = reader.read(a_csv(text)(tmp_path))
    assert column(raw, "case_id") == ["12345678901234567890", "00123"]
    assert column(raw, "sex") == ["1E5", "NA"]


def test_equal_cells_share_one_value(tmp_path: Path) -> None:
    rows = [["a", "b"], [7, True], ["7", 1], [7.0, "yes"], ["", 0]]
    first, second = reader.read(workbook({"x": rows})(tmp_path)).sheets[0].columns
    assert (first.values, first.codes.tolist()) == (("7", ""), [0, 0, 0, 1])
    assert second.values == ("yes", "1", "0")


@pytest.mark.requirement("UPL-08")
@pytest.mark.parametrize(
    ("value", "number_format", "cell"),
    [
        (datetime.time(2, 1), "h:mm", Odd("time", "02:01")),
        (datetime.timedelta(hours=24, minutes=2), "[h]:mm", Odd("duration", "24:02")),
        (datetime.date(2024, 3, 2), "d-mmm", Odd("date")),
        (datetime.datetime(2024, 3, 2, 8, 30), "yyyy-mm-dd hh:mm", Odd("date")),
        ("#DIV/0!", "General", Odd("error")),
        ("=1+1", "General", Odd("formula")),
        (12345678901234567890, "General", Odd("cut")),
        (123456789012345, "0", "123456789012345"),
        (0.25, "0.0%", "25%"),
        (0.07, '0%" of cells"', "7%"),
        (25, '0"%"', Odd("beside", "25")),
        (70, '0" kg"', Odd("beside", "70")),
        (70, 'General" kg"', Odd("beside", "70")),
        (1, '"A"000', Odd("shown")),
        (12, "\\P000", Odd("shown")),
        (1234, '00"-"00', Odd("shown")),
        (0.5, '"<"0.0', Odd("shown")),
        (3, '"-"0', Odd("shown")),
        (-3, "0;0", Odd("shown")),
        (3, "0;0", "3"),
        (61.5, ";;;", Odd("shown")),
        (5000, "0,", Odd("shown")),
        (5, '[>4]"many";0', Odd("shown")),
        (7, "000;000", "007"),
        (7, "000_)", "007"),
        (-3, "#,##0_);[Red](#,##0)", "-3"),
        (42, "00000", "00042"),
        (1e-7, "0.00E+00", "1e-07"),
        (-5.2, "$#,##0.00", Odd("beside", "-5.2")),
        (5.2, "#,##0.00", "5.2"),
        (True, "General", "yes"),
    ],
)
def test_a_cell_is_what_the_sender_meant_or_named_as_odd(
    tmp_path: Path, value: object, number_format: str, cell: object
) -> None:
    path = with_format("hla", "allele_1", value, number_format)(tmp_path)
    assert column(reader.read(path), "allele_1", 1) == [cell]


@pytest.mark.parametrize(
    ("xml", "cell"),
    [
        ('<c r="B2" t="inlineStr"><is><r><t>A*</t></r><r><t>02:01</t></r></is></c>', "A*02:01"),
        ('<c r="B2" t="s"><v>1</v></c>', "kanji"),
        ('<c r="B2" t="str"><f>1&amp;"x"</f><v>1x</v></c>', "1x"),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="B2"><f>SUM(A1)</f></c>', Odd("formula")),
        ('<c r="B2"><f t="shared" si="0"/><v/></c>', Odd("formula")),
        ('<c r="B2"><f>1/3</f><v>0.5</v></c>', "0.5"),
        ("<c t='e' r='B2'><v>#NUM!</v></c>", Odd("error")),
        ('<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>', Odd("error")),
        ('<c r="B2" t="str"><v>a_x000D_b</v></c>', "a\rb"),
        ('<c r="B2" t="str"><v><![CDATA[a<b]]></v></c>', "a<b"),
        ('<c r="B2" t="str"><v>a<!-- no -->b</v></c>', "ab"),
        ('<c r="B2" t="b"><v>0</v></c>', "no"),
        ('<c r="B2" t="d"><v>2024-03-02T00:00:00</v></c>', Odd("date")),
    ],
)
def test_ways_to_write_a_cell(tmp_path: Path, xml: str, cell: object) -> None:
    rows = f"""<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>x</v></c></row>
    <row r="2"><c r="A2"><v>1</v></c>{xml}</row>"""
    strings = (
        '<sst><si><t>case_id</t></si><si><t>kanji</t><rPh sb="0" eb="1"><t>PH</t></rPh></si></sst>'
    )
    assert column(reader.read(by_hand(rows, strings=strings)(tmp_path)), "x") == [cell]


# ways of saving


def _strict(parts: dict[str, bytes]) -> None:
    for name, content in parts.items():
        parts[name] = content.replace(
            b"schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"schemas.openxmlformats.org/officeDocument/2006/",
            b"purl.oclc.org/ooxml/officeDocument/",
        )


def _prefixed(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode().replace("</", "</x:").replace("<x:/", "</")
    for tag in ("worksheet", "sheetData", "row", "c", "is", "t"):
        text = text.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
    parts[name] = text.replace("xmlns=", "xmlns:x=").replace("<v>", "<x:v>").encode()


def _without_addresses(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb' r="[A-Z]*\d+"', b"", parts[name])


def _renamed_main(parts: dict[str, bytes]) -> None:
    for old, new in (("xl/workbook.xml", "xl/workbook22.xml"),
                     ("xl/_rels/workbook.xml.rels", "xl/_rels/workbook22.xml.rels")):  # fmt: skip
        parts[new] = parts.pop(old)
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"/xl/workbook22.xml")


def _table_object(book: Any) -> None:
    from openpyxl.worksheet.table import Table

    book["patient"].add_table(Table(displayName="Cases", ref="A1:H2"))


SAVED: dict[str, Make] = {
    "Excel": workbook(sheets_of()),
    "strict Open XML": changed(workbook(sheets_of()), _strict),
    "names with a prefix": changed(by_hand(), _prefixed),
    "cells without addresses": changed(by_hand(), _without_addresses),
    "another name of the main part": changed(by_hand(), _renamed_main),
    "Google Sheets, an empty drawing a sheet": with_part("xl/drawings/drawing1.xml", _DRAWING.encode()),
    "an Excel table": workbook(sheets_of(), _table_object),
    "printer settings": with_part("xl/printerSettings/printerSettings1.bin"),
    "persons without comments": with_part("xl/persons/person.xml", b"<personList/>"),
    "a marked UTF-8 part": changed(by_hand(), lambda parts: parts.update(
        {"xl/worksheets/sheet1.xml": b"\xef\xbb\xbf" + parts["xl/worksheets/sheet1.xml"]})),
    "rows that hold nothing": by_hand(GOOD_ROWS + '<row r="90000" ht="15"/><row r="1048576"><c r="XFD1048576" s="0"/></row>'),
    "blank sheet data": packed({**package(sheet_xml(GOOD_ROWS)), "xl/theme/theme1.xml": b"<theme/>"}),
}  # fmt: skip


@pytest.mark.parametrize("way", SAVED)
def test_ways_of_saving_read_alike(tmp_path: Path, way: str) -> None:
    (sheet,) = reader.read(SAVED[way](tmp_path)).sheets
    assert table(sheet) == (tuple(PATIENT), ((2, GOOD),))


@pytest.mark.long
@pytest.mark.parametrize("kind", ["xlsx", "xlsx:Calc Office Open XML"])
def test_a_workbook_saved_by_libreoffice_reads_alike(tmp_path: Path, kind: str) -> None:
    write_template(tmp_path / "cases.xlsx")
    saved = saved_by_libreoffice(tmp_path / "cases.xlsx", tmp_path, kind)
    if saved is None:
        pytest.skip("LibreOffice is not installed")
    before, after = reader.read(tmp_path / "cases.xlsx"), reader.read(saved)
    assert [table(s) for s in after.sheets] == [table(s) for s in before.sheets]
    assert after.form_version == FORM_VERSION


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book["patient"]["F2"].value = datetime.time(8, 30)

    assert column(reader.read(workbook(sheets_of(), edit)(tmp_path)), "weight_kg") == [
        Odd("time", "08:30")
    ]


def test_a_string_that_is_not_there_damages_the_workbook(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>5</v></c></row>'
    assert "damaged" in refusal(by_hand(rows)(tmp_path)).message
    strings = "<sst><si><t>case_id</t></si></sst>"
    assert "damaged" in refusal(by_hand(rows, strings=strings)(tmp_path)).message


def test_other_sheets_are_still_read_beside_the_registrys_own(tmp_path: Path) -> None:
    sheets: dict[str, Any] = {
        "About": [[None, "Form version", "2025.1"], [None, "Based on submission:", 17]],
        " CODES": [["x"]], "Missing": [["x"]], "Findings": [["x"]],
        "queries": [["query", "answer"], [3, "confirmed"]], **sheets_of(),
    }  # fmt: skip
    raw = reader.read(workbook(sheets)(tmp_path))
    assert [s.name for s in raw.sheets] == ["patient"]
    assert (raw.form_version, raw.based_on) == ("2025.1", 17)
    assert raw.answers is not None
    assert table(raw.answers) == (("query", "answer"), ((2, ("3", "confirmed")),))


@pytest.mark.parametrize("words", ["seventeen", "1.5", "-3", "9" * 40])
def test_a_stamp_that_is_no_number_is_refused(tmp_path: Path, words: str) -> None:
    folder = a_folder({"about.csv": f"what,value\nBased on submission,{words}\n"})(tmp_path)
    assert refusal(folder).rule == "file.stamp"


def test_the_template_says_what_it_is(tmp_path: Path) -> None:
    write_template(tmp_path / "cases.xlsx")
    write_template(tmp_path / "csv")
    for path in (tmp_path / "cases.xlsx", tmp_path / "csv"):
        raw = reader.read(path)
        assert (raw.form_version, raw.based_on, raw.notices) == (FORM_VERSION, None, ())


def test_a_cell_struck_out_in_whole_or_in_part_is_told(tmp_path: Path) -> None:
    path = workbook(sheets_of())(tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book["patient"]
    sheet["A2"].font = Font(strike=True)
    sheet["B2"].value = CellRichText(TextBlock(InlineFont(strike=True), "male"), " female")
    sheet["C2"].font = Font(bold=True)
    book.save(path)
    (read,) = reader.read(path).sheets
    assert [c.values[0] for c in read.columns[:3]] == [Odd("struck"), Odd("struck"), "2024"]


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    ],
)
def test_two_cells_in_one_place_damage_the_workbook(tmp_path: Path, xml: str) -> None:
    assert "damaged" in refusal(by_hand(xml)(tmp_path)).message


# CSV and JSON


def test_a_point_before_three_digits_is_doubtful_where_semicolons_separate(tmp_path: Path) -> None:
    text = "case_id;ldh_u_per_l\nP1;1.250\nP2;1.25\n"
    (sheet,) = reader.read(a_csv(text)(tmp_path)).sheets
    assert sheet.columns[1].values == (Odd("thousands", "1.250"), "1.25")
    (quoted,) = reader.read(a_csv(text.replace("1.250", '"1.250"'))(tmp_path)).sheets
    assert quoted.columns[1].values == sheet.columns[1].values
    (sheet,) = reader.read(a_csv(text.replace(";", ","))(tmp_path)).sheets
    assert sheet.columns[1].values == ("1.250", "1.25")


@pytest.mark.parametrize("name", ["About.csv", "about .csv"])
def test_the_stamp_is_found_in_about_as_excel_saves_the_sheet(tmp_path: Path, name: str) -> None:
    saved = ",,,\r\n,Registry,,\r\n,Form version,2026.1,\r\n,Based on submission:,17,\r\n"
    raw = reader.read(a_folder({"patient.csv": csv_text([row()]), name: saved})(tmp_path))
    assert (raw.form_version, raw.based_on) == ("2026.1", 17)
    assert [s.name for s in raw.sheets] == ["patient"]


def test_an_about_without_a_stamp_is_refused(tmp_path: Path) -> None:
    told = refusal(
        a_folder({"patient.csv": csv_text([row()]), "about.csv": "a,b\n1,2\n"})(tmp_path)
    )
    assert told.rule == "file.stamp"
    assert "about.csv says neither" in told.message


@pytest.mark.parametrize("key", ["$patient", "$hla"])
def test_only_notes_of_a_json_file_are_passed_over(tmp_path: Path, key: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"$schema": "x", "$comment": "y", "patient": [row()], key: [row()]}))
    assert [s.name for s in reader.read(path).sheets] == ["patient", key]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcase_id,sex\nP1,male\n",
        b"case_id;sex\r\nP1;male\r\n",
        b"case_id\tsex\nP1\tmale\n",
        b"case_id,sex\rP1,male\r",
        b"SEP=;\ncase_id;sex\nP1;male\n",
        b'"case_id";"sex"\n"P1";"male"\n',
        b"case_id,sex,\nP1,male,\n",
    ],
)
def test_the_usual_kinds_of_csv_read_alike(tmp_path: Path, content: bytes) -> None:
    (sheet,) = reader.read(a_csv(content)(tmp_path)).sheets
    assert sheet.name == "patient"
    assert table(sheet) == (("case_id", "sex"), ((2, ("P1", "male")),))


def test_a_csv_keeps_the_row_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    text = 'case_id,sex\n"P\n1",male\n,\n\nP2,female\n'
    (sheet,) = reader.read(a_csv(text)(tmp_path)).sheets
    assert sheet.rows.tolist() == [2, 5]


@pytest.mark.parametrize("form", ["patient", "hla", "kir", "course", "followup", "blood_count"])
def test_a_csv_of_another_name_is_told_by_its_header(tmp_path: Path, form: str) -> None:
    from registry.forms import FORMS

    header = ",".join(FORMS[form].columns())
    assert reader.read(a_csv(header + "\n", "x.csv")(tmp_path)).sheets[0].name == form


@pytest.mark.parametrize("text", ["#N/A", "#NV", "#BEZUG!", "#¡REF!", "#¿NOMBRE?", " #DIV/0! "])
def test_an_excel_error_is_one_in_a_csv_too(tmp_path: Path, text: str) -> None:
    assert column(reader.read(a_csv(f"case_id,sex\nP1,{text}\n")(tmp_path)), "sex") == [
        Odd("error")
    ]


@pytest.mark.parametrize("text", ["#1", "#N/Aa", "# comment!"])
def test_a_hash_alone_is_no_error(tmp_path: Path, text: str) -> None:
    assert column(reader.read(a_csv(f"case_id,sex\nP1,{text}\n")(tmp_path)), "sex") == [text]


def test_the_name_of_a_file_is_not_repeated(tmp_path: Path) -> None:
    error = refusal(a_csv("case_id,sex\nP1\n", "Ana Garcia.csv")(tmp_path))
    assert "Garcia" not in error.message
    assert "row 2" in error.message


def test_moving_a_row_between_files_changes_the_digest(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    first = reader.read(a_folder({"kir.csv": "a\n1\n", "hla.csv": "b\n"})(one)).sha256
    second = reader.read(a_folder({"kir.csv": "a\n", "hla.csv": "1\nb\n"})(two)).sha256
    assert first != second


def test_json_reads_like_the_sheet(tmp_path: Path) -> None:
    content = {
        "$comment": "x", "form_version": "2025.1", "based_on": 17,
        "patient": [row(), {"case_id": "P2"}, {}, {"case_id": 3, "weight_kg": 45.0, "sex": None}],
    }  # fmt: skip
    (tmp_path / "cases.json").write_text(json.dumps(content))
    raw = reader.read(tmp_path / "cases.json")
    blank = ("",) * 7
    assert (raw.form_version, raw.based_on) == ("2025.1", 17)
    assert table(raw.sheets[0]) == (
        tuple(PATIENT),
        ((2, GOOD), (3, ("P2", *blank)), (5, ("3", "", "", "", "", "45", "", ""))),
    )


# limits, and no file at all


@pytest.mark.parametrize("write", [a_csv, None], ids=["csv", "workbook"])
def test_50_000_rows_are_read_and_one_more_is_not(
    tmp_path: Path, write: Callable[..., Make] | None
) -> None:
    for count, taken in ((50_000, True), (50_001, False)):
        if write is not None:
            path = write("case_id\n" + "".join(f"P{i}\n" for i in range(count)))(tmp_path)
        else:
            rows = '<row r="1"><c r="A1" t="str"><v>case_id</v></c></row>' + "".join(
                f'<row r="{i + 2}"><c r="A{i + 2}"><v>{i}</v></c></row>' for i in range(count)
            )
            path = by_hand(rows)(tmp_path)
        if taken:
            assert len(reader.read(path).sheets[0].rows) == count
        else:
            assert "50,000" in refusal(path).message


def test_a_million_blank_rows_take_no_five_seconds(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 1_000_003))
    for make in (by_hand(GOOD_ROWS + blank), a_csv("case_id,sex\nP1,male\n" + ",\n" * 1_000_000)):
        path = make(tmp_path)
        before = os.times()
        assert len(reader.read(path).sheets[0].rows) == 1
        after = os.times()
        assert after.children_user - before.children_user + after.user - before.user < 5


def test_an_empty_folder_and_no_file_at_all(tmp_path: Path) -> None:
    assert "no CSV" in refusal(tmp_path).message
    assert "no such file" in refusal(tmp_path / "nothing.xlsx").message


@pytest.mark.requirement("UPL-02")
def test_a_child_that_dies_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "kind_of", lambda *_: os._exit(9))
    error = refusal(workbook(sheets_of())(tmp_path))
    assert (error.message, error.rule) == ("This file could not be read safely.", "file.unsafe")


def test_damage_to_a_needed_part_is_named(tmp_path: Path) -> None:
    path = changed(by_hand(), replaced("xl/workbook.xml", "<sheets>", "<sheets"))(tmp_path)
    assert refusal(path).rule == "file.damaged"


_CHILD = """
import sys
from pathlib import Path
from registry.intake import reader
from registry.intake.raw import RawFile
path = Path(sys.argv[1])
files, _ = reader._contents(path, path.name)
before = set(sys.modules)
reader._read_in_child.__wrapped__(files, path.is_dir(), RawFile(path.name, "", ()))
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("name", ["cases.xlsx", "cases.json", "cases"])
def test_the_child_imports_nothing(name: str, tmp_path: Path) -> None:
    """Whatever another thread was importing when it was forked, it would wait for until it is killed."""
    write = {"cases.xlsx": write_workbook, "cases.json": write_json, "cases": write_csv_folder}
    write[name](tmp_path / name, as_cells(tidy_case()))
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
