"""The tables of the analyst's file as they are documented in dbt/models/marts, with the values that facts and forms take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import yaml

from registry.consensus import load
from registry.consensus.facts import Subject
from registry.consensus.inspection import values_of
from registry.forms import FORMS
from registry.warehouse.runner import PROJECT

Kind = Literal["boolean", "number", "text"]

_FOLDER = PROJECT / "models" / "marts"
DOCUMENTED = tuple(_FOLDER / f"_{name}.yml" for name in ("dimensions", "facts", "marts"))
# the tables that hold what is known of one subject of the consensus
_SUBJECTS: Mapping[str, Subject] = {
    "dim_patient": "patient", "dim_donor": "donor", "dim_collection": "collection",
    "dim_course": "course", "fct_infusion": "infusion",
}  # fmt: skip
_KINDS: Mapping[str, Kind] = {
    "boolean": "boolean", "bigint": "number", "integer": "number", "double": "number",
    "varchar": "text",
}  # fmt: skip


@dataclass(frozen=True)
class MartColumn:
    """A column; `values` are all that a text may be, empty where that is not laid down."""

    name: str
    kind: Kind
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Mart:
    """A table of the analyst's file; `columns` in their order."""

    name: str
    description: str
    columns: Mapping[str, MartColumn]

    @property
    def is_of_cases(self) -> bool:
        """Whether each row belongs to one case."""
        return {"center_id", "case_id"} <= self.columns.keys()


@cache
def marts() -> Mapping[str, Mart]:
    """Every table of the analyst's file, in the order of the documentation."""
    return {
        model["name"]: _mart(model)
        for file in DOCUMENTED
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    }


def _mart(model: Mapping[str, Any]) -> Mart:
    name = str(model["name"])
    columns = {
        str(column["name"]): MartColumn(
            str(column["name"]), _KINDS[column["data_type"]], _line(column["description"]),
            _values(_SUBJECTS.get(name), column),
        )
        for column in model["columns"]
    }  # fmt: skip
    return Mart(name, _line(model["description"]), columns)


def _values(subject: Subject | None, column: Mapping[str, Any]) -> tuple[str, ...]:
    """From the test of the column, else the fact of that name, else the item of the subject's own form."""
    if _KINDS[column["data_type"]] != "text":
        return ()
    for test in column.get("data_tests", []):
        if isinstance(test, dict) and "one_of" in test:
            return tuple(test["one_of"]["arguments"]["values"])
    if subject is None:
        return ()
    fact = load().facts[subject].of_column(column["name"])
    if fact is not None:
        return values_of(fact)
    item = FORMS[subject].columns().get(column["name"])
    return tuple(code.value for code in (item.item.codes or ())) if item else ()


def _line(text: str) -> str:
    return " ".join(text.split())
