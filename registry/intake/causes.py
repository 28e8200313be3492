"""One cause on top: findings that go away with another one are folded under it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from registry.findings import Finding
from registry.forms import FORMS
from registry.rules import Rule, rules

# what is wrong with sending a row, not with what it says
_NO_CAUSES = ("change.", "row.twice", "case.", "cell.change_reason", "cell.row_action")
_SEVERITY_ORDER = {"reject": 0, "query": 1, "inform": 2}
_TOLD_ONE_BY_ONE = 3


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order to work through, each with those that it causes.

    That an answer is empty or unusual is not said at all where more is said of the same answer.
    A value that is not possible causes what other rules say of the same row by reading it. A row that cannot be told from others, or refers to nothing, causes what rules say of
    other rows of the case by reading its form; a patient row that is refused, that the case has none.
    """
    by_rule = {rule.id: rule for form in FORMS for rule in rules(form)}
    top: list[Finding] = []
    index = _Causes()
    for finding in sorted(findings, key=lambda f: _rank(f, by_rule)):
        if index.says_more(finding):
            continue
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
        self.told: set[tuple[Any, ...]] = set()
        self.answers: dict[tuple[Any, ...], int] = {}
        self.rows: dict[tuple[Any, ...], list[tuple[int, str | None]]] = defaultdict(list)

    def add(self, number: int, f: Finding) -> None:
        if f.row is not None and f.column is not None and f.severity != "inform":
            self.told.add((f.form, f.row, f.column))
        if f.severity != "reject" or f.form is None or f.rule.startswith(_NO_CAUSES):
            return
        if f.row is not None and f.column is not None:
            self.answers.setdefault((f.form, f.row, f.column), number)
            if f.column in FORMS[f.form].key():
                self.rows[f.form, f.case_id].append((number, None))
            elif f.rule.endswith(".reference"):
                self.rows[f.form, f.case_id].append((number, f.column))

    def says_more(self, f: Finding) -> bool:
        return f.rule.endswith((".core", ".plausible")) and (f.form, f.row, f.column) in self.told

    def of(self, f: Finding, rule: Rule | None) -> int | None:
        if f.rule == "case.patient":
            lost = [
                *self.rows.get(("patient", f.case_id), ()),
                *self.rows.get(("patient", None), ()),
            ]
            return lost[0][0] if lost else None
        if rule is None or f.form is None:
            return None
        if f.row is not None:
            for read in sorted(rule.reads):
                if (f.form, f.row, read) in self.answers:
                    return self.answers[f.form, f.row, read]
        for form in sorted(rule.reads_forms):
            for number, column in self.rows.get((form, f.case_id), ()):
                # a row that refers to nothing matters to rules that follow its reference
                if column is None or re.search(rf"\b{column}\b", rule.sql):
                    return number
        return None


def _place(f: Finding) -> tuple[Any, ...]:
    order = {form: i for i, form in enumerate(FORMS)}
    return (_SEVERITY_ORDER[f.severity], order.get(f.form or "", -1), f.row or 0, _cell(f), f.rule)


def _cell(f: Finding) -> tuple[int, str]:
    letters = (f.cell or "").rstrip("0123456789")
    return (len(letters), letters)


def alike(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """What is said of more than a few rows in the same words, together where the first of them stands.

    A finding that others follow from stays alone.
    """
    same: dict[tuple[Any, ...], list[Finding]] = defaultdict(list)
    for number, f in enumerate(findings):
        alone = number if f.consequences or f.row is None else None
        same[f.severity, f.form, f.column, f.rule, f.message, f.fix, alone].append(f)
    groups = [
        [tuple(of)] if len(of) > _TOLD_ONE_BY_ONE else [(f,) for f in of] for of in same.values()
    ]
    return sorted((group for of in groups for group in of), key=lambda group: _place(group[0]))


def all_of(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Every finding, the folded ones after their cause."""
    for finding in findings:
        yield finding
        yield from all_of(finding.consequences)
