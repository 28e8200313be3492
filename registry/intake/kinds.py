"""What a file is, told by its first bytes and its name together.

A name alone proves nothing, and a spreadsheet program saves in many ways that look alike to the person
who saved. Only a workbook (.xlsx), CSV and JSON are read; everything else is named as what it is.
"""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from registry.intake.raw import UnreadableFileError

Kind = Literal["workbook", "csv", "json"]
_ENDINGS: dict[str, Kind] = {"xlsx": "workbook", "csv": "csv", "json": "json"}
_ACCEPTED = "Upload a workbook made from the template (.xlsx), CSV files or a JSON file."
_SAVE_AS = "Open it and save it as Excel workbook (.xlsx)."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# first bytes, what they are, what to do
_STARTS = (
    (b"\x1f\x8b", "a compressed file (.gz)", "Unpack it and upload what is inside."),
    (b"BZh", "a compressed file (.bz2)", "Unpack it and upload what is inside."),
    (b"\xfd7zXZ", "a compressed file (.xz)", "Unpack it and upload what is inside."),
    (b"7z\xbc\xaf", "an archive (.7z)", "Unpack it and upload what is inside."),
    (b"Rar!", "an archive (.rar)", "Unpack it and upload what is inside."),
    (b"%PDF", "a PDF document", _ACCEPTED),
    (b"{\\rtf", "a text document (RTF)", _ACCEPTED),
    (b"\x89PNG", "a picture", _ACCEPTED),
    (b"\xff\xd8\xff", "a picture", _ACCEPTED),
    (b"GIF8", "a picture", _ACCEPTED),
    (b"PAR1", "a Parquet file", _ACCEPTED),
    (b"SQLite format 3", "a database file", _ACCEPTED),
    (b"$FL", "an SPSS file", "Save it from SPSS as CSV, one file for each form."),
    (b"<stata_dta>", "a Stata file", "Export it from Stata as CSV, one file for each form."),
)
# a part that tells what a zip container is, what it is, what to do
_CONTAINERS = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", _SAVE_AS),
    ("content.xml", "an OpenDocument file (.ods)", _SAVE_AS),
    ("word/document.xml", "a Word document", _ACCEPTED),
    ("ppt/presentation.xml", "a presentation", _ACCEPTED),
    ("Index/Document.iwa", "a Numbers document", "Export it from Numbers as Excel workbook (.xlsx)."),
)  # fmt: skip


def kind_of(name: str, data: bytes) -> Kind:
    """What the file is. Raises UnreadableFileError where it is nothing that can be read, or where
    the name says otherwise."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise UnreadableFileError("The file is empty.", "Fill a template and upload that.")
    kind = _by_content(data)
    named = _ENDINGS.get(name.lower().rpartition(".")[2])
    if kind == "text":
        return _text(named, data)
    if named != kind:
        raise _wrong("an Excel workbook", "Give it a name that ends in .xlsx.")
    return kind


def _by_content(data: bytes) -> Literal["workbook", "text"]:
    if data.startswith(_OLE):
        raise _ole(data)
    if data.startswith(b"PK"):
        return _container(data)
    for start, what, fix in _STARTS:
        if data.startswith(start):
            raise _wrong(what, fix)
    head = data[:4096].lstrip(b" \t\r\n\xef\xbb\xbf").lower()
    if head.startswith(b"<"):
        raise _markup(head)
    return "text"


def _text(named: Kind | None, data: bytes) -> Kind:
    looks_json = data.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] in (b"{", b"[")
    if named == "workbook":
        raise UnreadableFileError(
            "The file is not an Excel workbook (.xlsx), whatever its name says.",
            "If it is a CSV or a JSON file, name it so; else save it as Excel workbook (.xlsx).",
            "file.kind",
        )
    if named == "csv" and looks_json:
        raise _wrong("a JSON file", "Give it a name that ends in .json.")
    if named is None:
        raise UnreadableFileError(
            "The file is neither .xlsx nor .csv nor .json.", _ACCEPTED, "file.kind"
        )
    return named


def _ole(data: bytes) -> UnreadableFileError:
    """Old Excel files and encrypted new ones share a container; its directory tells them apart."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableFileError(
            "The file is password-protected (encrypted).",
            "Remove the password in Excel and save it again.", "file.kind",
        )  # fmt: skip
    if any(word.encode("utf-16-le") in data for word in ("Workbook", "Book")):
        return _wrong("a workbook in the old Excel format (.xls)", _SAVE_AS)
    return UnreadableFileError(
        "The file is password-protected or in an old Office format.",
        "Remove the password and save it as Excel workbook (.xlsx).", "file.kind",
    )  # fmt: skip


def _container(data: bytes) -> Literal["workbook"]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            names = set(container.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged() from error
    for part, what, fix in _CONTAINERS:
        if part in names:
            raise _wrong(what, fix)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _wrong(
            "a workbook with macros (.xlsm)", "Save it as Excel workbook (.xlsx), without macros."
        )
    if "[Content_Types].xml" not in names:
        raise _wrong("a zip archive", "Unpack it and upload the workbook or the CSV files inside.")
    return "workbook"


def _markup(head: bytes) -> UnreadableFileError:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return _wrong("an Excel 2003 XML file", _SAVE_AS)
    if any(word in head for word in (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")):
        return _wrong("a web page (HTML), whatever its name says", _SAVE_AS)
    return _wrong("an XML file", _ACCEPTED)


def _wrong(what: str, fix: str) -> UnreadableFileError:
    return UnreadableFileError(f"The file is {what}.", fix, "file.kind")


def damaged() -> UnreadableFileError:
    """The workbook cannot be unpacked or understood."""
    return UnreadableFileError(
        "The workbook is damaged or not a plain Excel workbook.",
        "Open it in Excel, save it again as .xlsx, and upload that.",
        "file.damaged",
    )
