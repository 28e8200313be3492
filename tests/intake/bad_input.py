"""The table of bad input: what it is, how it is made, and what has to be answered.

The numbers are those of the table of bad inputs the project is judged by; letters are further inputs of
the same kind. What is about servers, sessions, roles, releases and backups is tested where those are.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.styles import Font

from tests.intake import hostile
from tests.intake.disguises import DISGUISES
from tests.intake.generators import (
    CANARY,
    GOOD_ROWS,
    PATIENT,
    Make,
    a_csv,
    a_folder,
    book_of,
    by_hand,
    changed,
    csv_of,
    csv_text,
    csvs_of,
    replaced,
    row,
    sheets_of,
    with_format,
    with_part,
    workbook,
)


@dataclass(frozen=True)
class Bad:
    """One input. `status` is that of the receipt. `rule` begins the rule of one finding whose message
    and fix hold all the `words`; `stored` are answers that must then be in the registry."""

    id: str
    make: Make
    status: str
    rule: str = ""
    words: tuple[str, ...] = ()
    stored: dict[str, Any] | None = None


def refused(id_: str, make: Make, *words: str, rule: str = "") -> Bad:
    return Bad(id_, make, "refused", rule, words)


def held(id_: str, make: Make, rule: str, *words: str) -> Bad:
    return Bad(id_, make, "held", rule, words)


def noted(id_: str, make: Make, rule: str, *words: str) -> Bad:
    return Bad(id_, make, "accepted", rule, words)


def taken(id_: str, make: Make, **stored: Any) -> Bad:
    return Bad(id_, make, "accepted", stored=stored)


_LINE = csv_text([row()])
_SIX = [row(case_id=f"P00{n}") for n in range(1, 7)]


def _json(content: object) -> Make:
    return a_csv(content if isinstance(content, str) else json.dumps(content), "cases.json")


def _patient_json(**changes: object) -> Make:
    return _json({"patient": [row(consent_to_registry=True, **changes)]})


def _many_rows(count: int) -> Make:
    return lambda folder: a_csv(csv_text([row(case_id=f"P{n:06d}") for n in range(count)]))(folder)


def _huge(folder: Path) -> Path:
    with (folder / "cases.xlsx").open("wb") as file:
        file.truncate(200 * 1024**2)
    return folder / "cases.xlsx"


def _cut(folder: Path) -> Path:
    path = workbook(sheets_of())(folder)
    path.write_bytes(path.read_bytes()[:-1000])
    return path


def _empty_rows(folder: Path) -> Path:
    rows = "".join(
        f'<row r="{n}" spans="1:8"><c r="A{n}" s="0"/></row>' for n in range(3, 1_000_003)
    )
    return by_hand(GOOD_ROWS + rows)(folder)


def _merge(book: Any) -> None:
    book["patient"].merge_cells("C2:C3")


def _hide_rows(book: Any) -> None:
    for number in (3, 4, 6):
        book["patient"].row_dimensions[number].hidden = True


def _filter(book: Any) -> None:
    book["patient"].auto_filter.ref = "A1:H7"
    book["patient"].auto_filter.add_filter_column(1, ["male"])
    book["patient"].row_dimensions[5].hidden = True


def _error_cells(code: str) -> Make:
    return book_of("blood_count", anc_e9_per_l=code)


def _picture(book: Any) -> None:
    from openpyxl.drawing.image import Image
    from PIL import Image as Picture

    file = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(file, "png")
    book["patient"].add_image(Image(file), "K3")


def _quote_prefix(book: Any) -> None:
    book["patient"]["A2"].quotePrefix = True


_STRUCTURE = [
    refused("1 empty file", a_csv(b""), "empty"),
    refused("1a blanks only", a_csv(b"\xef\xbb\xbf \r\n\r\n"), "empty"),
    refused("1b empty workbook", workbook({"patient": []}), "no rows"),
    refused("2 header only", a_csv(_LINE.splitlines()[0] + "\n"), "no rows"),
    refused("3 no header", a_csv(_LINE.splitlines()[1] + "\n"), "not a column", "template"),
    refused("3a header in row 2", workbook(
        {"patient": [["Patients of our center"], *sheets_of()["patient"]]}), "row 2", "row 1"),
    refused("3b blank row above", workbook({"patient": [[], *sheets_of()["patient"]]}), "row 2"),
    taken("3c two header rows are one row of data too many", workbook(
        {"patient": sheets_of()["patient"] + [["", "", "", "", "", "", "", ""]]}), case_id="P001"),
    refused("10 header twice", a_csv(_LINE.replace("height_cm", "sex")), "twice", "B1 and E1"),
    refused("11 header twice but for case and blank", a_csv(_LINE.replace("height_cm", " Sex ")), "twice"),
    refused("12 zero-width space in a header", a_csv(_LINE.replace("weight_kg", "weight\u200b_kg")), "U+200B"),
    refused("12a hard space in a header", a_csv(_LINE.replace("weight_kg", "weight\u00a0_kg")), "U+00A0"),
    taken("12b hard space behind a header", a_csv(_LINE.replace("weight_kg", "weight_kg\u00a0")), weight_kg=61.5),
    refused("13 extra column", csv_of(comments="fine"), "I1", "not a column"),
    refused("14 extra column with names", csv_of(patient_name=CANARY), "I1", "name", rule="identifier.header"),
    refused("14a names in a workbook", book_of(nachname=CANARY), "name", rule="identifier.header"),
    refused("15 misspelt column", a_csv(_LINE.replace("weight_kg", "wieght_kg")), "did you mean weight_kg"),
    refused("15a misspelt key", a_csv(_LINE.replace("case_id", "caseid")), "case_id"),
    refused("59 a second visible sheet", workbook({**sheets_of(), "Sheet2": [["x"], [1]]}), "not one of the forms"),
    refused("59f a second sheet that begins further down", workbook(
        {**sheets_of(), "Sheet2": [[], [None, "x"]]}), "not one of the forms"),
    taken("59a an empty second sheet", workbook({**sheets_of(), "Sheet2": []}), case_id="P001"),
    taken("59b sheet name with a blank behind", workbook({"Patient ": sheets_of()["patient"]}), case_id="P001"),
    refused("59c two sheets of a name", workbook({**sheets_of(), "patient ": sheets_of()["patient"]}), "same name"),
    held("59d a value under no header", workbook(
        {"patient": [list(PATIENT), [*PATIENT.values(), "", 5]]}), "cell.beyond", "J2"),
    taken("59e a column without header or values", workbook({"patient": [
        ["case_id", None, *list(PATIENT)[1:]], ["P001", None, *list(PATIENT.values())[1:]]]}), case_id="P001"),
]  # fmt: skip

_TEXT = [
    taken("4 UTF-8 with its mark", a_csv(b"\xef\xbb\xbf" + _LINE.encode()), case_id="P001", weight_kg=61.5),
    refused("5 Windows code page", a_csv(_LINE.replace("positive", "Köln").encode("cp1252")),
            "not utf-8", "row 2", "csv utf-8"),
    refused("6 UTF-16", a_csv(_LINE.encode("utf-16")), "utf-16", "csv utf-8"),
    refused("6a UTF-16 without its mark", a_csv(_LINE.encode("utf-16-le")), "utf-16"),
    refused("7 half a character", a_csv(_LINE.encode().replace(b"positive", b"p\xed\xa0\x80")), "row 2, byte"),
    refused("8 NUL in a cell", a_csv(_LINE.replace("female", "fe\0male")), "nul", "b2"),
    refused("9 NUL in the header", a_csv(_LINE.replace("sex", "s\0ex")), "nul", "b1"),
    taken("16 semicolons", a_csv(csv_text([row()], ";")), weight_kg=61.5),
    taken("16a semicolons and Excel's hint", a_csv("sep=;\r\n" + csv_text([row()], ";", "\r\n")), weight_kg=61.5),
    taken("16b commas in quotes beside semicolons", a_csv(
        csv_text([row()], ";").replace("sex;", '"sex";')), weight_kg=61.5),
    taken("17 tabs", a_csv(csv_text([row()], "\t")), weight_kg=61.5),
    refused("18 a cell too few", a_csv(_LINE.replace(",yes", "")), "row 2", "7 cells", "8"),
    refused("19 a cell too many in all rows", a_csv(
        "\n".join([_LINE.splitlines()[0], *[",".join(map(str, r.values())) + ",x" for r in _SIX]])), "row 2", "9 cells"),
    refused("20 an open quote", a_csv(csv_text(_SIX).replace("P004,", 'P004,"')), "row 5", "quote"),
    refused("20a an open quote closed later", a_csv(
        csv_text(_SIX).replace("P004,", 'P004,"').replace("P006,", 'P006,"')), "row 5", "quote"),
    held("21 line break in an id", a_csv(csv_text([row(case_id="P0\n01")])), "cell.invisible"),
    taken("22 old Mac line ends", a_csv(csv_text([row()], end="\r")), weight_kg=61.5),
    held("23 a cell of 200,000 characters", csvs_of("patient", "conmed", drug_name="x" * 200_000), "cell.long"),
    refused("25 60,000 rows", _many_rows(60_000), "50,000", "split"),
    taken("26 a million blank rows", a_csv(_LINE + ",,,,,,,\n" * 1_000_000), case_id="P001"),
    taken("26a a million blank rows in a workbook", _empty_rows, case_id="P001"),
    refused("73 compressed", DISGUISES["gz"][0], "unpack"),
    refused("73a zip", DISGUISES["zip"][0], "unpack"),
    refused("73b a CSV that is no form", a_csv("a,b\n1,2\n", "list.csv"), "name", "patient.csv"),
    taken("73c a CSV told by its header", a_csv(_LINE, "export (1).csv"), case_id="P001"),
    refused("73d two CSVs of a form", a_folder({"patient.csv": _LINE, "Patient .csv": _LINE}), "same name"),
    noted("73e other files in the folder", a_folder({"patient.csv": _LINE, "patient.txt": "x"}), "file.not_read", "1"),
    refused("73f a folder without CSV", a_folder({"patient.txt": "x"}), "no csv"),
    refused("104 200 MB", _huge, "20 mb", "split"),
]  # fmt: skip

_CELLS = [
    taken("27 leading zeros", csv_of(case_id="00123"), case_id="00123"),
    taken("27a leading zeros by format", with_format("patient", "case_id", 123, "00000"), case_id="00123"),
    taken("28 a long number as an id", csv_of(case_id="12345678901234567890"), case_id="12345678901234567890"),
    refused("28b a hospital number as an id", csv_of(case_id="1234567890"), "hospital number", rule="identifier"),
    held("28a a long number in Excel", book_of(case_id=12345678901234567890), "cell.excel_number", "15 digits", "text"),
    taken("29 1E5 is a name", csv_of(case_id="1E5"), case_id="1E5"),
    held("30 null", csv_of(weight_kg="null"), "cell.number", "not done"),
    held("30a n/a", csv_of(height_cm="n/a"), "cell.number", "not applicable"),
    taken("30b declared missing word", csv_of(weight_kg="Unknown"), weight_kg=None),
    held("31 decimal comma", a_csv(csv_text([row(weight_kg="70,5")], ";")), "cell.decimal", "70.5"),
    held("31a thousands mark", csv_of(weight_kg="1.070,5"), "cell.decimal"),
    held("31b underscore in a number", csv_of(weight_kg="7_0"), "cell."),
    held("31c Arabic digits", csv_of(weight_kg="٧٠"), "cell."),
    held("34 unit in the cell", csv_of(weight_kg="70 kg"), "cell.unit", "alone", "kg"),
    held("34a percent format", with_format("patient", "weight_kg", 0.7, "0%"), "cell.unit"),
    taken("34b currency format", with_format("patient", "weight_kg", 70.5, '"$"#,##0.00'), weight_kg=70.5),
    taken("34c a number as text", book_of(weight_kg="70.5"), weight_kg=70.5),
    taken("34d whole numbers are no 7.0", book_of(case_id=7), case_id="7"),
    held("35 nan", csv_of(weight_kg="nan"), "cell.not_finite"),
    held("35a inf", csv_of(weight_kg="-inf"), "cell.not_finite"),
    held("35b 1e400", csv_of(weight_kg="1e400"), "cell.not_finite"),
    held("36 creatinine in umol/L", csvs_of("patient", "fitness", creatinine_mg_per_dl=88), "", "creatinine_mg_per_dl"),
    held("37 height in metres", csv_of(height_cm=1.75), "", "height_cm"),
    held("39 a date where a day is asked", csvs_of("patient", "blood_count", sample_day="02/03/2024"), "cell.calendar_date"),
    held("40 dates in two orders", a_folder({"patient.csv": _LINE, "blood_count.csv": csv_text(
        [row("blood_count", sample_day=d) for d in ("02/03/2024", "13/03/2024")])}), "cell.calendar_date"),
    held("41 a day that is none", csvs_of("patient", "blood_count", sample_day="2023-02-29"), "cell.calendar_date"),
    held("41a month 13", csvs_of("patient", "blood_count", sample_day="2024-13-01"), "cell.calendar_date"),
    held("41b all zeros", csvs_of("patient", "blood_count", sample_day="0000-00-00"), "cell.calendar_date"),
    held("42 Excel day 60", with_format("blood_count", "sample_day", 60, "yyyy-mm-dd"), "cell."),
    held("42a Excel day 0", with_format("blood_count", "sample_day", 0, "yyyy-mm-dd"), "cell."),
    held("42b a date below zero", with_format("blood_count", "sample_day", -4, "yyyy-mm-dd"), "cell."),
    held("43 the year 2199", csv_of(diagnosis_year=2199), "", "diagnosis_year"),
    held("43a the year 1899", csv_of(diagnosis_year=1899), "", "diagnosis_year"),
    taken("44 age 90", csv_of(age_at_diagnosis_years=90), age_at_diagnosis_years=90),
    taken("44a age 104", csv_of(age_at_diagnosis_years=104), age_at_diagnosis_years=90),
    held("44b age -1", csv_of(age_at_diagnosis_years=-1), "", "age_at_diagnosis_years"),
    held("44c age 250", csv_of(age_at_diagnosis_years=250), "", "age_at_diagnosis_years"),
    refused("45 year of birth", csv_of(birth_year=1930), "birth", rule="identifier.header"),
    held("46 HLA as time", with_format("hla", "allele_1", datetime.time(2, 1), "h:mm"), "cell.excel_time", "text", "A*02:01"),
    held("47 HLA as duration", with_format("hla", "allele_1", datetime.timedelta(hours=24, minutes=2), "[h]:mm"),
         "cell.excel_duration", "text"),
    taken("48 HLA with a hard space behind", csvs_of("patient", "hla", allele_1="A*02:01\u00a0"), allele_1="A*02:01"),
    held("49 HLA A*2:1", csvs_of("patient", "hla", allele_1="A*2:1"), "", "allele_1"),
    held("49a HLA A0201", csvs_of("patient", "hla", allele_1="A0201"), "", "allele_1"),
    held("49b HLA with five fields", csvs_of("patient", "hla", allele_1="A*99:99:99:99:99"), "", "allele_1"),
    held("49c a locus that is none", csvs_of("patient", "hla", allele_1="HLA-Z*01:01"), "", "allele_1"),
    held("50 a gene as date", with_format("genetics", "lesion", datetime.date(2024, 3, 1), "mmm-yy"), "cell.excel_date", "text"),
    held("51 a grade as date", with_format("complication", "agvhd_grade", datetime.date(2024, 3, 2), "d-mmm"), "cell.", "date"),
    held("53 #N/A", _error_cells("#N/A"), "cell.excel_error"),
    held("53a #REF!", _error_cells("#REF!"), "cell.excel_error"),
    held("53b #DIV/0!", _error_cells("#DIV/0!"), "cell.excel_error"),
    held("53c #N/A in a CSV", csvs_of("patient", "blood_count", anc_e9_per_l="#N/A"), "cell.excel_error"),
    held("54 a formula without a result", book_of("blood_count", anc_e9_per_l="=1+1"), "cell.excel_formula", "save it again"),
    refused("55 merged cells", workbook(sheets_of(*_SIX), _merge), "merged", "c2:c3"),
    noted("56 hidden rows", workbook(sheets_of(*_SIX), _hide_rows), "file.hidden_rows", "3 hidden row"),
    noted("56a filtered rows", workbook(sheets_of(*_SIX), _filter), "file.hidden_rows", "1 hidden row"),
    held("74 a command", csvs_of("patient", "conmed", drug_name="=cmd|'/c calc'!A0"), "cell.formula_injection"),
    held("74a @SUM", csv_of(case_id="@SUM(1)"), "cell.formula_injection"),
    held("74b +1+1", csv_of(case_id="+1+1"), "cell.formula_injection"),
    held("74c -2+3", csv_of(case_id="-2+3"), "cell.formula_injection"),
    held("74d full-width sign", csv_of(case_id="＝1+1"), "cell.formula_injection"),
    refused("76 HYPERLINK", csvs_of("patient", "conmed", drug_name='=HYPERLINK("http://x.example","y")'),
            rule="identifier.cell"),
    held("77 script", csvs_of("patient", "conmed", drug_name="<script>alert(1)</script>"), "", "drug_name"),
    held("77a template braces", csvs_of("patient", "diagnosis", karyotype_iscn="{{7*7}}${x}"), "", "karyotype_iscn"),
    held("78 drop table", csv_of(case_id="'; drop table case;--"), ""),
    held("80 emoji in a code", csv_of(cmv_status="positive 🙂"), "", "cmv_status"),
    taken("80a blanks only are blank", csv_of(height_cm="   "), height_cm=None),
    taken("80b TRUE and FALSE", book_of(consent_to_registry=True), consent_to_registry=True),
    held("80c TRUE in a number", book_of(weight_kg=True), "cell.number"),
    held("80d a carriage return that Excel escapes", book_of(case_id="P_x000D_01"), "cell.invisible"),
    held("80e an apostrophe before a number", csv_of(weight_kg="'61.5"), "cell."),
    taken("80f a number kept as text by an apostrophe", book_of(edit=_quote_prefix, case_id="00123"), case_id="00123"),
]  # fmt: skip

_CONTAINERS = [
    refused("60 picture", workbook(sheets_of(), _picture), "pictures"),
    refused("60a embedded object", with_part("xl/embeddings/oleObject1.bin"), "embedded objects"),
    refused("60b external link", with_part("xl/externalLinks/externalLink1.xml"), "links to other workbooks"),
    refused("61 macros", DISGUISES["macros"][0], ".xlsx"),
    refused("61a old Excel", DISGUISES["old Excel"][0], ".xlsx"),
    refused("61b binary workbook", DISGUISES["binary workbook"][0], ".xlsx"),
    refused("61c OpenDocument", DISGUISES["OpenDocument"][0], ".xlsx"),
    refused("62 password", DISGUISES["password"][0], "password", "encrypted"),
    refused("63 workbook named .csv", DISGUISES["workbook named .csv"][0], "excel workbook"),
    refused("63a page named .xls", DISGUISES["page named .xls"][0], "web page"),
    refused("63b PDF named .xlsx", DISGUISES["PDF named .xlsx"][0], "pdf"),
    refused("64 far corner", hostile.far_corner(), "xfd1048576", rule="file.far_cell"),
    refused("64a far column", hostile.far_column(), "xfd1"),
    refused("64b far row", hostile.far_row(), "a1048576"),
    taken("65 countless strings, of which only the real ones count", hostile.countless_strings(), case_id="1"),
    taken("66 a lying dimension", changed(workbook(sheets_of()), replaced(
        "xl/worksheets/sheet1.xml", '<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"')), case_id="P001"),
    refused("67 dense bomb", hostile.dense_bomb(), "too large once unpacked"),
    refused("68 one-cell bomb", hostile.one_cell_bomb(), "too large once unpacked"),
    refused("68a a directory that lies", hostile.lying_directory(), "damaged"),
    refused("69 billion laughs", hostile.billion_laughs(), "damaged"),
    refused("70 outside entity", hostile.outside_entity(), "damaged"),
    refused("70a parameter entity", hostile.parameter_entity(), "damaged"),
    refused("70b UTF-16 entity", hostile.wide_entity(), "damaged"),
    refused("72 truncated", _cut, "damaged"),
]  # fmt: skip

_JSON = [
    taken("81 JSON", _patient_json(), case_id="P001", weight_kg=61.5, consent_to_registry=True),
    refused("82 NaN", _json('{"patient": [{"case_id": "P001", "weight_kg": NaN}]}'), "/patient/0/weight_kg", "finite"),
    refused("82a Infinity", _json('{"patient": [{"weight_kg": -Infinity}]}'), "/patient/0/weight_kg"),
    refused("82b 1e400", _json('{"patient": [{"weight_kg": 1e400}]}'), "/patient/0/weight_kg"),
    refused("82c a key twice", _json('{"patient": [{"sex": "male", "sex": "female"}]}'), "/patient/0/sex", "twice"),
    refused("82d half a character", _json('{"patient": [{"sex": "\\ud800"}]}'), "/patient/0/sex"),
    refused("83 200,000 deep", _json('{"patient": ' + "[" * 200_000), "/patient/0", "deep"),
    refused("83a objects 200,000 deep", _json('{"patient": [' + '{"sex":' * 200_000), "/patient/0/sex", "deep"),
    refused("83b a list in a cell", _json('{"patient": [{"sex": ["male"]}]}'), "/patient/0/sex"),
    refused("84 5,000 digits", _json('{"patient": [{"weight_kg": %s}]}' % ("9" * 5000)), "/patient/0/weight_kg", "digits"),
    refused("85 a list at the top", _json([row()]), "list", "patient"),
    refused("85a JSON lines", _json('{"case_id": "P001"}\n{"case_id": "P002"}\n'), "json lines"),
    refused("85b a single value", _json("45"), "single value"),
    refused("85c no JSON", _json('{"patient": [,]}'), "line 1, character"),
    refused("85d rows that are no objects", _json({"patient": ["P001"]}), "/patient/0"),
    refused("85e an unknown form", _json({CANARY: [row()]}), "not one of the forms"),
    taken("86 a number as string", _patient_json(age_at_diagnosis_years="45"), age_at_diagnosis_years=45),
    taken("86a a whole number", _patient_json(age_at_diagnosis_years=45), age_at_diagnosis_years=45),
    taken("86b 45.0", _patient_json(age_at_diagnosis_years=45.0), age_at_diagnosis_years=45),
    held("86c true as a number", _patient_json(age_at_diagnosis_years=True), "cell.number"),
    taken("86d null is blank", _patient_json(height_cm=None), height_cm=None),
]  # fmt: skip


def _named(text: str, form: str = "conmed", column: str = "drug_name") -> Make:
    return csvs_of("patient", form, **{column: text})


_IDENTIFIERS = [
    refused("87 phone", _named("call +49 30 901820"), rule="identifier.cell"),
    refused("87a e-mail", _named(f"{CANARY.replace(' ', '.')}@clinic.example.org"), rule="identifier.cell"),
    refused("87b web address", _named("https://clinic.example.org/p/1"), rule="identifier.cell"),
    refused("87c network address", _named("192.168.17.4"), rule="identifier.cell"),
    refused("91 a note about a person", _named("Mrs Ana García, bed 12, seen 12/03/2024"), rule="identifier.cell"),
    refused("91a a person in a workbook", book_of("conmed", drug_name="Mrs Ana García"), rule="identifier.cell"),
]  # fmt: skip
# each stands in a cell of free words; none of them may be taken for a person
HARMLESS = {
    "89 a batch": "batch 20240312-77", "89a a trial": "NCT01234567", "89b a morphology": "ICD-O 9861/3",
    "90 Hodgkin": "Hodgkin", "90a Down": "Down syndrome", "90b Philadelphia": "Philadelphia+",
    "90c Burkitt": "Burkitt",
}  # fmt: skip

_REPEATS = [
    noted("95 a patient twice", a_csv(csv_text([row(), row()])), "row.twice", "row 2"),
    held("95a a patient twice with other answers", a_csv(csv_text([row(), row(sex="male")])), "row.twice", "row"),
    held("97 another center's row", csv_of(center_id="B99"), "case.other_center"),
    refused("108 a template of an unknown version", a_folder(
        {"patient.csv": _LINE, "about.csv": "what,value\nForm version,1999.1\n"}), "version"),
]  # fmt: skip


def _struck(book: Any) -> None:
    book["blood_count"]["B2"].font = Font(strike=True)


_SHOWN = [  # what is seen is not what is held
    held("119 a case id made by a number format", with_format("patient", "case_id", 1, '"A"000'),
         "cell.excel_format", "format", "A2"),
    held("120 a number below another", with_format("blood_count", "anc_e9_per_l", 0.5, '"<"0.0'),
         "cell.excel_format", "anc_e9_per_l"),
    held("121 a hidden number", with_format("blood_count", "anc_e9_per_l", 0.5, ";;;"), "cell.excel_format"),
    taken("122 a number with its unit beside it", with_format("patient", "weight_kg", 70, '0" kg"'),
          weight_kg=70.0),
    held("123 a cell struck out", book_of("blood_count", _struck), "cell.struck", "B2", "struck out"),
    held("124 a point for thousands", a_folder({
        "patient.csv": csv_text([row()], ";"),
        "fitness.csv": csv_text([row("fitness", creatinine_mg_per_dl="1.250")], ";")}),
        "cell.thousands", "creatinine_mg_per_dl", "1250"),
    taken("125 cells separated by |", a_csv(csv_text([row()], "|")), weight_kg=61.5),
]  # fmt: skip
_IDS = [
    held("126 a word for missing as a case", a_csv(csv_text([row(case_id="unknown")])), "cell.no_id"),
    held("127 TRUE as a case", _json({"patient": [row(case_id=True)]}), "cell.no_id"),
    noted("128 two cases but for capitals", a_csv(csv_text([row(), row(case_id="p001")])),
          "file.near_ids", "P001", "p001", "capitals"),
    noted("129 the example in small letters", a_csv(csv_text([row(), row(case_id="Example")])),
          "file.example"),
    refused("130 a case id of year and month", a_csv(csv_text([row(case_id="2024-01")])),
            "number your cases otherwise", rule="identifier"),
    refused("131 a gene that Excel made a date", csvs_of("patient", "genetics", lesion="Sep-09"),
            "excel made one of it", rule="identifier"),
]  # fmt: skip
TABLE = [
    *_STRUCTURE,
    *_TEXT,
    *_CELLS,
    *_CONTAINERS,
    *_JSON,
    *_IDENTIFIERS,
    *_REPEATS,
    *_SHOWN,
    *_IDS,
]
ELSEWHERE: dict[str, str] = {
    "38": "tests of the edit checks: one case for each",
    "98, 100-102, 105, 107": "sending under load, kills and roles",
    "110-118": "public numbers, analyst queries, audit, backup, migrations",
}

FILE_NAMES = ["../../etc/passwd.csv", "a\0.csv", "x" * 300 + ".csv", "<b>.csv", "-rf.csv", "CON.csv",
              "a\nb.csv", "\u202egpj.csv", "C:\\x.csv", "<script>alert(1)</script>.csv", ".csv", " .csv",
              "a'; drop table x;--.csv", "%00.csv"]  # fmt: skip

Edit = Callable[[Any], None]
