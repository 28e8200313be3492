"""Checks staged rows: the warehouse's own models on the rows of the cases, then every rule."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from registry import checks
from registry.findings import Finding
from registry.forms import FORMS
from registry.forms.arrow import raw_table
from registry.intake.stage import CENTER_UNIT, Row
from registry.warehouse import Replay

_SEVERITY_ORDER = {"reject": 0, "query": 1, "inform": 2}


def check(rows: Sequence[Row], replay: Replay) -> list[Finding]:
    """Findings on the merged rows (file over stored) of every case a file touches."""
    by_form: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_form[row.form].append(row)
    tables = {form: raw_table(FORMS[form], map(_raw, of_form)) for form, of_form in by_form.items()}
    connection = replay.models(tables)
    try:
        frames = {form: connection.execute(checks.frame_sql(form)).df() for form in tables}
    finally:
        connection.close()
    index = {(row.form, row.key): row for row in rows}
    found = [
        _finding(failure, index[failure.rule.form, _key(frames[failure.rule.form], failure)])
        for failure in checks.run(frames)
    ]
    return [*found, *_cases_without_patient(rows)]


def _raw(row: Row) -> Mapping[str, object]:
    return {
        **row.values,
        "missing": json.dumps(dict(row.missing), sort_keys=True),
        "submission_id": 0,
    }


def _key(frame: object, failure: checks.Failure) -> tuple[object, ...]:
    columns = FORMS[failure.rule.form].columns()
    return tuple(
        int(value) if columns[name].type == "integer" else str(value)
        for name in FORMS[failure.rule.form].key()
        for value in [frame[name].iloc[failure.position]]  # type: ignore[index]
    )


def _finding(failure: checks.Failure, row: Row) -> Finding:
    rule = failure.rule
    return Finding(
        rule=rule.id, severity=rule.severity, category=rule.category, message=rule.message,
        fix=rule.fix, form=rule.form, row=row.number, column=rule.column,
        cell=row.places.get(rule.column), case_id=row.case_id,
    )  # fmt: skip


def _cases_without_patient(rows: Iterable[Row]) -> list[Finding]:
    cases = {row.case_id for row in rows if row.form != "center"}
    known = {row.case_id for row in rows if row.form == "patient"}
    return [
        Finding(
            rule="case.patient", severity="reject", category="completeness", form="patient",
            message="The case has rows but no row on the patient sheet.",
            fix="Add the case to the patient sheet, or correct its case_id.", case_id=case,
        )
        for case in sorted(cases - known - {None, CENTER_UNIT}, key=str)
    ]  # fmt: skip


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """One cause a cell: a value that is not possible is not also called unusual or missing."""
    findings = list(findings)
    impossible = {
        (f.form, f.row, f.column) for f in findings
        if f.row is not None and f.severity == "reject" and "." in f.rule
    }  # fmt: skip
    kept = [
        f for f in findings
        if f.severity == "reject" or "." not in f.rule
        or (f.form, f.row, f.column) not in impossible
    ]  # fmt: skip
    order = {form: i for i, form in enumerate(FORMS)}
    return sorted(
        kept,
        key=lambda f: (
            _SEVERITY_ORDER[f.severity],
            order.get(f.form or "", -1),
            f.row or 0,
            f.cell or "",
            f.rule,
        ),
    )
