"""A center's own workbook comes back with marks, and with everything that was its own."""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from registry.findings import Finding
from registry.forms import FORMS
from registry.intake.raw import UnreadableFileError
from registry.intake.reader import read
from registry.queries.model import ANSWER_WORDS, AnswerCode
from registry.roundtrip.annotate import annotate
from registry.roundtrip.answers import answers
from registry.roundtrip.marks import areas
from registry.workbook import write_csv_folder, write_json, write_template, write_workbook
from tests.roundtrip.material import (
    finding,
    marked,
    missing,
    own_rules,
    own_workbook,
    query,
    snapshot,
    styled_by_openpyxl,
)

OWN = ("Patient ", "course")
FINDINGS = (
    finding("reject", "patient", "C2", consequences=(finding("query", "infusion", "C9", message="The dose per kg is unusual."),)),
    finding("query", "patient", "E3", rule="plausible.age", message="The age is unusual."),
    finding("inform", "patient", "B4", message="The sex is the donor's."),
    finding("query", "patient", "C2", rule="plausible.weight", message="The weight is unusual."),
    finding("reject", "course", None, row=3, message="The course lies before the diagnosis."),
    finding("inform", None, None, message="The file was made for older forms."),
    finding("reject", "infusion", None, message="Stored, and not in this file."),
)  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return own_workbook(tmp_path / "own.xlsx")


def returned(source: Path, **more: object) -> Path:
    target = source.with_name("returned.xlsx")
    annotate(source, target, **{"findings": FINDINGS, **more})  # type: ignore[arg-type]
    return target


def comment(path: Path, sheet: str, cell: str) -> str:
    found = openpyxl.load_workbook(path)[sheet][cell].comment
    return found.text if found else ""


def test_everything_of_the_center_survives(source: Path) -> None:
    before = snapshot(source, OWN)
    assert any(cell[0] != cell[1] for cell in before["Patient "]["cells"].values())
    assert len(before["Patient "]["rules"]) == 3
    assert before["Patient "]["lists"][0][4] == "as at birth\nnot otherwise"
    assert snapshot(returned(source, queries=[query(1)], stamp=4), OWN) == before


def test_a_workbook_of_another_writer_survives(tmp_path: Path) -> None:
    source = styled_by_openpyxl(tmp_path / "own.xlsx")
    before = snapshot(source, ("patient",))
    assert before["patient"]["cells"]["A2"][4] == "ward"
    assert snapshot(returned(source), ("patient",)) == before


def test_a_workbook_with_prefixes_survives(source: Path) -> None:
    """Some writers put every element under a prefix."""
    with zipfile.ZipFile(source) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(source, "w") as book:
        for name, data in parts.items():
            if (
                name.startswith("xl/")
                and name.endswith(".xml")
                and b"spreadsheetml/2006/main" in data
            ):
                data = re.sub(rb"<(/?)(?=[a-zA-Z]+[\s/>])", rb"<\1x:", data)
                data = data.replace(
                    b'xmlns="http://schemas.openxmlformats.org/spreadsheetml',
                    b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml',
                )
            book.writestr(name, data)
    before = snapshot(source, OWN)
    assert before["Patient "]["lists"]
    target = returned(source, stamp=3)
    assert snapshot(target, OWN) == before
    book_ = openpyxl.load_workbook(target)
    assert marked(book_["Patient "]) == {"C2", "E3", "B4"}
    assert comment(target, "Patient ", "C2").startswith("MUST BE FIXED")
    annotate(target, target, findings=())
    assert not marked(openpyxl.load_workbook(target)["Patient "])
    assert snapshot(target, OWN) == before


def test_cells_of_unmarked_sheets_are_not_touched_by_a_byte(source: Path) -> None:
    target = returned(source, findings=FINDINGS[:2])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        patient, other = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
        cells = [
            data[data.index(b"<sheetData") : data.index(b"</sheetData>")]
            for data in (old.read(patient), new.read(patient))
        ]
        assert cells[0] == cells[1]
        assert old.read(other) == new.read(other)


def test_marked_cells_and_their_words(source: Path) -> None:
    target = returned(source)
    book = openpyxl.load_workbook(target)
    assert marked(book["Patient "]) == {"C2", "E3", "B4"}
    assert marked(book["course"]) == {"A3"}, "a row without a cell is marked at its case"
    text = comment(target, "Patient ", "C2")
    assert text.startswith("MUST BE FIXED\nThe weight is outside what is possible.\n")
    assert "To do: Write it in kilograms." in text
    assert "also: The dose per kg is unusual" in text
    assert "[cell.range]" in text
    assert "The weight is unusual." in text
    assert book["Patient "]["C2"].comment.author == "registry"
    assert comment(target, "Patient ", "A1") == "the key of our list"


def test_marks_differ_without_colour_and_come_before_the_centers_rules(source: Path) -> None:
    sheet = openpyxl.load_workbook(returned(source))["Patient "]
    rules = [r for area in sheet.conditional_formatting for r in area.rules]
    ours = sorted((r for r in rules if r.type == "expression"), key=lambda r: r.priority)
    looks = {
        (r.dxf.fill.patternType, r.dxf.border.left.style, r.dxf.font.b, r.dxf.font.i) for r in ours
    }
    assert len(ours) == len(looks) == 3
    theirs = [r.priority for r in rules if r not in ours]
    assert max(r.priority for r in ours) < min(theirs)
    assert len({r.priority for r in rules}) == len(rules)


def test_a_second_return_leaves_no_stale_mark(source: Path) -> None:
    before = snapshot(source, OWN)
    first = returned(source, queries=[query(1)], missing=[missing()], stamp=4)
    second = source.with_name("second.xlsx")
    annotate(first, second, findings=FINDINGS[1:2], stamp=5)
    book = openpyxl.load_workbook(second)
    assert marked(book["Patient "]) == {"E3"}
    assert marked(book["course"]) == set()
    notes = {c.coordinate for row in book["Patient "].iter_rows() for c in row if c.comment}
    assert notes == {"A1", "E3"}
    assert [n for n in book.sheetnames if n in ("Findings", "Queries", "Missing")] == [
        "Findings",
        "Queries",
        "Missing",
    ]
    assert book["Queries"].max_row == 1
    assert snapshot(second, OWN) == before


def test_no_finding_gives_the_center_its_sheets_back(source: Path) -> None:
    clean = source.with_name("clean.xlsx")
    annotate(returned(source), clean, findings=())
    book = openpyxl.load_workbook(clean)
    assert not any(marked(book[name]) for name in OWN)
    assert not [c for row in book["course"].iter_rows() for c in row if c.comment]
    assert snapshot(clean, OWN) == snapshot(source, OWN)
    words = [str(c.value) for row in book["Findings"].iter_rows() for c in row if c.value]
    assert "Nothing: there is nothing to fix in this file." in words


def test_styles_do_not_grow_with_every_return(source: Path) -> None:
    first, sizes = returned(source), []
    for _ in range(3):
        annotate(first, first, findings=FINDINGS)
        with zipfile.ZipFile(first) as book:
            sizes.append((len(book.read("xl/styles.xml")), len(book.namelist())))
    assert len(set(sizes)) == 1


def test_the_same_return_gives_the_same_bytes(source: Path) -> None:
    once = returned(source, stamp=3).read_bytes()
    assert returned(source, stamp=3).read_bytes() == once


def test_a_note_on_a_cell_that_has_one_is_put_in_front_and_taken_off_again(source: Path) -> None:
    header = finding("reject", "patient", "A1", message="The header is not of the form.")
    first = returned(source, findings=[header])
    text = comment(first, "Patient ", "A1")
    assert text.startswith("MUST BE FIXED")
    assert text.endswith("the key of our list")
    second = source.with_name("second.xlsx")
    annotate(first, second, findings=())
    assert comment(second, "Patient ", "A1") == "the key of our list"


def test_the_three_sheets_say_where_and_lead_there(source: Path) -> None:
    target = returned(
        source, queries=[query(7, rule="plausible.age", case_id="", column=""), query(8, case_id="P002")],
        missing=[missing(row=3), missing(case_id="P009", cell=None)],
        rows={("patient", "P002", ""): 3},
    )  # fmt: skip
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[:3] == ["Findings", "Queries", "Missing"], "there is no cover to follow"
    assert book.active.title == "Findings"
    assert [s.title for s in book if s.sheet_view.tabSelected] == ["Findings"]
    found = {row[6]: row for row in book["Findings"].iter_rows(min_row=4, values_only=True)}
    assert set(found) == {f.message for f in FINDINGS}
    assert found["The course lies before the diagnosis."][5] == "A3"
    assert found["Stored, and not in this file."][5] is None
    links = [c.hyperlink.location for c in book["Findings"]["F"] if c.hyperlink]
    assert "'Patient '!C2" in links
    queries = [[c.value for c in row] for row in book["Queries"].iter_rows(min_row=2)]
    assert [row[0] for row in queries] == [7, 8]
    assert [row[5] for row in queries] == ["E3", "D3"]
    lacking = [row[4] for row in book["Missing"].iter_rows(min_row=4, values_only=True)]
    assert lacking == ["B3", None]


def test_a_header_is_marked_like_any_cell(source: Path) -> None:
    told = finding("reject", "patient", "C1", rule="file.unknown_column", message="Not a column.")
    target = returned(source, findings=[told])
    assert "Not a column." in comment(target, "Patient ", "C1")
    (link,) = [
        c.hyperlink.location for c in openpyxl.load_workbook(target)["Findings"]["F"] if c.hyperlink
    ]
    assert link == "'Patient '!C1"


def test_a_row_of_findings_is_as_high_as_its_longest_words(source: Path) -> None:
    long = finding("reject", "patient", "C2", message="The weight is not possible. " * 12)
    target = returned(source, findings=[finding("query", "patient", "C3"), long])
    sheet = openpyxl.load_workbook(target)["Findings"]
    first, second = (sheet.row_dimensions[row].height for row in (4, 5))
    assert first == 8 * second, "336 characters in a column of 47 need eight lines"


def test_a_persons_query_is_marked_and_points_to_its_sheet(source: Path) -> None:
    target = returned(
        source, findings=(), queries=[query(8, case_id="P002")], rows={("patient", "P002", ""): 3}
    )
    assert marked(openpyxl.load_workbook(target)["Patient "]) == {"D3"}
    assert "Query 8, asked since 2026-03-01: answer it in the sheet Queries." in comment(
        target, "Patient ", "D3"
    )


def test_answers_are_offered_as_a_list_with_its_meaning(source: Path) -> None:
    sheet = openpyxl.load_workbook(returned(source, queries=[query(1), query(2)]))["Queries"]
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(AnswerCode)}"'
    assert str(rule.sqref) == "J2:J3"
    assert len(rule.prompt) <= 255, "a longer prompt breaks the workbook for Excel"
    assert all(words in rule.prompt for words in ANSWER_WORDS.values())


def test_the_returned_workbook_is_read_again_with_answers_and_stamp(tmp_path: Path) -> None:
    source = tmp_path / "own.xlsx"
    write_workbook(source, {"patient": [{"case_id": "P001", "sex": "female"}]})
    target = returned(
        source, findings=[finding("query", "patient", "C2")], queries=[query(1), query(2)], stamp=17
    )
    book = openpyxl.load_workbook(target)
    book["Queries"]["J3"] = "confirmed as is"
    book["Queries"]["K3"] = "=chart"
    book["Queries"]["K3"].data_type = "s"
    book.save(target)
    raw = read(target)
    assert raw.based_on == 17
    assert {s.name for s in raw.sheets} == set(FORMS)
    assert raw.answers is not None
    (given,), told = answers(raw.answers)
    assert (given.query_id, given.code, given.comment, given.cell) == (
        2,
        "confirmed as is",
        "=chart",
        "J3",
    )
    assert told == ()


def test_a_dry_run_keeps_answers_and_a_submission_keeps_what_it_could_not_read(
    source: Path,
) -> None:
    asked = [query(n) for n in (1, 2)]
    first = returned(source, queries=asked)
    book = openpyxl.load_workbook(first)
    for row, word in ((2, "corrected"), (3, "yes of course")):
        book["Queries"].cell(row, 10).value = word
        book["Queries"].cell(row, 11).value = f"looked up {row}"
    book.save(first)
    checked, sent = source.with_name("checked.xlsx"), source.with_name("sent.xlsx")
    annotate(first, checked, findings=(), queries=asked)
    bad = finding("query", "Queries", "J3", rule="answer.code")
    annotate(first, sent, findings=[bad], queries=asked, stamp=9)
    kept = [
        [c.value for c in row[9:]]
        for row in openpyxl.load_workbook(checked)["Queries"].iter_rows(min_row=2)
    ]
    assert kept == [["corrected", "looked up 2"], ["yes of course", "looked up 3"]]
    left = [
        [c.value for c in row[9:]]
        for row in openpyxl.load_workbook(sent)["Queries"].iter_rows(min_row=2)
    ]
    assert left == [[None, None], ["yes of course", "looked up 3"]]


def test_a_workbook_without_its_cover_gets_one_for_the_stamp(source: Path) -> None:
    target = returned(source, stamp=12)
    assert openpyxl.load_workbook(target).sheetnames[0] == "About"
    assert snapshot(target, OWN) == snapshot(source, OWN)
    assert read(target).based_on == 12


def test_rows_of_csvs_and_json_come_back_in_a_workbook(tmp_path: Path) -> None:
    rows = {
        "patient": [{"case_id": "P001", "sex": "female", "weight_kg": 61.5}, {"case_id": "=P2"}]
    }
    write_csv_folder(tmp_path / "csvs", rows)
    write_json(tmp_path / "rows.json", rows)
    for source in (tmp_path / "csvs", tmp_path / "rows.json"):
        raw = read(source)
        at = [c.header for c in raw.sheets[0].columns].index("weight_kg")
        cell = f"{openpyxl.utils.get_column_letter(at + 1)}2"
        target = tmp_path / "returned.xlsx"
        annotate(source, target, findings=[finding("reject", "patient", cell)], stamp=3)
        sheet = openpyxl.load_workbook(target)["patient"]
        assert (sheet[cell].value, marked(sheet)) == ("61.5", {cell})
        again = read(target)
        assert again.based_on == 3
        assert [c.cells() for c in again.sheets[0].columns] == [
            c.cells() for c in raw.sheets[0].columns
        ]


def test_a_template_comes_back_with_its_lists_and_header_notes(tmp_path: Path) -> None:
    write_template(tmp_path / "own.xlsx")
    before = snapshot(tmp_path / "own.xlsx", tuple(FORMS))
    found = [finding("reject", name, "B3") for name in FORMS]
    target = returned(tmp_path / "own.xlsx", findings=found)
    after = snapshot(target, tuple(FORMS))
    assert after["hla"]["comments"] == before["hla"]["comments"]
    assert after == before
    assert openpyxl.load_workbook(target).sheetnames[:5] == [
        "About",
        "Findings",
        "Queries",
        "Missing",
        "center",
    ]
    with zipfile.ZipFile(target) as book:
        ids = [n for n in book.namelist() if n.startswith("xl/worksheets/registry")]
    assert len(ids) == 3


@pytest.mark.requirement("UPL-09")
def test_text_that_looks_like_a_formula_stays_text(source: Path) -> None:
    nasty = finding(
        "reject", "patient", "C2", message='=HYPERLINK("x")', fix="@SUM(1)", rule="+1", why="-2+3"
    )
    target = returned(
        source,
        findings=[nasty],
        queries=[query(1, message="=1+1", fix="\t=2")],
        missing=[missing(label="＝1")],
    )
    book = openpyxl.load_workbook(target)
    for name in ("Findings", "Queries", "Missing"):
        for row in book[name].iter_rows():
            assert [c.coordinate for c in row if c.data_type == "f"] == []
    assert book["Findings"]["G4"].value == '=HYPERLINK("x")'
    assert book["Findings"]["G4"].quotePrefix


def test_control_characters_and_markup_do_not_break_the_workbook(source: Path) -> None:
    nasty = finding("reject", "patient", "C2", message="a\x0b<b>&amp;\x00 _x0041_", case_id="]]>")
    book = openpyxl.load_workbook(returned(source, findings=[nasty]))
    assert "<b>&amp;" in book["Findings"]["G4"].value
    assert book["Findings"]["B4"].value == "]]>"


def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(broken, "w") as book:
        book.writestr("nothing.txt", "x")
    with pytest.raises(UnreadableFileError, match="could not be marked"):
        annotate(broken, tmp_path / "out.xlsx", findings=())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.xlsx"]


def test_ten_thousand_rows_with_many_findings(tmp_path: Path) -> None:
    rows = [
        {"case_id": f"P{n % 50}", "sample_day": n, "anc_e9_per_l": n / 7} for n in range(10_000)
    ]
    write_workbook(tmp_path / "own.xlsx", {"blood_count": rows})
    found = [finding("query", "blood_count", f"D{n}", case_id="P1") for n in range(2, 2002)]
    start = time.monotonic()
    target = returned(tmp_path / "own.xlsx", findings=found)
    assert time.monotonic() - start < 20
    assert len(marked(openpyxl.load_workbook(target)["blood_count"])) == 2000


def test_areas_join_cells_below_each_other() -> None:
    assert areas(["A3", "A2", "B9", "A5", "AA1"]) == ["A2:A3", "A5", "B9", "AA1"]


def test_own_rules_are_seen_by_the_comparison(source: Path) -> None:
    """The comparison above would be worth nothing if it saw no rule."""
    sheet = openpyxl.load_workbook(source)["Patient "]
    assert {rule[1] for rule in own_rules(sheet)} == {"cellIs", "colorScale", "dataBar"}
    assert isinstance(FINDINGS[0], Finding)


def _with_comments(path: Path, old: bytes, new: bytes) -> Path:
    """The workbook with other bytes in its comments."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(changed, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data.replace(old, new) if "comments" in name else data)
    return changed


def test_marks_are_known_after_a_spreadsheet_forgot_their_author(tmp_path: Path) -> None:
    """LibreOffice writes a blank for the author of every comment."""
    source = tmp_path / "own.xlsx"
    write_workbook(source, {"patient": [{"case_id": "P001", "sex": "female"}]})
    target = returned(source, findings=[finding("query", "patient", "C2")])
    nameless = _with_comments(target, b"<author>registry</author>", b"<author> </author>")
    assert {s.name for s in read(nameless).sheets} == set(FORMS)
    written_into = _with_comments(nameless, b"Write it in kilograms.", b"Ask the ward.")
    with pytest.raises(UnreadableFileError, match="a comment in C2"):
        read(written_into)
