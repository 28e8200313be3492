"""The empty template in every shape, with one example row a form that is never stored."""

from __future__ import annotations

import json
from pathlib import Path

from registry.forms import FORMS, Column, MissingCode
from registry.forms.upload import EXAMPLE_CASE
from registry.workbook.about import README
from registry.workbook.folder import write_csv_folder
from registry.workbook.json_file import json_schema, write_json
from registry.workbook.sheets import write_workbook


def write_template(path: Path) -> list[Path]:
    """A workbook (.xlsx), a JSON file with its JSON Schema beside it (.json), or else a folder with
    one CSV a form. Returns what was written. The same version gives the same bytes."""
    rows = {form: [example_row(form)] for form in FORMS}
    if path.suffix.lower() == ".xlsx":
        write_workbook(path, rows)
        return [path]
    if path.suffix.lower() == ".json":
        write_json(path, rows)
        schema = path.with_suffix(".schema.json")
        schema.write_text(json.dumps(json_schema(), indent=1) + "\n", encoding="utf-8")
        return [path, schema]
    write_csv_folder(path, rows)
    (path / "README.txt").write_text(README, encoding="utf-8")
    return [path]


def example_row(form: str) -> dict[str, object]:
    """One made-up row; items without an example of their own are shown as missing or left out."""
    row = {name: _example(column) for name, column in FORMS[form].columns().items()}
    row["center_id" if form == "center" else "case_id"] = EXAMPLE_CASE
    return {name: value for name, value in row.items() if value is not None}


def _example(column: Column) -> object:
    item = column.item
    if item.example:
        return _typed(column, item.example)
    if item.codes is not None:
        return next(iter(item.codes)).value
    if column.type == "boolean":
        return True
    return MissingCode.NOT_APPLICABLE.value if item.tier == "core" else None


def _typed(column: Column, text: str) -> object:
    if column.type == "integer":
        return int(text)
    if column.type == "number":
        return float(text)
    return text == "yes" if column.type == "boolean" else text
