"""Writes the dbt staging layer from the forms: `python -m registry.warehouse.staging`.

One source table and one model a form. Nothing is renamed and nothing is judged here; the layer is
the seam where the forms end and SQL begins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from registry.forms import FORMS, CenterForm, Column

DBT = Path(__file__).resolve().parents[2] / "dbt"
FOLDER = DBT / "models" / "staging"
COMMAND = "python -m registry.warehouse.staging"
NOTICE = f"Generated from registry.forms; rebuild with: {COMMAND}"
_EXTRA: Mapping[str, str] = {
    "missing": "Why values are absent: JSON text, column name to missing code.",
    "submission_id": "The submission that brought this version of the row.",
}


def rendered() -> dict[str, str]:
    """File name in `dbt/models/staging` -> content."""
    files = {f"stg_{name}.sql": _model(name, form) for name, form in FORMS.items()}
    files["_sources.yml"] = _sources()
    files["_staging.yml"] = _models()
    return files


def write(folder: Path = FOLDER) -> None:
    """Replaces the whole layer, so that the model of a form that is gone goes too."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.sql"), *folder.glob("*.yml")):
        old.unlink()
    for name, content in rendered().items():
        (folder / name).write_text(content, encoding="utf-8")


def _model(name: str, form: type[CenterForm]) -> str:
    # one select and no CTE: each costs an upload, which has hardly a row, more than its rows do
    columns = ",\n".join(f"    {column}" for column in [*form.columns(), *_EXTRA])
    return f"-- {NOTICE}\n\nselect\n{columns}\nfrom {{{{ source('raw', '{name}') }}}}\n"


def _sources() -> str:
    lines = [
        f"# {NOTICE}", "", "sources:", "  - name: raw", "    database: steward", "    schema: raw",
        "    description: Rows of one release or of one upload, as the forms describe them.",
        "    tables:",
    ]  # fmt: skip
    for name, form in FORMS.items():
        lines += [f"      - name: {name}", f"        description: {_quoted(_words(form))}"]
    return "\n".join(lines) + "\n"


def _models() -> str:
    lines = [f"# {NOTICE}", "", "models:"]
    for name, form in FORMS.items():
        lines += [
            f"  - name: stg_{name}",
            f"    description: {_quoted(_words(form))}",
            "    columns:",
        ]
        for column in form.columns().values():
            lines += _column(column.name, _meaning(column))
        for extra, meaning in _EXTRA.items():
            lines += _column(extra, meaning)
    return "\n".join(lines) + "\n"


def _column(name: str, meaning: str) -> list[str]:
    return [f"      - name: {name}", f"        description: {_quoted(meaning)}"]


def _meaning(column: Column) -> str:
    unit = f" [{column.item.unit}]" if column.item.unit else ""
    return f"{column.item.label}{unit}. {column.item.why}"


def _words(form: type[CenterForm]) -> str:
    """Title and docstring, the grain last: descriptions of models end "One row per ..."."""
    said = " ".join((form.__doc__ or "").split())
    grain = re.search(r"One row per [^.]*\.", said)
    if grain is None:
        raise ValueError(f"{form.__name__}: the docstring does not say 'One row per ...'")
    rest = said.replace(grain.group(), "").strip()
    return " ".join(part for part in (f"{form.title}.", rest, grain.group()) if part)


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    write()
