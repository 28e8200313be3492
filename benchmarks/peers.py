"""The form checks alone, by two well-kept libraries, from the same forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from registry.forms import FORMS, Column, MissingCode

MISSING = ["", *(code.value for code in MissingCode)]
_FRICTIONLESS = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
_PANDAS = {"text": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


def form_files(folder: Path) -> list[Path]:
    """The CSVs of a folder that are forms; its about.csv is none."""
    return [file for file in sorted(folder.glob("*.csv")) if file.stem in FORMS]


def frictionless_errors(folder: Path) -> int:
    """Frictionless reads and checks every file of a folder; the number of errors."""
    import frictionless

    found = 0
    for file in form_files(folder):
        schema = frictionless.Schema.from_descriptor(
            {"fields": [_field(c) for c in FORMS[file.stem].columns().values()],
             "missingValues": MISSING}
        )  # fmt: skip
        resource = frictionless.Resource(
            path=file.name, basepath=str(folder), schema=schema,
            control=frictionless.formats.CsvControl(),
        )  # fmt: skip
        report = resource.validate()
        found += sum(task.stats["errors"] for task in report.tasks)
    return found


def _field(column: Column) -> dict[str, Any]:
    item = column.item
    field: dict[str, Any] = {"name": column.name, "type": _FRICTIONLESS[column.type]}
    if column.type == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    limits: dict[str, Any] = {"required": True} if item.key else {}
    if item.codes is not None:
        limits["enum"] = [code.value for code in item.codes]
    if item.pattern is not None:
        limits["pattern"] = item.pattern
    if item.low is not None and item.high is not None:
        whole = column.type == "integer"
        limits |= {"minimum": int(item.low) if whole else item.low,
                   "maximum": int(item.high) if whole else item.high}  # fmt: skip
    return {**field, "constraints": limits} if limits else field


def pandera_errors(folder: Path) -> int:
    """pandas reads every file of a folder and pandera checks it; the number of failing values."""
    import pandas as pd
    import pandera.pandas as pa

    found = 0
    for file in form_files(folder):
        columns = FORMS[file.stem].columns()
        frame = pd.read_csv(file, dtype=str, na_values=MISSING, keep_default_na=False)
        for name, column in columns.items():
            if column.type == "boolean":
                frame[name] = frame[name].map({"yes": True, "no": False})
        schema = pa.DataFrameSchema({n: _column(pa, c) for n, c in columns.items()}, coerce=True)
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            found += len(error.failure_cases)
    return found


def _column(pa: Any, column: Column) -> Any:
    item, checks = column.item, []
    if item.codes is not None:
        checks.append(pa.Check.isin([code.value for code in item.codes]))
    if item.pattern is not None:
        checks.append(pa.Check.str_matches(rf"^(?:{item.pattern})\Z"))
    if item.low is not None and item.high is not None:
        checks.append(pa.Check.in_range(item.low, item.high))
    return pa.Column(_PANDAS[column.type], checks, nullable=not item.key)
