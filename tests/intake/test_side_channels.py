"""What travels in a workbook beside its cells is refused or mentioned, and never kept or repeated."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from registry.home import home
from registry.intake import reader
from registry.intake.raw import UnreadableFileError
from registry.intake.submit import check, submit
from registry.workbook import write_template
from registry.workbook.seal import sealed
from tests.intake.generators import CANARY, Make, changed, sheets_of, with_part, workbook

Edit = Callable[[Any], object]
_SPREADSHEET = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"


def _of(edit: Edit) -> Make:
    return workbook(sheets_of(), edit)


def _hidden(state: str) -> Edit:
    def edit(book: Any) -> None:
        sheet = book.create_sheet("notes")
        sheet.append([CANARY])
        sheet.sheet_state = state

    return edit


def _comment(cell: str, author: str = "Dr Who") -> Edit:
    def edit(book: Any) -> None:
        book["patient"][cell].comment = Comment(CANARY, author)

    return edit


def _name(value: str) -> Edit:
    def edit(book: Any) -> None:
        book.defined_names["remark"] = DefinedName("remark", attr_text=value)

    return edit


def _property(name: str) -> Edit:
    def edit(book: Any) -> None:
        setattr(book.properties, name, CANARY)

    return edit


def _custom(name: str) -> Edit:
    return lambda book: book.custom_doc_props.append(StringProperty(name=name, value=CANARY))


def _footer(text: str) -> Edit:
    def edit(book: Any) -> None:
        book["patient"].oddFooter.center.text = text

    return edit


def _link(book: Any) -> None:
    book["patient"]["A2"].hyperlink = f"https://example.org/{CANARY}"


def _text_box() -> Make:
    box = f'<xdr:wsDr xmlns:xdr="{_SPREADSHEET}"><xdr:sp><xdr:txBody>{CANARY}</xdr:txBody></xdr:sp></xdr:wsDr>'
    return with_part("xl/drawings/drawing1.xml", box.encode())


# where the canary sits, how it gets there, what the answer names
REFUSED: dict[str, tuple[Make, str]] = {
    "hidden sheet": (_of(_hidden("hidden")), "a hidden sheet (number 2 of 2)"),
    "very hidden sheet": (_of(_hidden("veryHidden")), "a very hidden sheet"),
    "comment": (_of(_comment("C2")), "a comment in C2 (Sheet patient)"),
    "comment on a header": (_of(_comment("C1")), "a comment in C1 (Sheet patient)"),
    "threaded comment": (with_part("xl/threadedComments/threadedComment1.xml", CANARY.encode()), "threaded comments"),
    "document property": (_of(_property("subject")), "a document property (subject)"),
    "custom property": (_of(_custom("Remark")), "custom document properties"),
    "defined name": (_of(_name(f'"{CANARY}"')), "a defined name that holds text"),
    "picture": (with_part("xl/media/image1.png", CANARY.encode()), "pictures"),
    "external link": (with_part("xl/externalLinks/externalLink1.xml", CANARY.encode()), "links to other workbooks"),
    "hyperlink": (_of(_link), "a link to a web page"),
    "embedded object": (with_part("xl/embeddings/oleObject1.bin", CANARY.encode()), "embedded objects"),
    "footer": (_of(_footer(f"{CANARY} &P")), "a page header or footer"),
    "text box": (_text_box(), "a text box"),
    "pivot table": (with_part("xl/pivotCache/pivotCacheRecords1.xml", CANARY.encode()), "a pivot table"),
    "custom XML": (with_part("customXml/item1.xml", f"<x>{CANARY}</x>".encode()), "custom XML"),
    "change history": (with_part("xl/revisions/revisionLog1.xml", CANARY.encode()), "a history of changes"),
}  # fmt: skip
MENTIONED: dict[str, tuple[Make, str]] = {
    "author": (_of(_property("creator")), "file.author"),
    "last author": (_of(_property("lastModifiedBy")), "file.author"),
    "range name": (_of(_name("patient!$A$1:$B$2")), "file.defined_name"),
    "preview": (with_part("docProps/thumbnail.jpeg", CANARY.encode()), "file.preview"),
    "label of a document system": (_of(_custom("MSIP_Label_1_Name")), "file.label"),
}  # fmt: skip


@pytest.mark.requirement("DEID-10")
@pytest.mark.parametrize("place", REFUSED)
def test_what_may_name_a_patient_is_refused_with_its_place(tmp_path: Path, place: str) -> None:
    make, words = REFUSED[place]
    with pytest.raises(UnreadableFileError) as caught:
        reader.read(make(tmp_path))
    assert words in caught.value.message
    assert caught.value.rule == "file.carries"
    assert CANARY not in f"{caught.value.message} {caught.value.fix}"


@pytest.mark.requirement("DEID-10")
@pytest.mark.parametrize("place", MENTIONED)
def test_what_programs_write_by_themselves_is_mentioned(tmp_path: Path, place: str) -> None:
    make, rule = MENTIONED[place]
    raw = reader.read(make(tmp_path))
    assert rule in [n.rule for n in raw.notices]
    assert {n.severity for n in raw.notices} == {"inform"}
    assert CANARY not in str(raw)


def test_everything_is_named_at_once(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for one in (_hidden("hidden"), _comment("C2"), _property("title"), _name(f'"{CANARY}"'),
                    _custom("Remark"), _footer(CANARY), _link):  # fmt: skip
            one(book)

    def add(parts: dict[str, bytes]) -> None:
        parts |= {"xl/media/image1.png": b"x", "xl/embeddings/o.bin": b"x"}

    with pytest.raises(UnreadableFileError) as caught:
        reader.read(changed(_of(edit), add)(tmp_path))
    assert caught.value.message.count(";") == 8  # nine places


@pytest.mark.parametrize(
    "text", ["&P", "Page &P of &N", "&C&A", '&L&"Arial,Bold"&12Seite &P von &N']
)
def test_page_numbers_are_no_text(tmp_path: Path, text: str) -> None:
    assert reader.read(_of(_footer(text))(tmp_path)).sheets


def test_the_comments_of_the_registry_are_fine(tmp_path: Path) -> None:
    """The template's, and those of a workbook that came back, whoever is said to have written them."""
    write_template(tmp_path / "template.xlsx")
    assert reader.read(tmp_path / "template.xlsx").notices == ()
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    for cell in book["patient"][1]:
        cell.comment = Comment(cell.comment.text, " ")
    book["patient"]["C2"].comment = Comment(sealed("MUST BE FIXED"), "Dr Who")
    book.save(tmp_path / "saved.xlsx")
    assert reader.read(tmp_path / "saved.xlsx").sheets


def test_a_comment_of_the_registry_that_somebody_wrote_into_is_refused(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["patient"]["C2"].comment = Comment(sealed("MUST BE FIXED") + CANARY, "registry")

    with pytest.raises(UnreadableFileError) as caught:
        reader.read(_of(edit)(tmp_path))
    assert "a comment in C2" in caught.value.message


@pytest.mark.requirement("DEID-10", "ACC-15")
def test_the_canary_is_nowhere_afterwards(
    database: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for make, _ in [*REFUSED.values(), *MENTIONED.values()]:
        path = make(tmp_path)
        receipts = [check(path, "V1"), submit(path, "V1", actor="test")]
        assert all(CANARY not in r.model_dump_json() for r in receipts)
    assert CANARY not in caplog.text
    assert _files_with(CANARY.encode()) == []


def _files_with(word: bytes) -> list[Path]:
    return [f for f in home().rglob("*") if f.is_file() and word in f.read_bytes()]


def test_the_search_for_the_canary_finds_what_is_there() -> None:
    (home() / "planted").write_bytes(io.BytesIO(CANARY.encode()).read())
    assert _files_with(CANARY.encode()) == [home() / "planted"]
    (home() / "planted").unlink()
