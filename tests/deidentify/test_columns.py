"""What leaves is what the forms ask for; the rest is removed and listed (DEID-01, -09, -10)."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from registry.deidentify.convert import prepare
from registry.deidentify.keyfile import create_key
from registry.deidentify.source import read_source
from registry.deidentify.writing import ExistsError, RefusedError, write
from registry.forms import FORMS
from registry.forms.upload import UPLOAD_COLUMNS
from registry.intake.raw import UnreadableFileError
from tests.deidentify.hospital import reasons, run, workbook

CANARY = "Zanahoria"


@pytest.mark.requirement("DEID-01")
def test_identifying_and_unknown_columns_are_removed_and_listed() -> None:
    made = run(
        {"patient": [{"case_id": "1", "sex": "male", "Patient name": CANARY, "MRN": "1234567",
                      "Nachname": CANARY, "NHC": "99", "mood": CANARY, "": CANARY}]}
    )  # fmt: skip
    assert reasons(made) == []
    assert CANARY not in str(made.rows)
    removed = {c.header: c.why for _, c in made.preview.removed()}
    assert removed.keys() == {"Patient name", "MRN", "Nachname", "NHC", "mood", "(no name)"}
    assert removed["mood"] == removed["(no name)"] == "not part of the form"
    assert all(
        removed[h].startswith("identifying: ") for h in ("Patient name", "MRN", "Nachname", "NHC")
    )
    assert CANARY not in str(made.preview.as_dict())


def test_every_column_of_every_form_is_shown_with_what_becomes_of_it() -> None:
    for form, model in FORMS.items():
        row = {name: column.item.example or "" for name, column in model.columns().items()}
        made = run({form: [row | {"center_id": "C01"}]})
        shown = [column.name for column in made.preview.sheets[0].leaving]
        assert shown == list(model.columns())
        assert reasons(made) == []
        values = made.rows[form][0]
        assert all(values.get(n) is not None for n, example in row.items() if example)


def test_headers_may_be_written_with_capitals_and_spaces() -> None:
    made = run({"Patient": [{"Case ID": "1", "Diagnosis Date": datetime.date(2024, 1, 1)}],
                "Follow Up": [{"case_id": "1"}],
                "followup": [{"CASE_ID": "1", "Last contact date": "2024-01-09"}]})  # fmt: skip
    assert reasons(made) == []
    assert made.rows["followup"][0]["last_contact_day"] == 8
    assert [sheet.what for sheet in made.preview.removed_sheets] == ["sheet Follow Up"]


def test_the_same_column_twice_is_refused() -> None:
    made = run({"patient": [{"case_id": "1", "sex": "male", "Sex": "female"}]})
    assert [rule for *_, rule in reasons(made)] == ["deidentify.column_twice"]


@pytest.mark.requirement("DEID-09")
@pytest.mark.parametrize(
    ("form", "column", "text"),
    [
        ("plan", "maintenance_reason", "call +34 600 123 456"),
        ("diagnosis", "who_subtype", "see mail anna.garcia@hospital.example"),
        ("diagnosis", "who_subtype", "relapse on 12/03/2024"),
        ("plan", "mst_reason_not", "Dr. Carmen Garcia decided"),
        ("patient", "weight_kg", "Mrs. Anna Alvarez"),
        ("patient", "sex", "call +34 600 123 456"),
    ],
)
def test_identifying_text_is_refused_or_left_blank_and_never_repeated(
    form: str, column: str, text: str
) -> None:
    row = {"case_id": "1", column: text} | ({"point": "diagnosis"} if form == "plan" else {})
    refused = run({form: [row]})
    assert reasons(refused) == [(form, "B2", "deidentify.identifier")]
    assert text not in str(refused.preview.as_dict())
    blank = run({form: [row]}, blank_identifiers=True)
    assert reasons(blank) == []
    assert blank.rows[form][0][column] is None
    assert [f.cell for f in blank.preview.blanked] == ["B2"]
    assert text not in str(blank.preview.as_dict())


@pytest.mark.parametrize(
    "text", ["see H482913", "sibling of h482913, too", "donor DON-7712", "a 93-year-old", "91 años"]
)
def test_text_that_repeats_an_id_of_the_file_or_tells_a_high_age_is_refused(text: str) -> None:
    made = run(
        {"diagnosis": [{"case_id": "1", "who_subtype": text}, {"case_id": "H482913"}],
         "donor": [{"case_id": "1", "donor_id": "DON-7712"}, {"case_id": "1", "donor_id": "AML"}]}
    )  # fmt: skip
    assert reasons(made) == [("diagnosis", "B2", "deidentify.identifier")]


@pytest.mark.parametrize("text", ["AML with NPM1", "89 years", "90 % blasts", "AML-MR, D1"])
def test_clinical_text_goes_as_it_is(text: str) -> None:
    made = run({"diagnosis": [{"case_id": "D1", "who_subtype": text}]})
    assert reasons(made) == []
    assert made.rows["diagnosis"][0]["who_subtype"] == text


def test_identifying_text_in_a_key_cannot_be_left_blank() -> None:
    row = {"case_id": "1", "lesion": "Dr. Anna Garcia", "test_day": 0}
    made = run({"genetics": [row]}, blank_identifiers=True)
    assert reasons(made) == [("genetics", "B2", "deidentify.identifier")]


@pytest.mark.parametrize(
    ("form", "column", "cell"),
    [
        ("patient", "sex", "boy"),
        ("patient", "weight_kg", "61,5"),
        ("patient", "weight_kg", "61.5 kg"),
        ("patient", "weight_kg", 4829131),
        ("patient", "consent_to_registry", "perhaps"),
        ("hla", "allele_1", datetime.time(2, 1)),
        ("infusion", "infusion_start_time", "half past ten"),
        ("complication", "ctcae_grade", datetime.date(2024, 3, 2)),
    ],
)
def test_a_closed_column_lets_nothing_out_but_what_it_is_for(
    form: str, column: str, cell: Any
) -> None:
    made = run({form: [{"case_id": "1", column: cell}]}, blank_identifiers=True)
    assert reasons(made) == [(form, "B2", "deidentify.value")]
    assert str(cell) not in str(made.preview.as_dict())


def test_what_a_file_says_about_changes_goes_along_and_the_example_row_does_not() -> None:
    made = run(
        {"patient": [{"case_id": "EXAMPLE", "sex": "male"},
                     {"case_id": "1", "sex": "Delete", "change_reason": "Entry error",
                      "row_action": "delete row"}]}
    )  # fmt: skip
    assert len(made.rows["patient"]) == 1
    row = made.rows["patient"][0]
    assert [row["sex"], row["change_reason"], row["row_action"]] == [
        "delete",
        "entry error",
        "delete row",
    ]
    wrong = run({"patient": [{"case_id": "1", "change_reason": f"{CANARY} said so"}]})
    assert reasons(wrong) == [("patient", "B2", "deidentify.value")]
    assert set(UPLOAD_COLUMNS) == {"change_reason", "row_action"}


@pytest.mark.parametrize(
    ("rows", "center", "rules"),
    [
        ([{"case_id": "1"}], None, ["deidentify.center"]),
        ([{"case_id": "1"}], "C01", []),
        ([{"case_id": "1", "center_id": "C02"}], None, []),
        ([{"case_id": "1", "center_id": "C02"}], "C01", ["deidentify.center"]),
        ([{"case_id": "1", "center_id": "Ward 7"}], None, ["deidentify.center"]),
        (
            [{"case_id": "1", "center_id": "C02"}, {"case_id": "2", "center_id": "C03"}],
            None,
            ["deidentify.center"],
        ),
    ],
)
def test_a_file_is_of_one_center(
    rows: list[dict[str, str]], center: str | None, rules: list[str]
) -> None:
    made = run({"patient": rows}, center_id=center)
    assert [rule for *_, rule in reasons(made)] == rules


def _with_side_channels(path: Path) -> None:
    """The canary in nine places that a person does not see on the sheet."""
    book = workbook(path, {"patient": [{"case_id": "1", "sex": "male"}]})
    sheet = book["patient"]
    sheet["B2"].comment = Comment(CANARY, CANARY)
    sheet.oddHeader.center.text = CANARY
    sheet["A2"].hyperlink = f"https://example.org/{CANARY}"
    for state in ("hidden", "veryHidden"):
        extra = book.create_sheet(f"{CANARY}{state}")
        extra.sheet_state = state
        extra["A1"] = CANARY
    book.create_sheet("notes")["A1"] = CANARY
    book.properties.creator = book.properties.keywords = CANARY
    book.defined_names[CANARY] = DefinedName(CANARY, attr_text="patient!$A$1")
    sheet.protection.password = CANARY
    book.save(path)


@pytest.mark.requirement("DEID-10")
def test_side_channels_of_the_hospitals_file_are_not_carried_on(tmp_path: Path) -> None:
    _with_side_channels(tmp_path / "h.xlsx")
    create_key(tmp_path / "k", "keyed")
    from registry.deidentify.keyfile import open_key

    made = prepare(read_source(tmp_path / "h.xlsx"), open_key(tmp_path / "k"), center_id="C01")
    assert reasons(made) == []
    assert [s.what for s in made.preview.removed_sheets] == ["sheet notes", "2 hidden sheets"]
    write(made, tmp_path / "out.xlsx", tmp_path / "k")
    with (
        zipfile.ZipFile(tmp_path / "h.xlsx") as before,
        zipfile.ZipFile(tmp_path / "out.xlsx") as out,
    ):
        assert CANARY.encode() in b"".join(before.read(n) for n in before.namelist())
        assert CANARY.encode() not in b"".join(out.read(n) for n in out.namelist())


def test_a_formula_that_was_never_calculated_is_not_taken_for_a_blank(tmp_path: Path) -> None:
    workbook(tmp_path / "h.xlsx", {"patient": [{"case_id": "1", "weight_kg": "=60+1"}]})
    made = run({})
    made = prepare(read_source(tmp_path / "h.xlsx"), made.key, center_id="C01")
    assert reasons(made) == [("patient", "B2", "deidentify.value")]


def test_a_csv_folder_reads_like_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "patient.csv").write_text(
        "case_id;diagnosis_date;birth_date;name\n00482913;2024-02-29;1956-03-01;Anna\n\n"
    )
    (tmp_path / "in" / "followup.csv").write_text(
        "\ufeffcase_id\tlast_contact_date\n00482913\t2024-03-01\n", encoding="utf-8"
    )
    made = prepare(read_source(tmp_path / "in"), run({}).key, center_id="C01")
    assert reasons(made) == []
    assert made.rows["patient"][0]["age_at_diagnosis_years"] == 67
    assert made.rows["followup"][0]["last_contact_day"] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"no workbook"), ("a.xls", b"\xd0\xcf\x11\xe0"), ("a.txt", b"x"), ("a.xlsx", b"")],
)
def test_what_cannot_be_read_says_so_in_words(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError):
        read_source(tmp_path / name)


def test_nothing_is_written_over_and_nothing_of_a_refused_file(tmp_path: Path) -> None:
    key = create_key(tmp_path / "k", "keyed")
    (tmp_path / "out.xlsx").write_text("mine")
    fine = run({"patient": [{"case_id": "1"}]}, key)
    with pytest.raises(ExistsError):
        write(fine, tmp_path / "out.xlsx", tmp_path / "k")
    assert (tmp_path / "out.xlsx").read_text() == "mine"
    refused = run({"patient": [{"case_id": "1", "sex": "boy"}]}, key)
    with pytest.raises(RefusedError):
        write(refused, tmp_path / "other.xlsx", tmp_path / "k")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["k", "out.xlsx"]


def test_the_file_says_on_which_submission_it_is_based(tmp_path: Path) -> None:
    key = create_key(tmp_path / "k", "keyed")
    write(
        run({"patient": [{"case_id": "1"}]}, key), tmp_path / "o.xlsx", tmp_path / "k", based_on=17
    )
    about = openpyxl.load_workbook(tmp_path / "o.xlsx")["About"]
    assert "17" in [str(cell.value) for row in about.iter_rows() for cell in row]
