"""The same rows as one JSON file, and the JSON Schema of such a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from registry.forms import FORM_VERSION, FORMS, CenterForm, Column, MissingCode
from registry.forms.upload import CLEAR_WORD, UPLOAD_COLUMNS
from registry.workbook.cells import Row, Rows, Stamp, prepare, require_known

COMMENT = (
    "One list a form, one object a row. Objects of the case EXAMPLE are never stored. A left out or "
    "null answer changes nothing; instead of a value write why it is missing ("
    + ", ".join(MissingCode)
    + f"), or {CLEAR_WORD} to take a stored answer away."
)


def write_json(path: Path, rows: Rows, *, stamp: Stamp | None = None) -> None:
    """Every form named in `rows` as a list of objects. Raises like `write_csv_folder`."""
    require_known(rows)
    stamp = stamp or Stamp()
    content = {
        "$comment": COMMENT,
        "form_version": stamp.form_version,
        "based_on": stamp.based_on,
        **{form: [_answers(row) for row in entries] for form, entries in rows.items()},
    }
    prepare(path)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _answers(row: Row) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a submission in JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Microtransplant registry, form version {FORM_VERSION}",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$comment": {"type": "string"},
            "form_version": {"type": "string"},
            "based_on": {"type": ["integer", "null"]},
            **{name: {"type": "array", "items": _form(form)} for name, form in FORMS.items()},
        },
    }


def _form(form: type[CenterForm]) -> dict[str, Any]:
    return {
        "title": form.title,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in form.key() if name != "center_id"],
        "properties": {
            **{name: _answer(column) for name, column in form.columns().items()},
            **{
                name: {"description": c.words, "enum": [*c.codes, None]}
                for name, c in UPLOAD_COLUMNS.items()
            },
        },
    }


def _answer(column: Column) -> dict[str, Any]:
    item = column.item
    described = {"title": item.label, "description": item.why}
    if item.key:
        return {**described, **_value(column)}
    words = {"enum": [*MissingCode, CLEAR_WORD, None]}
    return {**described, "anyOf": [_value(column), words]}


def _value(column: Column) -> dict[str, Any]:
    item = column.item
    if item.codes is not None:
        return {"enum": list(item.codes)}
    if column.type == "boolean":
        return {"type": "boolean"}
    if column.type == "text":
        return {"type": "string"} | ({"pattern": f"^({item.pattern})$"} if item.pattern else {})
    limits = {"minimum": item.low, "maximum": item.high}
    return {"type": column.type} | {k: v for k, v in limits.items() if v is not None}
