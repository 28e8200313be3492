"""A workbook as a coordinator may have made it: formulas, own styles, rules, lists, notes, widths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.utils
import xlsxwriter
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, NamedStyle, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from registry.findings import Finding
from registry.queries.model import OpenQuery
from registry.roundtrip.marks import MARKER
from registry.roundtrip.model import MissingItem

HEADER = ["case_id", "sex", "weight_kg", "height_cm", "age_at_diagnosis_years", "diagnosis_year"]


def own_workbook(path: Path) -> Path:
    """Two forms, another order of columns, formulas with results, and everything around them."""
    with xlsxwriter.Workbook(str(path)) as book:
        patient, course = book.add_worksheet("Patient "), book.add_worksheet("course")
        red = book.add_format({"bg_color": "#FF0000", "bold": True, "border": 2})
        money = book.add_format({"num_format": "0.000", "italic": True})
        for index, name in enumerate(HEADER):
            patient.write_string(0, index, name, red)
        for row in range(1, 41):
            patient.write_string(row, 0, f"P{row:03d}")
            patient.write_string(row, 1, "female", red if row % 2 else None)
            patient.write_formula(row, 2, f"=60+ROW()-{row}", money, 61 + 0.5 * (row % 2))
            patient.write_number(row, 3, 170 + row)
            patient.write_number(row, 4, 60)
            patient.write_number(row, 5, 2024)
        patient.write_comment(
            0, 0, "the key of our list", {"author": "registry", "width": 300, "height": 90}
        )
        patient.conditional_format(
            "C2:C41", {"type": "cell", "criteria": ">", "value": 60, "format": red}
        )
        patient.conditional_format("D2:D41", {"type": "3_color_scale"})
        patient.conditional_format("E2:E41", {"type": "data_bar", "data_bar_2010": True})
        patient.data_validation("B2:B41", {
            "validate": "list", "source": ["female", "male"],
            "input_title": "Sex", "input_message": "as at birth\nnot otherwise",
        })  # fmt: skip
        patient.freeze_panes(1, 1)
        patient.autofilter(0, 0, 40, 5)
        patient.set_column(0, 0, 31.5)
        patient.set_column(3, 3, 9, money, {"hidden": True})
        patient.set_row(5, 44)
        patient.set_header("&CPage &P")
        for index, name in enumerate(("case_id", "course_no", "start_day")):
            course.write_string(0, index, name)
        course.write_row(1, 0, ["P001", 1, 3])
        course.write_row(2, 0, ["P002", 1, 5])
        book.define_name("course!first", "=course!$A$2")
        book.get_worksheet_by_name("course").activate()
    return path


def styled_by_openpyxl(path: Path) -> Path:
    """The same with a named style, by another writer."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "patient"
    book.add_named_style(
        NamedStyle(
            "ward", font=Font(name="Arial", size=15), fill=PatternFill("lightGrid", "FF00FF00")
        )
    )
    sheet.append(HEADER)
    sheet.append(["P001", "female", 61, 170, 60, 2024])
    for cell in sheet[2]:
        cell.style = "ward"
    sheet.conditional_formatting.add(
        "C2:C9",
        CellIsRule(operator="lessThan", formula=["9"], fill=PatternFill(bgColor="FF123456")),
    )
    rule = DataValidation(type="whole", operator="between", formula1="0", formula2="120")
    rule.add("E2:E9")
    sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    book.save(path)
    return path


def snapshot(path: Path, forms: tuple[str, ...]) -> dict[str, Any]:
    """All that belongs to the center, per cell and per sheet; the registry's marks left out."""
    with_formulas, results = (
        openpyxl.load_workbook(path),
        openpyxl.load_workbook(path, data_only=True),
    )
    return {name: _sheet(with_formulas[name], results[name]) for name in forms}


def _sheet(sheet: Any, results: Any) -> dict[str, Any]:
    return {
        "cells": {
            c.coordinate: (
                c.value, results[c.coordinate].value, c.data_type, c.number_format, c.style,
                repr(c.font), repr(c.fill), repr(c.border), repr(c.alignment),
            )
            for row in sheet.iter_rows() for c in row
            if c.value is not None or c.has_style  # a comment alone makes openpyxl show a cell
        },
        "comments": {
            c.coordinate: (c.comment.author, c.comment.text)
            for row in sheet.iter_rows(max_row=1) for c in row if c.comment
        },
        "widths": {k: (d.width, d.hidden) for k, d in sheet.column_dimensions.items()},
        "heights": {k: d.height for k, d in sheet.row_dimensions.items()},
        "lists": sorted(
            (str(v.sqref), v.type, v.formula1, v.formula2, v.prompt)
            for v in sheet.data_validations.dataValidation
        ),
        "rules": own_rules(sheet),
        "frozen": sheet.freeze_panes, "filter": sheet.auto_filter.ref,
        "header": sheet.oddHeader.center.text, "names": sorted(sheet.defined_names),
    }  # fmt: skip


def own_rules(sheet: Any) -> list[tuple[str, str, list[str], str]]:
    """The center's conditional formats in the order in which they apply."""
    rules = [
        (rule.priority, (str(area.sqref), rule.type, list(rule.formula), repr(rule.dxf)))
        for area in sheet.conditional_formatting for rule in area.rules
        if list(rule.formula) != [MARKER]
    ]  # fmt: skip
    return [rule for _, rule in sorted(rules, key=lambda r: r[0])]


def marked(sheet: Any) -> set[str]:
    """Every cell under one of our marks."""
    return {
        f"{openpyxl.utils.get_column_letter(c)}{r}"
        for area in sheet.conditional_formatting for rule in area.rules
        if list(rule.formula) == [MARKER]
        for block in area.sqref.ranges for r, c in block.cells
    }  # fmt: skip


def finding(severity: str, form: str | None, cell: str | None, **more: Any) -> Finding:
    row = int("".join(ch for ch in cell if ch.isdigit())) if cell else None
    return Finding(
        **{
            "rule": "cell.range", "category": "conformance", "form": form, "row": row, "cell": cell,
            "message": "The weight is outside what is possible.", "fix": "Write it in kilograms.",
            **more,
        },
        severity=severity,  # type: ignore[arg-type]
    )  # fmt: skip


def query(number: int, **more: Any) -> OpenQuery:
    return OpenQuery(
        **{
            "query_id": number, "case_id": "P001", "form": "patient", "record": "",
            "column": "height_cm", "rule": "person", "message": "Is the height measured?",
            "fix": "Please look it up.", "asked_on": "2026-03-01", "status": "open", **more,
        }
    )  # fmt: skip


def missing(**more: Any) -> MissingItem:
    return MissingItem(
        **{
            "case_id": "P002", "form": "patient", "record": "", "column": "sex", "label": "Sex",
            "why": "It is asked of everybody.", **more,
        }
    )  # fmt: skip
