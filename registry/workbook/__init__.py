"""Writes form workbooks, CSV folders and JSON: the empty template and filled ones."""

from __future__ import annotations

from registry.workbook.cells import Row, Rows, Stamp
from registry.workbook.folder import write_csv_folder
from registry.workbook.json_file import json_schema, write_json
from registry.workbook.names import COMMENT_AUTHOR, OWN_SHEETS, is_own
from registry.workbook.safe import plain_text, safe_text
from registry.workbook.seal import is_sealed
from registry.workbook.sheets import write_workbook
from registry.workbook.template import write_template

__all__ = [
    "COMMENT_AUTHOR",
    "OWN_SHEETS",
    "Row",
    "Rows",
    "Stamp",
    "is_own",
    "is_sealed",
    "json_schema",
    "plain_text",
    "safe_text",
    "write_csv_folder",
    "write_json",
    "write_template",
    "write_workbook",
]
