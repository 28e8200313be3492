"""Files whose name says one thing and whose content another."""

from __future__ import annotations

import bz2
import gzip
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.intake.generators import GOOD_ROWS, Make, package, sheet_xml, write_package

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def holding(name: str, content: bytes | Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content() if callable(content) else content)
        return folder / name

    return make


def _xlsx(**more: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as container:
        for name, content in {**package(sheet_xml(GOOD_ROWS)), **more}.items():
            container.writestr(name, content)
    return file.getvalue()


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as container:
        for name in names:
            container.writestr(name, "x")
    return file.getvalue()


_HTML = b"<html><body><table><tr><td>case_id</td></tr></table></body></html>"
_XML_2003 = b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>"
_CSV = b"case_id,sex\nP001,female\n"

# what it is, how it is made, words of the answer
DISGUISES: dict[str, tuple[Make, str]] = {
    "workbook named .csv": (holding("patient.csv", _xlsx), "an excel workbook"),
    "workbook named .json": (holding("cases.json", _xlsx), "an excel workbook"),
    "workbook named .xls": (holding("cases.xls", _xlsx), "ends in .xlsx"),
    "old Excel": (holding("cases.xls", _OLE + "Workbook".encode("utf-16-le")), ".xls"),
    "old Excel named .xlsx": (holding("cases.xlsx", _OLE + "Book".encode("utf-16-le")), ".xls"),
    "password": (holding("cases.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le")), "password"),
    "macros": (holding("cases.xlsm", lambda: _xlsx(**{"xl/vbaProject.bin": b"x"})), "macros"),
    "binary workbook": (holding("cases.xlsb", _zip("xl/workbook.bin")), ".xlsb"),
    "OpenDocument": (holding("cases.ods", _zip("mimetype", "content.xml")), ".ods"),
    "OpenDocument named .xlsx": (holding("cases.xlsx", _zip("content.xml")), ".ods"),
    "Numbers": (holding("cases.numbers", _zip("Index/Document.iwa")), "numbers"),
    "Word": (holding("cases.docx", _zip("word/document.xml", "[Content_Types].xml")), "word"),
    "zip": (holding("cases.zip", _zip("patient.csv")), "unpack"),
    "zip named .csv": (holding("patient.csv", _zip("patient.csv")), "unpack"),
    "gz": (holding("patient.csv.gz", gzip.compress(_CSV)), "unpack"),
    "gz named .csv": (holding("patient.csv", gzip.compress(_CSV)), "unpack"),
    "bz2": (holding("patient.csv", bz2.compress(_CSV)), "unpack"),
    "page named .xls": (holding("cases.xls", _HTML), "web page"),
    "page named .xlsx": (holding("cases.xlsx", b"\xef\xbb\xbf\r\n" + _HTML), "web page"),
    "page named .csv": (holding("patient.csv", _HTML), "web page"),
    "Excel 2003": (holding("cases.xml", _XML_2003), "2003"),
    "PDF named .xlsx": (holding("cases.xlsx", b"%PDF-1.7\n"), "pdf"),
    "PDF with a workbook behind": (
        holding("cases.xlsx", lambda: b"%PDF-1.7\n" + _xlsx()), "pdf"),
    "CSV named .xlsx": (holding("cases.xlsx", _CSV), "not an excel workbook"),
    "CSV without ending": (holding("patient", _CSV), "neither"),
    "JSON named .csv": (holding("patient.csv", b'{"patient": []}'), ".json"),
    "picture": (holding("cases.xlsx", b"\x89PNG\r\n"), "picture"),
    "SPSS": (holding("cases.sav", b"$FL2@(#) SPSS"), "spss"),
}  # fmt: skip


def saved_by_libreoffice(source: Path, folder: Path, kind: str) -> Path | None:
    """The same workbook opened and saved by LibreOffice; None where it is not installed."""
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
               "--convert-to", kind, "--outdir", str(folder / "saved"), str(source)]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (FileNotFoundError, subprocess.SubprocessError):
        return None
    return next((folder / "saved").glob(f"*.{kind.split(':')[0]}"), None)


__all__ = ["DISGUISES", "holding", "saved_by_libreoffice", "write_package"]
