"""One cell at a time: what becomes a value, what a missing code, and what is refused and why."""

from __future__ import annotations

import pytest

from registry.forms import FORMS, MissingCode
from registry.intake.cells import Clear, Refusal, type_cell
from registry.intake.raw import Cell, Odd

SEX = FORMS["patient"].columns()["sex"]
WEIGHT = FORMS["patient"].columns()["weight_kg"]
AGE = FORMS["patient"].columns()["age_at_diagnosis_years"]
CONSENT = FORMS["patient"].columns()["consent_to_registry"]
CASE = FORMS["patient"].columns()["case_id"]
ALLELE = FORMS["hla"].columns()["allele_1"]
START = FORMS["infusion"].columns()["infusion_start_time"]


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("61.5", WEIGHT, 61.5),
        ("61", WEIGHT, 61.0),
        ("1e2", WEIGHT, 100.0),
        ("68", AGE, 68),
        ("68.0", AGE, 68),
        (" yes ", CONSENT, True),
        ("NO", CONSENT, False),
        ("", WEIGHT, None),
        ("00123", CASE, "00123"),
        ("1E5", CASE, "1E5"),
        ("NA", CASE, "NA"),
        (".5", WEIGHT, 0.5),
        ("5.", WEIGHT, 5.0),
        ("68.", AGE, 68),
        ("not\u202fdone", WEIGHT, MissingCode.NOT_DONE),
        ("not  done", WEIGHT, MissingCode.NOT_DONE),
        (Odd("beside", "70"), WEIGHT, 70.0),
        (Odd("thousands", "1.250"), ALLELE, "1.250"),
        ("12345678901234567890", CASE, "12345678901234567890"),
        ("A*02:01\u00a0", ALLELE, "A*02:01"),
        (Odd("time", "08:30"), START, "08:30"),
        ("Female", SEX, "female"),
        ("delete", WEIGHT, Clear()),
        ("not done", WEIGHT, MissingCode.NOT_DONE),
        ("Unknown", AGE, MissingCode.UNKNOWN),
    ],
)
def test_a_cell_is_read_as_its_form_says(cell: Cell, column: object, value: object) -> None:
    assert type_cell(cell, column) == value  # type: ignore[arg-type]


@pytest.mark.requirement("UPL-12")
@pytest.mark.parametrize(
    ("cell", "column", "rule"),
    [
        ("70,5", WEIGHT, "cell.decimal"),
        ("12.000", AGE, "cell.thousands"),
        (Odd("thousands", "12.000"), AGE, "cell.thousands"),
        (Odd("thousands", "1.250"), WEIGHT, "cell.thousands"),
        (Odd("beside", "70"), CASE, "cell.excel_format"),
        (Odd("shown"), CASE, "cell.excel_format"),
        (Odd("shown"), WEIGHT, "cell.excel_format"),
        (Odd("struck"), WEIGHT, "cell.struck"),
        ("1,234.5", WEIGHT, "cell.decimal"),
        ("70 kg", WEIGHT, "cell.unit"),
        ("1_000", WEIGHT, "cell.unit"),
        ("nan", WEIGHT, "cell.not_finite"),
        ("inf", WEIGHT, "cell.not_finite"),
        ("1e400", WEIGHT, "cell.not_finite"),
        ("02/03/2024", WEIGHT, "cell.calendar_date"),
        ("2024-02-30", AGE, "cell.calendar_date"),
        (Odd("date"), AGE, "cell.calendar_date"),
        (Odd("formula"), WEIGHT, "cell.excel_formula"),
        ("=1+1", CASE, "cell.formula_injection"),
        ("＝1", ALLELE, "cell.formula_injection"),
        ("@SUM(1)", CASE, "cell.formula_injection"),
        ("٦٨", AGE, "cell.number"),
        ("68.5", AGE, "cell.number"),
        ("maybe", CONSENT, "cell.yes_no"),
        ("1", CONSENT, "cell.yes_no"),
        ("A\nB", CASE, "cell.invisible"),
        ("A\u200bB", CASE, "cell.invisible"),
        ("x" * 10_001, CASE, "cell.long"),
        (Odd("date"), ALLELE, "cell.excel_date"),
        (Odd("time", "02:01"), ALLELE, "cell.excel_time"),
        (Odd("duration"), ALLELE, "cell.excel_duration"),
        (Odd("error"), WEIGHT, "cell.excel_error"),
    ],
)
def test_a_cell_is_refused_with_its_reason(cell: Cell, column: object, rule: str) -> None:
    refusal = type_cell(cell, column)  # type: ignore[arg-type]
    assert isinstance(refusal, Refusal)
    assert refusal.rule == rule
    if isinstance(cell, str) and cell.strip():
        assert cell not in refusal.message + refusal.fix


@pytest.mark.parametrize("word", ["unknown", "Not done", "delete", "NaN", "null", "none", "yes"])
def test_a_word_for_something_missing_names_no_case(word: str) -> None:
    refusal = type_cell(word, CASE)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "cell.no_id"
