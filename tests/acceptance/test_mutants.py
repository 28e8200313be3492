"""Faults made in clean cases are noticed: by an edit check, or by a verdict that is another."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from registry.findings import Finding
from registry.forms import FORMS, MissingCode
from registry.home import home
from registry.intake.check import check
from registry.intake.rows import Rows
from registry.synthetic import cohort
from registry.synthetic.tables import table
from registry.warehouse import Replay, consensus_vars
from tests.acceptance.mutants import KINDS, Case, mutated

TABLE = Path(__file__).with_name("mutants.md")
KEYS = {"patient": "''", "donor": "donor_id", "collection": "collection_id",
        "course": "course_no", "infusion": "infusion_no",
        "gvhd": "kind || onset_day"}  # fmt: skip
Verdicts = dict[tuple[str, str, str], str]


def clean_cases(count: int) -> list[Case]:
    """Cases of the made-up cohort in which much happened, of different centers and regimens."""
    rows = cohort(185, 1)
    cases: dict[str, Case] = defaultdict(lambda: defaultdict(list))
    for form, entries in rows.items():
        for row in entries:
            if form != "center":
                cases[str(row["case_id"])][form].append(dict(row))
    centers = {row["center_id"]: row for row in rows["center"]}
    eventful = sorted(cases.values(), key=lambda c: -len(c["infusion"]) * len(c["chimerism"]))
    chosen, seen = [], set()
    for case in eventful:
        center = case["patient"][0]["center_id"]
        regimens = str(case["course"][0]["regimen"]), str(case["course"][-1]["regimen"])
        if center not in seen and regimens not in seen and len(chosen) < count:
            seen |= {center, regimens}
            chosen.append({**case, "center": [dict(centers[center])]})
    return chosen


def renamed(case: Case, name: str) -> Case:
    """The case under another name, in a center of its own so that lists of the center stay apart."""
    return {
        form: [{**row, "center_id": name, **({"case_id": name} if form != "center" else {})}
               for row in rows]
        for form, rows in case.items()
    }  # fmt: skip


def judge(cases: dict[str, Case]) -> tuple[dict[str, Verdicts], dict[str, list[Finding]]]:
    """Every verdict and every finding of so many cases at once."""
    rows: dict[str, list[dict[str, Any]]] = {form: [] for form in FORMS}
    for name, case in cases.items():
        for form, entries in renamed(case, name).items():
            rows[form] += entries
    replay = Replay(home(), consensus_vars())
    verdicts: dict[str, Verdicts] = defaultdict(dict)
    with replay.models({form: _table(form, entries) for form, entries in rows.items()}) as found:
        for subject, key in KEYS.items():
            result = found.execute(f"select {key} as subject_key, * from int_verdict_{subject}")
            names = [column[0] for column in result.description]
            for line in result.fetchall():
                values = dict(zip(names, line, strict=True))
                for column, verdict in values.items():
                    if column.startswith("mst_") and not column.endswith("__tier"):
                        where = (subject, str(values["subject_key"]), column)
                        verdicts[str(values["case_id"])][where] = verdict
    staged = {form: _staged(form, entries) for form, entries in rows.items() if form != "center"}
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in check(staged, replay).findings:
        findings[str(finding.case_id)].append(finding)
    return verdicts, findings


def _table(form: str, entries: list[dict[str, Any]]) -> Any:
    held = table(form, [{**row, "center_id": "C01"} for row in entries])
    position = held.column_names.index("center_id")
    return held.set_column(position, "center_id", [[str(row["center_id"]) for row in entries]])


def _staged(form: str, entries: list[dict[str, Any]]) -> Rows:
    columns = FORMS[form].columns()
    plain = []
    for row in entries:
        missing = {c: str(v) for c, v in row.items() if isinstance(v, MissingCode)}
        values = {c: None if c in missing else _plain(row.get(c), columns[c].type) for c in columns}
        plain.append({**values, "missing": missing})
    return Rows.of(form, plain)


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    return str(value) if kind == "text" else float(value) if kind == "number" else value


def notices(
    before: Verdicts, after: Verdicts, known: list[Finding], found: list[Finding]
) -> set[str]:
    """What noticed the fault: rules of the consensus whose verdict is another, new findings."""
    changed = set()
    for where, verdict in after.items():
        if before.get(where) != verdict and verdict in ("deviated", "not_evaluable"):
            changed.add(entry_of(where[2]))
    had = {f.rule for f in known}
    return changed | {f.rule for f in found if f.rule not in had}


def entry_of(column: str) -> str:
    """`mst_2_2_04__a` is MST-2.2-04."""
    *section, number = column.split("__")[0].removeprefix("mst_").split("_")
    return f"MST-{'.'.join(section)}-{number}"


def survey(count: int) -> dict[str, list[set[str]]]:
    """Kind to what noticed it in each case that offered the occasion."""
    originals = {f"Z{n:03d}": case for n, case in enumerate(clean_cases(count))}
    made, source, kinds = dict(originals), {}, {}
    for original, case in originals.items():
        for kind in KINDS:
            changed = mutated(case, kind)
            if changed is not None:
                name = f"Y{len(made):04d}"
                made[name], source[name], kinds[name] = changed, original, kind
    verdicts, findings = judge(made)
    for original in originals:
        assert findings.get(original, []) == [], "a clean case has a finding"
    seen: dict[str, list[set[str]]] = {kind: [] for kind in KINDS}
    for name, kind in kinds.items():
        before = source[name]
        seen[kind].append(
            notices(verdicts[before], verdicts[name], findings[before], findings[name])
        )
    return seen


def as_table(seen: dict[str, list[set[str]]]) -> str:
    """Which rule or check notices which fault, for people."""
    lines = ["# Which rule or check notices which fault", "",
             "Single faults made in clean cases of the made-up cohort. Written by the test.", "",
             "| fault | noticed | by |", "|---|---|---|"]  # fmt: skip
    for kind, results in seen.items():
        by = sorted({name for result in results for name in result})
        lines.append(f"| {kind} | {sum(map(bool, results))} of {len(results)} | {', '.join(by)} |")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def seen() -> dict[str, list[set[str]]]:
    return survey(5)


def test_every_kind_of_fault_found_an_occasion(seen: dict[str, list[set[str]]]) -> None:
    assert [kind for kind, results in seen.items() if not results] == []


def test_faults_are_noticed(seen: dict[str, list[set[str]]]) -> None:
    results = [(kind, result) for kind, found in seen.items() for result in found]
    missed = sorted({kind for kind, result in results if not result})
    share = sum(bool(result) for _, result in results) / len(results)
    assert share >= 0.95, json.dumps(missed, indent=2)


def test_the_table_tells_what_notices_what(seen: dict[str, list[set[str]]]) -> None:
    if os.environ.get("MST_WRITE_TABLES"):
        TABLE.write_text(as_table(seen), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == as_table(seen)


@pytest.mark.long
def test_faults_are_noticed_in_every_center() -> None:
    results = [result for found in survey(12).values() for result in found]
    assert len(results) > 500
    assert sum(map(bool, results)) / len(results) >= 0.95
