"""The rules a file is checked by: those that follow from the forms, and the edit checks.

An edit check is data in `expectations/edit_checks/<form>.yaml`: SQL that is true for a row in
order, null where it cannot be judged. It may ask other forms of the same case and the derived
facts of the warehouse, which are computed by the warehouse's own models.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
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
    """One rule on one column of one form: `sql` is true for a row in order, null where it cannot be
    judged. Every kind but "true" looks at the one value only. `may_confirm`: a center may answer that
    the value is right as it is; contradictions and what has a missing code cannot be confirmed.
    """

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
    why: str = ""
    may_confirm: bool = False

    @property
    def version(self) -> str:
        """Changes when what the rule asks changes; an answer to the rule holds for one version."""
        asked = f"{self.kind}|{self.column}|{self.argument}|{' '.join(self.sql.split())}"
        return hashlib.sha256(asked.encode()).hexdigest()[:12]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The columns of the row itself that the rule looks at."""
        if self.kind != "true":
            return frozenset({self.column})
        named = set(re.findall(r"\bthis\.(\w+)", self.sql)) | {self.column}
        return frozenset(named & FORMS[self.form].columns().keys())

    @cached_property
    def reads_forms(self) -> frozenset[str]:
        """The other forms of the case that the rule looks at itself."""
        return frozenset(set(re.findall(r"\bstg_(\w+)", self.sql)) & FORMS.keys())


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
    why: str = ""
    contradiction: bool = False


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
                   f"{name} is not one of its codes.", f"Write one of: {', '.join(codes)}.", codes,
                   f"this.{name} in ({', '.join(map(_literal, codes))})", item.why)  # fmt: skip
    if item.pattern is not None:
        yield Rule(f"{form}.{name}.pattern", form, name, "matches", "reject", "conformance",
                   f"{name} is not written as expected.", f"Write {item.pattern_words}.",
                   (rf"^(?:{item.pattern})\Z",),
                   f"regexp_full_match(this.{name}, {_literal(item.pattern)})", item.why)  # fmt: skip
    if item.low is not None and item.high is not None:
        yield Rule(f"{form}.{name}.range", form, name, "between", "reject", "conformance",
                   f"{name} is outside what is possible.",
                   f"Write a value from {item.low:g} to {item.high:g}{unit}.",
                   (item.low, item.high),
                   f"this.{name} between {item.low!r} and {item.high!r}", item.why)  # fmt: skip
    if item.plausible is not None:
        low, high = item.plausible
        yield Rule(f"{form}.{name}.plausible", form, name, "between", "query", "plausibility",
                   f"{name} is unusual (usually {low:g} to {high:g}{unit}).",
                   "Check the value and its unit; leave it if it is right, and answer the query with "
                   "confirmed as is.", (low, high),
                   f"this.{name} between {low!r} and {high!r}", item.why, may_confirm=True)  # fmt: skip
    if item.refers_to is not None:
        yield _reference(form, name, item.refers_to, item.why)
    if item.tier == "core" and not item.key:
        present = f"this.{name} is not null or position('\"{name}\"' in this.missing) > 0"
        if item.only_if is not None:
            other, answer = item.only_if
            wanted = _literal(answer) if isinstance(answer, str) else str(answer).lower()
            # while the other is open too, both are asked for
            present += f" or coalesce(this.{other} <> {wanted}, false)"
        yield Rule(f"{form}.{name}.core", form, name, "true", "query", "completeness",
                   f"{name} is empty ({item.label}).",
                   "Fill it in, or write not done, unknown, not applicable or withheld.",
                   sql=present, why=item.why)  # fmt: skip


def _a(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _reference(form: str, name: str, target: str, why: str) -> Rule:
    key = FORMS[target].key()[-1]
    there = f"exists (select 1 from stg_{target} r where {{r}} and r.{key} = this.{name})"
    return Rule(
        f"{form}.{name}.reference", form, name, "true", "reject", "conformance",
        f"{name} names {_a(target)} {target} that is not on the {target} sheet of this case.",
        f"Correct {name}, or add the row to the {target} sheet.",
        sql=same_case(f"this.{name} is null or {there}"), why=why,
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
        entries = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or []
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
                   check.message, check.fix, sql=same_case(check.ok),
                   why=check.why or FORMS[form].columns()[check.column].item.why,
                   may_confirm=check.severity == "query" and not check.contradiction)  # fmt: skip


def rule(id_: str) -> Rule | None:
    """The rule of this id, None if there is none (any more)."""
    return _by_id().get(id_)


@cache
def _by_id() -> Mapping[str, Rule]:
    return {rule.id: rule for form in FORMS for rule in rules(form)}


def rule_version(id_: str) -> str:
    """The version of a rule, empty if there is no such rule."""
    found = rule(id_)
    return found.version if found else ""


def may_confirm(id_: str) -> bool:
    """Whether a center may answer "confirmed as is" to a query of this rule."""
    found = rule(id_)
    return found is not None and found.may_confirm


@cache
def rules_version() -> str:
    """Stands for every rule as it is now."""
    told = sorted(f"{rule.id} {rule.version}" for form in FORMS for rule in rules(form))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
