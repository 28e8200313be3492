"""What the registry holds of a center, as a file the center can correct and send again."""

from __future__ import annotations

from pathlib import Path

from registry.workbook import Rows, Stamp, write_csv_folder, write_json, write_workbook


def export_cases(target: Path, rows_by_form: Rows, *, stamp: int | None) -> None:
    """Writes the rows as a workbook (.xlsx), as JSON (.json) or else as a folder of CSVs.

    Rows are answers by column, a missing answer as its word. `stamp` is the last submission the rows
    reflect: the file sent back is then known to be based on it. Raises ValueError for a form or column
    that does not exist.
    """
    known, ending = Stamp(based_on=stamp), target.suffix.lower()
    if ending == ".xlsx":
        write_workbook(target, rows_by_form, stamp=known)
    elif ending == ".json":
        write_json(target, rows_by_form, stamp=known)
    else:
        write_csv_folder(target, rows_by_form, stamp=known)
