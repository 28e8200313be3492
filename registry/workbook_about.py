"""The cover sheet of a form workbook, and the text that goes with a folder of CSVs."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from registry.forms import FORM_VERSION, FORMS, CenterForm, MissingCode
from registry.workbook_look import Look

ABOUT_SHEET = "About"

STEPS = (
    "One sheet for each form, one row as the sheet says below. Leave sheets you do not need empty.",
    "Keep row 1 and the sheet names as they are. Columns may stand in any order.",
    "Point at a column name: a note says what to write, in which unit, and why it is asked.",
    "Days are whole numbers counted from diagnosis: day 0 is the day of diagnosis, the day before is "
    "-1. Times are written 08:30.",
    "Numbers take a decimal point and no unit. Words are written as in the list of the cell.",
    "Check the file before sending it: mst check FILE --center C01",
)
NEVER = (
    "No names, initials, hospital numbers, birth dates or any other calendar date, in any cell. "
    "Use your own pseudonyms for patients and donors and keep the key at your center."
)
MISSING = {
    MissingCode.NOT_DONE: "The test or treatment did not take place.",
    MissingCode.UNKNOWN: "It took place or may have, and nobody can say any more.",
    MissingCode.NOT_APPLICABLE: "The question does not arise for this patient.",
    MissingCode.WITHHELD: "You know it and must not or will not tell.",
}
MADE_UP = "The rows in this workbook are made up by a program. None of these patients exists."
README = "\n".join(
    [
        f"Microtransplant registry, form version {FORM_VERSION}",
        "",
        "One CSV a form: comma, decimal point, UTF-8. A file you do not need may be left out.",
        *STEPS[1:],
        NEVER,
        "",
        "Where a core value is missing, write one of these words instead:",
        *(f"  {code}: {meaning}" for code, meaning in MISSING.items()),
        "",
    ]
)


def write_about(sheet: Worksheet, look: Look, *, example: bool) -> None:
    sheet.hide_gridlines(2)
    sheet.set_tab_color(look.muted)
    sheet.set_column(0, 0, 3)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 92)
    sheet.set_column(3, 3, 46)
    sheet.set_row(1, 34)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(1, 1, "Microtransplant registry", look.title)
    sheet.write_string(2, 1, f"Case record forms, version {FORM_VERSION}", look.subtitle)
    if example:
        sheet.merge_range(3, 1, 3, 3, MADE_UP, look.note)
    row = _write_how(sheet, look, 5)
    row = _write_legend(sheet, look, row + 1)
    row = _write_missing(sheet, look, row + 1)
    row = _write_sheets(sheet, look, row + 1)
    _write_example(sheet, look, row + 1)


def _section(sheet: Worksheet, look: Look, row: int, words: str) -> int:
    sheet.set_row(row, 22)
    for column in (1, 2, 3):
        sheet.write_blank(row, column, None, look.section)
    sheet.write_string(row, 1, words, look.section)
    return row + 1


def _write_how(sheet: Worksheet, look: Look, row: int) -> int:
    row = _section(sheet, look, row, "How to fill it")
    for number, step in enumerate((*STEPS, NEVER), start=1):
        sheet.write_string(row, 1, f"{number}." if number <= len(STEPS) else "Never", look.strong)
        sheet.merge_range(row, 2, row, 3, step, look.text)
        sheet.set_row(row, _height(step, 150))
        row += 1
    return row


def _write_legend(sheet: Worksheet, look: Look, row: int) -> int:
    row = _section(sheet, look, row, "Colours of the column names")
    meanings = {
        "key": "Names the row. Always needed; the same key twice is an error.",
        "core": "Asked of everybody: a value, or one of the four words below.",
        "extended": "Welcome for research; may stay empty.",
    }
    for name, meaning in meanings.items():
        sheet.write_string(row, 1, name, look.headers[name])
        sheet.write_string(row, 2, meaning, look.text)
        row += 1
    return row


def _write_missing(sheet: Worksheet, look: Look, row: int) -> int:
    row = _section(sheet, look, row, "Where a value is missing, write why")
    for code, meaning in MISSING.items():
        sheet.write_string(row, 1, code, look.strong)
        sheet.write_string(row, 2, meaning, look.text)
        row += 1
    return row


def _write_sheets(sheet: Worksheet, look: Look, row: int) -> int:
    row = _section(sheet, look, row, "Sheets")
    sheet.write_string(row - 1, 3, "Key besides center and case", look.section)
    for name, form in FORMS.items():
        purpose = " ".join((form.__doc__ or "").split())
        sheet.write_url(row, 1, f"internal:'{name}'!A1", look.link, name)
        sheet.write_string(row, 2, f"{form.title}. {purpose}", look.text)
        sheet.write_string(row, 3, _key_words(form), look.note)
        sheet.set_row(row, _height(f"{form.title}. {purpose}", 104))
        row += 1
    sheet.write_url(row, 1, "internal:'codes'!A1", look.link, "codes")
    sheet.write_string(row, 2, "The words of every list; nothing to fill in.", look.text)
    return row + 1


def _height(text: str, characters: int) -> int:
    return 18 if len(text) <= characters else 34


def _key_words(form: type[CenterForm]) -> str:
    """The key without what every form begins with."""
    own = [name for name in form.key() if name not in ("center_id", "case_id")]
    return ", ".join(own) if own else "one row"


def _write_example(sheet: Worksheet, look: Look, row: int) -> None:
    row = _section(sheet, look, row, "Example of a row: sheet drug (not data, just how it looks)")
    for column in FORMS["drug"].columns().values():
        sheet.write_string(row, 1, column.name, look.headers["extended"])
        sheet.write_string(row, 2, column.item.example or "not applicable", look.text)
        row += 1
