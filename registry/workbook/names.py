"""The sheets the registry itself puts into a workbook beside the forms."""

from __future__ import annotations

ABOUT_SHEET = "About"
CODES_SHEET = "codes"
FINDINGS_SHEET = "Findings"
QUERIES_SHEET = "Queries"
MISSING_SHEET = "Missing"

OWN_SHEETS = (ABOUT_SHEET, FINDINGS_SHEET, QUERIES_SHEET, MISSING_SHEET, CODES_SHEET)
"""None of them holds rows of a form; only Queries is read back, for its answers."""

COMMENT_AUTHOR = "registry"
"""Who signs the comments the registry writes; comments of anybody else are the center's."""


def is_own(sheet: str) -> bool:
    return sheet.strip().casefold() in {name.casefold() for name in OWN_SHEETS}
