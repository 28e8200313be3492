"""Makes the files that people send by mistake, and those that are made to break a reader."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

CANARY = "Zyxwvut Qanarian"
PATIENT: Mapping[str, object] = {
    "case_id": "P001", "sex": "female", "diagnosis_year": 2024, "age_at_diagnosis_years": 68,
    "height_cm": 164, "weight_kg": 61.5, "cmv_status": "positive", "consent_to_registry": "yes",
}  # fmt: skip
FORM_ROWS: Mapping[str, Mapping[str, object]] = {
    "patient": PATIENT,
    "hla": {"case_id": "P001", "subject_id": "patient", "locus": "A", "allele_1": "A*02:01",
            "allele_2": "A*24:02", "resolution": "high", "method": "NGS"},
    "genetics": {"case_id": "P001", "lesion": "NPM1", "test_day": 0, "kind": "mutation",
                 "result": "absent"},
    "complication": {"case_id": "P001", "kind": "acute GVHD", "onset_day": 30, "agvhd_grade": 2},
    "blood_count": {"case_id": "P001", "sample_day": 20, "anc_e9_per_l": 0.4},
    "conmed": {"case_id": "P001", "drug_name": "fluconazole", "first_day": 4, "last_day": 30},
    "fitness": {"case_id": "P001", "assessment_day": 1, "creatinine_mg_per_dl": 0.9},
    "diagnosis": {"case_id": "P001", "disease": "AML", "karyotype_iscn": "46,XX[20]"},
}  # fmt: skip

Make = Callable[[Path], Path]
Row = Mapping[str, object]


# CSV and JSON


def row(form: str = "patient", **changes: object) -> dict[str, object]:
    """One good row of a form with some cells changed or added."""
    return {**FORM_ROWS[form], **changes}


def csv_text(
    rows: Sequence[Row], delimiter: str = ",", end: str = "\n", header: Sequence[str] | None = None
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(header or list(rows[0]))
    writer.writerows(list(r.values()) for r in rows)
    return text.getvalue()


def a_csv(content: str | bytes, name: str = "patient.csv") -> Make:
    def make(folder: Path) -> Path:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
        return folder / name

    return make


def csv_of(form: str = "patient", **changes: object) -> Make:
    return a_csv(csv_text([row(form, **changes)]), f"{form}.csv")


def a_folder(files: Mapping[str, str]) -> Make:
    def make(folder: Path) -> Path:
        (folder / "files").mkdir()
        for name, text in files.items():
            (folder / "files" / name).write_text(text, encoding="utf-8")
        return folder / "files"

    return make


def csvs_of(*forms: str, **changes: object) -> Make:
    """A folder of CSVs; the changes go into the last form."""
    rows = {f: row(f, **(changes if f == forms[-1] else {})) for f in forms}
    return a_folder({f"{form}.csv": csv_text([r]) for form, r in rows.items()})


# workbooks of a spreadsheet library

Edit = Callable[[Any], object]


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], edit: Edit = lambda _: None) -> Make:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for cells in rows:
                sheet.append(list(cells))
        edit(book)
        book.save(folder / "cases.xlsx")
        return folder / "cases.xlsx"

    return make


def sheets_of(*rows: Row, form: str = "patient") -> dict[str, list[list[object]]]:
    found = rows or (row(form),)
    return {form: [list(found[0]), *(list(r.values()) for r in found)]}


def book_of(form: str = "patient", edit: Edit = lambda _: None, **changes: object) -> Make:
    """A workbook with one row of a form, beside a good patient."""
    sheets = {**sheets_of(), **sheets_of(row(form, **changes), form=form)}
    return workbook(sheets, edit)


def with_format(form: str, column: str, value: object, number_format: str) -> Make:
    """One cell with a number format of its own."""

    def edit(book: Any) -> None:
        sheet = book[form]
        cell = next(c for c in sheet[2] if sheet.cell(1, c.column).value == column)
        cell.value, cell.number_format = value, number_format

    return book_of(form, edit)


# workbooks by hand

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
Parts = dict[str, bytes]


def package(sheet: str, *, strings: str | None = None, **parts: str) -> Parts:
    """The parts of a workbook with one sheet, patient, whose XML is `sheet`."""
    links = [("worksheet", "worksheets/sheet1.xml")]
    links += [("sharedStrings", "sharedStrings.xml")] if strings is not None else []
    found = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": rels([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
        '<sheet name="patient" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": rels(links),
        "xl/worksheets/sheet1.xml": sheet,
        **parts,
    }
    if strings is not None:
        found["xl/sharedStrings.xml"] = strings
    return {name: text.encode() for name, text in found.items()}


def rels(links: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{i}" Type="{_REL}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def inline(rows: Sequence[Sequence[object]]) -> str:
    """Rows as inline strings and numbers."""
    return "".join(
        f'<row r="{n}">' + "".join(_inline(n, i, cell) for i, cell in enumerate(cells)) + "</row>"
        for n, cells in enumerate(rows, start=1)
    )


def _inline(number: int, index: int, cell: object) -> str:
    at = f'r="{chr(65 + index)}{number}"'
    if isinstance(cell, int | float):
        return f"<c {at}><v>{cell}</v></c>"
    return f'<c {at} t="inlineStr"><is><t>{cell}</t></is></c>'


GOOD_ROWS = inline([list(PATIENT), list(PATIENT.values())])


def packed(parts: Parts, name: str = "cases.xlsx") -> Make:
    def make(folder: Path) -> Path:
        write_package(folder / name, parts)
        return folder / name

    return make


def by_hand(rows: str = GOOD_ROWS, *, strings: str | None = None, **parts: str) -> Make:
    return packed(package(sheet_xml(rows), strings=strings, **parts))


def write_package(path: Path, parts: Parts) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)


def read_package(path: Path) -> Parts:
    with zipfile.ZipFile(path) as container:
        return {name: container.read(name) for name in container.namelist()}


def changed(make: Make, edit: Callable[[Parts], object]) -> Make:
    """The workbook that `make` gives, with its parts edited."""

    def again(folder: Path) -> Path:
        path = make(folder)
        parts = read_package(path)
        edit(parts)
        write_package(path, parts)
        return path

    return again


def with_part(name: str, content: bytes = b"x") -> Make:
    return changed(workbook(sheets_of()), lambda parts: parts.update({name: content}))


def replaced(name: str, pattern: str, by: str) -> Callable[[Parts], None]:
    """An edit of one part by a regular expression that must match."""

    def edit(parts: Parts) -> None:
        text, count = re.subn(pattern, by, parts[name].decode(), count=1)
        assert count, f"{name} has no {pattern}"
        parts[name] = text.encode()

    return edit
