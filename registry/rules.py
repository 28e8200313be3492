"""The rules a file is checked by: those that follow from the forms, and the edit checks.

An edit check is data in `expectations/edit_checks/<form>.yaml`: SQL that is true for a row in
order, null where it cannot be judged. It may ask other forms of the same case and the derived
facts of the warehouse, which are computed by the warehouse's own models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from registry.findings import Severity
from registry.forms import FORMS, Column

EXPECTATIONS = Path(__file__).resolve().parent.parent / "expectations"

Kind = Literal["in set", "between", "matches", "true"]
Kahn = Literal["conformance", "completeness", "plausibility"]


@dataclass(frozen=True)
class Rule:
    """One rule on one column of one form. `sql` is the predicate of kind "true"."""

    id: str
    form: str
    column: str
    kind: Kind
    severity: Severity
    category: Kahn
    message: str
    fix: str
    argument: tuple[Any, ...] = ()
    sql: str = ""


class EditCheck(BaseModel):
    """An edit check as written in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    column: str
    severity: Severity
    kahn: Kahn
    message: str
    fix: str
    ok: str


class RuleFaultsError(Exception):
    """Every fault found in the edit checks, with file and place."""


@cache
def rules(form: str) -> tuple[Rule, ...]:
    """All rules of a form: derived ones first, then its edit checks."""
    return (*derived(form), *edit_checks().get(form, ()))


@cache
def derived(form: str) -> tuple[Rule, ...]:
    """The rules that follow from the items of a form."""
    columns = FORMS[form].columns().values()
    return tuple(rule for column in columns for rule in _derived(form, column))


def _derived(form: str, column: Column) -> Iterator[Rule]:
    item, name = column.item, column.name
    unit = f" {item.unit}" if item.unit else ""
    if item.codes is not None:
        codes = tuple(code.value for code in item.codes)
        yield Rule(f"{form}.{name}.codes", form, name, "in set", "reject", "conformance",
                   f"{name} is not one of its codes.", f"Write one of: {', '.join(codes)}.", codes)  # fmt: skip
    if item.pattern is not None:
        yield Rule(f"{form}.{name}.pattern", form, name, "matches", "reject", "conformance",
                   f"{name} is not written as expected.", f"Write {item.pattern_words}.",
                   (rf"^(?:{item.pattern})\Z",))  # fmt: skip
    if item.low is not None and item.high is not None:
        yield Rule(f"{form}.{name}.range", form, name, "between", "reject", "conformance",
                   f"{name} is outside what is possible.",
                   f"Write a value from {item.low:g} to {item.high:g}{unit}.",
                   (item.low, item.high))  # fmt: skip
    if item.plausible is not None:
        low, high = item.plausible
        yield Rule(f"{form}.{name}.plausible", form, name, "between", "query", "plausibility",
                   f"{name} is unusual (usually {low:g} to {high:g}{unit}).",
                   "Check the value and its unit; leave it if it is right.", (low, high))  # fmt: skip
    if item.refers_to is not None:
        yield _reference(form, name, item.refers_to)
    if item.tier == "core" and not item.key:
        present = f"this.{name} is not null or position('\"{name}\"' in this.missing) > 0"
        yield Rule(f"{form}.{name}.core", form, name, "true", "query", "completeness",
                   f"{name} is empty ({item.label}).",
                   "Fill it in, or write not done, unknown, not applicable or withheld.",
                   sql=present)  # fmt: skip


def _reference(form: str, name: str, target: str) -> Rule:
    key = FORMS[target].key()[-1]
    there = f"exists (select 1 from stg_{target} r where {{r}} and r.{key} = this.{name})"
    return Rule(
        f"{form}.{name}.reference", form, name, "true", "reject", "conformance",
        f"{name} names a {target} that is not on the {target} sheet of this case.",
        f"Correct {name}, or add the row to the {target} sheet.",
        sql=same_case(f"this.{name} is null or {there}"),
    )  # fmt: skip


def same_case(sql: str) -> str:
    """Write out `{x}`: x belongs to the same center and case as this row."""
    return re.sub(r"\{(\w+)\}", r"\1.center_id = this.center_id and \1.case_id = this.case_id", sql)


@cache
def edit_checks(folder: Path = EXPECTATIONS / "edit_checks") -> Mapping[str, tuple[Rule, ...]]:
    """The hand-written checks by form. Raises RuleFaultsError with every fault at once."""
    found: dict[str, tuple[Rule, ...]] = {}
    faults: list[str] = []
    for file in sorted(folder.glob("*.yaml")):
        entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
        found[file.stem] = tuple(_read(file, entries, faults))
    ids = [rule.id for rules_ in found.values() for rule in rules_]
    faults += [f"{id_}: used twice" for id_ in sorted({i for i in ids if ids.count(i) > 1})]
    if faults:
        raise RuleFaultsError("\n".join(faults))
    return found


def _read(file: Path, entries: list[Any], faults: list[str]) -> Iterator[Rule]:
    form = file.stem
    if form not in FORMS:
        faults.append(f"{file.name}: there is no form {form}")
        return
    for number, entry in enumerate(entries, start=1):
        try:
            check = EditCheck.model_validate(entry)
        except ValidationError as error:
            faults += [
                f"{file.name}, entry {number}: {e['loc']}: {e['msg']}" for e in error.errors()
            ]
            continue
        if check.column not in FORMS[form].columns():
            faults.append(f"{file.name}, {check.id}: there is no column {check.column}")
            continue
        yield Rule(check.id, form, check.column, "true", check.severity, check.kahn,
                   check.message, check.fix, sql=same_case(check.ok))  # fmt: skip
