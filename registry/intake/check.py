"""Checks staged rows: the warehouse's own models on the rows of the cases, then every rule."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from registry import checks
from registry.findings import Finding
from registry.forms import FORMS
from registry.forms.arrow import raw_table
from registry.intake.stage import CENTER_UNIT, Row
from registry.warehouse import Replay

if TYPE_CHECKING:
    import pandas as pd

_SEVERITY_ORDER = {"reject": 0, "query": 1, "inform": 2}


def check(rows: Sequence[Row], replay: Replay) -> list[Finding]:
    """Findings on the merged rows (file over stored) of every case a file touches.

    First each value on its own; then, with what is not possible left out, the facts derived from
    them and the rules across items and forms.
    """
    by_form: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_form[row.form].append(row)
    frames = {form: _table(form, of_form).to_pandas() for form, of_form in by_form.items()}
    impossible = checks.run(frames)
    found = [_finding(f, by_form[f.rule.form][f.position]) for f in impossible]
    found += _across_forms(_without(by_form, impossible), replay)
    return [*found, *_cases_without_patient(rows)]


def _table(form: str, rows: Sequence[Row]) -> pa.Table:
    return raw_table(FORMS[form], map(_raw, rows))


def _without(
    by_form: Mapping[str, Sequence[Row]], impossible: Sequence[checks.Failure]
) -> dict[str, list[Row]]:
    """The rows with every value that cannot be true made unknown; keys stay."""
    kept = {form: list(rows) for form, rows in by_form.items()}
    for failure in impossible:
        rule = failure.rule
        if rule.severity == "reject" and rule.column not in FORMS[rule.form].key():
            row = kept[rule.form][failure.position]
            kept[rule.form][failure.position] = row.without(rule.column)
    return kept


def _across_forms(by_form: Mapping[str, Sequence[Row]], replay: Replay) -> list[Finding]:
    connection = replay.models({form: _table(form, rows) for form, rows in by_form.items()})
    try:
        frames = {form: connection.execute(checks.frame_sql(form)).df() for form in by_form}
    finally:
        connection.close()
    index = {(form, row.key): row for form, rows in by_form.items() for row in rows}
    return [
        _finding(failure, index[failure.rule.form, _key(frames[failure.rule.form], failure)])
        for failure in checks.run(frames)
    ]


def _raw(row: Row) -> Mapping[str, object]:
    return {
        **row.values,
        "missing": json.dumps(dict(row.missing), sort_keys=True),
        "submission_id": 0,
    }


def _key(frame: pd.DataFrame, failure: checks.Failure) -> tuple[object, ...]:
    columns = FORMS[failure.rule.form].columns()
    return tuple(
        int(value) if columns[name].type == "integer" else str(value)
        for name in FORMS[failure.rule.form].key()
        for value in [frame[f"key.{name}"].iloc[failure.position]]
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
