"""Checks rows: each value on its own, then the warehouse's own models and every rule upon them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from registry import checks
from registry.checks import Failure
from registry.findings import Finding
from registry.forms import FORMS
from registry.forms.base import CENTER_UNIT
from registry.intake.gate import PSEUDONYMS
from registry.intake.practice import Practice, practice
from registry.intake.rows import Rows
from registry.rules import Rule
from registry.warehouse import Bench, Replay


@dataclass(frozen=True)
class Checked:
    """What is wrong with rows, and apart from it how their cases compare with the consensus."""

    findings: tuple[Finding, ...]
    practice: tuple[Practice, ...]


def check(forms: Mapping[str, Rows], replay: Replay) -> Checked:
    """Judges the rows (file over stored) of every case a file touches.

    First each value on its own; then, with what is not possible left out, the facts derived from
    them, the rules across items and forms, and the recommendations.
    """
    given = {form: rows for form, rows in forms.items() if len(rows)}
    words = _Findings(given)
    found: list[Finding] = []
    with replay.bench(sum(map(len, given.values()))) as bench:
        for form, rows in given.items():
            bench.load(form, rows.raw())
        impossible = _failures(bench, given, checks.single, "raw")
        found += words.of(impossible)
        for form in {f.rule.form for f in impossible if f.rule.severity == "reject"}:
            bench.load(form, _without(given[form], impossible).raw())
        bench.derive()
        found += words.of(_failures(bench, given, checks.across, "stg"))
        compared = practice(bench)
    return Checked((*found, *_cases_without_patient(given)), compared)


def _failures(
    bench: Bench, given: Mapping[str, Rows], rules: Callable[[str], tuple[Rule, ...]], layer: str
) -> list[checks.Failure]:
    """What fails of the rules of each form, asked of its raw rows or of the staged ones."""
    judged = {form: rules(form) for form in given if rules(form)}
    relation = {"raw": "raw.{}", "stg": "stg_{}"}[layer]
    queries = [checks.question(asked, relation.format(form)) for form, asked in judged.items()]
    return [
        failure
        for (form, asked), answers in zip(judged.items(), bench.ask(queries), strict=True)
        for failure in checks.failures(asked, answers, given[form].answers)
    ]


def _without(rows: Rows, told: Sequence[Failure]) -> Rows:
    """The rows with every value that cannot be true made unknown; keys stay."""
    told = [f for f in told if f.rule.form == rows.form and f.rule.severity == "reject"]
    for column in {f.rule.column for f in told} - set(FORMS[rows.form].key()):
        mask = np.zeros(len(rows), np.bool_)
        mask[[f.row for f in told if f.rule.column == column]] = True
        rows = rows.without(column, mask)
    return rows


class _Findings:
    """Words and places for failures."""

    def __init__(self, forms: Mapping[str, Rows]) -> None:
        self.forms = forms
        self._digests: dict[tuple[str, str], str] = {}

    def of(self, failed: Iterable[Failure]) -> Iterator[Finding]:
        for failure in failed:
            rule, rows = failure.rule, self.forms[failure.rule.form]
            yield Finding(
                rule=rule.id, severity=rule.severity, category=rule.category, message=rule.message,
                fix=rule.fix, why=rule.why, form=rule.form, row=int(rows.numbers[failure.row]) or None,
                column=rule.column, cell=rows.cell(failure.row, rule.column),
                case_id=rows.case_ids[failure.row], record=rows.record(failure.row),
                value_sha256=self._digest(failure) if rule.severity == "query" else None,
            )  # fmt: skip

    def _digest(self, failure: Failure) -> str:
        """Stands for all answers the rule looked at: those of the row, and the case's rows of other
        forms that it reads."""
        rule, rows = failure.rule, self.forms[failure.rule.form]
        case = rows.case_ids[failure.row]
        seen: list[object] = [_answers(rows, failure.row, sorted(rule.reads))]
        seen += [self._of_case(form, case) for form in sorted(rule.reads_forms)]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()

    def _of_case(self, form: str, case: str) -> str:
        if (form, case) not in self._digests:
            rows = self.forms.get(form)
            lines = [] if rows is None else sorted(
                json.dumps(_answers(rows, row, list(rows.answers.column_names)))
                for row, owner in enumerate(rows.case_ids) if owner == case
            )  # fmt: skip
            self._digests[form, case] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        return self._digests[form, case]


def _answers(rows: Rows, row: int, columns: Sequence[str]) -> list[object]:
    """What a row says, without pseudonyms: those may be exchanged for others."""
    return [
        (rows.answers.column(c)[row].as_py(), int(rows.codes(c)[row]))
        for c in columns if c not in PSEUDONYMS and c != "center_id"
    ]  # fmt: skip


def _cases_without_patient(forms: Mapping[str, Rows]) -> Iterator[Finding]:
    cases = {case for rows in forms.values() for case in rows.case_ids} - {CENTER_UNIT}
    known = set(forms["patient"].case_ids) if "patient" in forms else set()
    for case in sorted(cases - known):
        yield Finding(
            rule="case.patient", severity="reject", category="completeness", form="patient",
            message="The case has rows but no row on the patient sheet.",
            fix="Add the case to the patient sheet, or correct its case_id.", case_id=case,
            why="Age, weight and consent of the patient decide how every other row is read.",
        )  # fmt: skip
