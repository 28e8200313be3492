"""Small hospital files for the tests, in memory and on disk."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl

from registry.deidentify.convert import Prepared, prepare
from registry.deidentify.keyfile import SiteKey, fresh_key
from registry.deidentify.source import Source, SourceSheet

EXAMPLE = Path(__file__).parents[2] / "examples" / "messy_hospital" / "make_hospital_file.py"
Sheets = Mapping[str, Sequence[Mapping[str, Any]]]


def example() -> ModuleType:
    """The generator that docs/deidentify.md walks through."""
    import sys

    if "make_hospital_file" not in sys.modules:
        spec = importlib.util.spec_from_file_location("make_hospital_file", EXAMPLE)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["make_hospital_file"] = module
        spec.loader.exec_module(module)
    return sys.modules["make_hospital_file"]


def header_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def source(sheets: Sheets) -> Source:
    """As if read from a workbook: row 1 is the header."""
    return Source("hospital.xlsx", tuple(_sheet(name, rows) for name, rows in sheets.items()))


def _sheet(name: str, rows: Sequence[Mapping[str, Any]]) -> SourceSheet:
    header = header_of(rows)
    cells = [tuple("" if row.get(h) is None else row[h] for h in header) for row in rows]
    return SourceSheet(name, tuple(header), tuple(enumerate(cells, start=2)))


def run(sheets: Sheets, key: SiteKey | None = None, **options: Any) -> Prepared:
    """De-identify in memory, by default for the center C01."""
    return prepare(source(sheets), key or fresh_key("keyed"), **{"center_id": "C01", **options})


def reasons(prepared: Prepared) -> list[tuple[str | None, str | None, str]]:
    """Sheet, cell and rule of everything refused."""
    return [(f.form, f.cell, f.rule) for f in prepared.preview.refused]


def workbook(path: Path, sheets: Sheets) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(header_of(rows))
        for row in rows:
            sheet.append([row.get(h) for h in header_of(rows)])
    book.save(path)
    return book
