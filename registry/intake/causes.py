"""One cause on top: findings that go away with another one are folded under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from registry.findings import Finding
from registry.forms import FORMS
from registry.rules import Rule, rules

_SEVERITY_ORDER = {"reject": 0, "query": 1, "inform": 2}


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order to work through, each with those that it causes.

    That an answer is empty is not said again where a rule says more of the same answer.
    A value that is not possible causes what other rules say of the same answer or of the same row by
    reading it. A row that cannot be told from others, or refers to nothing, causes what rules say of
    other rows of the case by reading its form; a patient row that is refused, that the case has none.
    """
    by_rule = {rule.id: rule for form in FORMS for rule in rules(form)}
    top: list[Finding] = []
    index = _Causes()
    for finding in sorted(findings, key=lambda f: _rank(f, by_rule)):
        cause = index.of(finding, by_rule.get(finding.rule))
        if cause is None:
            top.append(finding)
            index.add(len(top) - 1, finding)
        else:
            top[cause] = replace(top[cause], consequences=(*top[cause].consequences, finding))
    return sorted(top, key=_place)


def _rank(finding: Finding, by_rule: dict[str, Rule]) -> int:
    """Causes first: what a cell or key says itself, then single values, then rules across."""
    rule = by_rule.get(finding.rule)
    if rule is None:
        return 1 if finding.rule == "case.patient" else 0
    if finding.rule.endswith(".reference"):
        return 3
    if finding.rule.endswith(".core"):
        return 5
    return 2 if rule.kind != "true" else 4


class _Causes:
    """What is wrong so far, by the places at which it can have consequences."""

    def __init__(self) -> None:
        self.told: dict[tuple[Any, ...], int] = {}
        self.answers: dict[tuple[Any, ...], int] = {}
        self.rows: dict[tuple[Any, ...], int] = {}
        self.cases: dict[tuple[Any, ...], int] = {}
        self.references: dict[tuple[Any, ...], int] = {}

    def add(self, number: int, f: Finding) -> None:
        if f.row is not None:
            self.told.setdefault((f.form, f.row, f.column), number)
        if f.severity != "reject" or f.form is None:
            return
        if f.row is not None and f.column is not None:
            self.answers.setdefault((f.form, f.row, f.column), number)
            if f.column in FORMS[f.form].key():
                self.rows.setdefault((f.form, f.case_id), number)
        if f.rule.endswith(".reference"):
            self.references.setdefault((f.form, f.row), number)
            self.rows.setdefault((f.form, f.case_id), number)

    def of(self, f: Finding, rule: Rule | None) -> int | None:
        if f.rule == "case.patient":
            return self.rows.get(("patient", f.case_id), self.rows.get(("patient", None)))
        if rule is None or f.form is None:
            return None
        if f.rule.endswith(".core") and (f.form, f.row, f.column) in self.told:
            return self.told[f.form, f.row, f.column]
        if f.row is not None:
            for column in sorted(rule.reads | {rule.column}):
                found = self.answers.get((f.form, f.row, column))
                if found is not None:
                    return found
            if rule.reads_forms and not f.rule.endswith(".reference"):
                found = self.references.get((f.form, f.row))
                if found is not None:
                    return found
        for form in sorted(rule.reads_forms):
            if (form, f.case_id) in self.rows:
                return self.rows[form, f.case_id]
        return None


def _place(f: Finding) -> tuple[Any, ...]:
    order = {form: i for i, form in enumerate(FORMS)}
    return (_SEVERITY_ORDER[f.severity], order.get(f.form or "", -1), f.row or 0, _cell(f), f.rule)


def _cell(f: Finding) -> tuple[int, str]:
    letters = (f.cell or "").rstrip("0123456789")
    return (len(letters), letters)


def all_of(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Every finding, the folded ones after their cause."""
    for finding in findings:
        yield finding
        yield from all_of(finding.consequences)
