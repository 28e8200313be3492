"""The cover sheet of a form workbook, and the text that goes with a folder of CSVs."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from registry.forms import FORM_VERSION, FORMS, CenterForm, MissingCode
from registry.forms.upload import (
    BASED_ON_WORDS,
    CLEAR_WORD,
    EXAMPLE_CASE,
    FORM_VERSION_WORDS,
    UPLOAD_COLUMNS,
)
from registry.workbook.cells import Stamp
from registry.workbook.look import Look

STEPS = (
    "One sheet for each form, one row as the sheet says below. Leave sheets you do not need empty.",
    "Keep row 1 and the sheet names as they are. Columns may stand in any order.",
    "Point at a column name: a note says what to write, in which unit, and why it is asked.",
    f"In the empty template row 2 of every sheet is an example, of the case {EXAMPLE_CASE}. It is never "
    "stored: leave it or delete it, and write from row 3 on.",
    "Days are whole numbers counted from diagnosis: day 0 is the day of diagnosis, the day before is "
    "-1. Times are written 08:30.",
    "Numbers take a decimal point and no unit. Words are written as in the list of the cell.",
    "Check the file before sending it: mst check FILE --center C01",
)
CHANGES = {
    "Correct a value": "Write the new value over the old one and choose why in change_reason, at "
    "the end of the row.",
    "Leave as it is": "A blank cell changes nothing: what the registry has, it keeps.",
    "Take a value away": f"Write the word {CLEAR_WORD} in the cell, and choose why in change_reason.",
    "Take a row away": "Choose delete row in row_action, and why in change_reason. Only the columns "
    "that name the row need to be filled.",
    "Send it again": "Sending the same rows twice does no harm: nothing is doubled.",
}
RETURNED = (
    "When the registry checks this workbook it gives it back with marks: red cells must be fixed, "
    "amber cells need a check or an answer, blue cells are for your information. Each mark has a "
    "note. The sheets Findings, Queries and Missing list everything; answer queries in the sheet "
    "Queries and send the same workbook again."
)
NEVER = (
    "No names, initials, hospital numbers, birth dates or any other calendar date, in any cell. "
    "Use your own pseudonyms for patients and donors and keep the key at your center."
)
MISSING: Mapping[str, str] = {
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
        f"The columns {' and '.join(UPLOAD_COLUMNS)} are for changes only and may be left out:",
        *(f"  {what}: {how}" for what, how in CHANGES.items()),
        "",
        "about.csv says which forms the files were made for and which submission they know of.",
        "A text that begins with = + - or @ has an apostrophe in front so that no spreadsheet runs "
        "it; leave the apostrophe there.",
        "",
    ]
)


def write_about(sheet: Worksheet, look: Look, stamp: Stamp, *, example: bool) -> None:
    """The cover: stamp, how to fill, how to change, what the colours and words mean, the sheets."""
    sheet.hide_gridlines(2)
    sheet.set_tab_color(look.muted)
    sheet.set_column(0, 0, 3)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 92)
    sheet.set_column(3, 3, 46)
    sheet.set_row(1, 34)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(1, 1, "Microtransplant registry", look.title)
    sheet.write_string(2, 1, "Case record forms", look.subtitle)
    sheet.write_string(3, 1, FORM_VERSION_WORDS, look.strong)
    sheet.write_string(3, 2, stamp.form_version, look.text)
    sheet.write_string(4, 1, BASED_ON_WORDS, look.strong)
    sheet.write_string(4, 2, stamp.based_on_words, look.text)
    if example:
        sheet.merge_range(5, 1, 5, 3, MADE_UP, look.note)
    row = _write_how(sheet, look, 7)
    row = _write_legend(sheet, look, row + 1)
    row = _write_pairs(sheet, look, row + 1, "Where a value is missing, write why", MISSING)
    row = _write_changes(sheet, look, row + 1)
    _write_sheets(sheet, look, row + 1)


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
        "key": "Names the row. Always needed; two rows with the same key are an error.",
        "core": "Asked of everybody: a value, or one of the four words below.",
        "extended": "Welcome for research; may stay empty.",
        "upload": "Only for changes to what the registry already has (see below).",
    }
    for name, meaning in meanings.items():
        words = "for changes" if name == "upload" else name
        sheet.write_string(row, 1, words, look.headers[name])
        sheet.write_string(row, 2, meaning, look.text)
        row += 1
    return row


def _write_pairs(
    sheet: Worksheet, look: Look, row: int, title: str, pairs: Mapping[str, str]
) -> int:
    row = _section(sheet, look, row, title)
    for what, meaning in pairs.items():
        sheet.write_string(row, 1, what, look.strong)
        sheet.merge_range(row, 2, row, 3, meaning, look.text)
        sheet.set_row(row, _height(meaning, 140))
        row += 1
    return row


def _write_changes(sheet: Worksheet, look: Look, row: int) -> int:
    row = _write_pairs(sheet, look, row, "To change what the registry already has", CHANGES)
    sheet.write_string(row, 1, "Marks and queries", look.strong)
    sheet.merge_range(row, 2, row, 3, RETURNED, look.text)
    sheet.set_row(row, 50)
    return row + 1


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
    return 18 * -(-len(text) // characters) if len(text) > characters else 18


def _key_words(form: type[CenterForm]) -> str:
    """The key without what every form begins with."""
    own = [name for name in form.key() if name not in ("center_id", "case_id")]
    return ", ".join(own) if own else "one row"
