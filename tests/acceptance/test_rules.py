"""Every rule can trip, trips where it should, and leaves a tidy case alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from registry.findings import Finding
from registry.forms import FORMS
from registry.home import home
from registry.intake.assess import replay
from registry.intake.check import check
from registry.intake.rows import Rows as FormRows
from registry.rules import Rule, derived, edit_checks
from tests.cases import TRIPS, Change, Rows, changed, tidy_case, tripped

EDIT_CHECKS = {rule.id: rule for of_form in edit_checks().values() for rule in of_form}
DERIVED = {rule.id: rule for form in FORMS if form != "center" for rule in derived(form)}


def as_rows(cases: Iterable[Rows]) -> dict[str, FormRows]:
    entries: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        for form, answers in case.items():
            entries.setdefault(form, []).extend(answers)
    return {form: FormRows.of(form, answers) for form, answers in entries.items()}


def by_case(cases: Iterable[Rows]) -> dict[str | None, list[Finding]]:
    found: dict[str | None, list[Finding]] = {}
    for finding in check(as_rows(cases), replay(home())).findings:
        found.setdefault(finding.case_id, []).append(finding)
    return found


@pytest.fixture(scope="module")
def edit_findings() -> dict[str | None, list[Finding]]:
    return by_case([tidy_case(case_id="tidy"), *(tripped(id_) for id_ in TRIPS)])


def test_there_is_a_trip_for_every_edit_check_and_a_check_for_every_trip() -> None:
    assert set(TRIPS) == set(EDIT_CHECKS)


def test_a_tidy_case_has_no_findings_of_edit_checks(
    edit_findings: dict[str | None, list[Finding]],
) -> None:
    assert [f.rule for f in edit_findings.get("tidy", []) if f.rule in EDIT_CHECKS] == []
    assert [f.rule for f in edit_findings.get("tidy", []) if f.severity == "reject"] == []


@pytest.mark.parametrize("check_id", list(TRIPS))
def test_an_edit_check_trips_at_its_own_form_and_column(
    check_id: str, edit_findings: dict[str | None, list[Finding]]
) -> None:
    rule = EDIT_CHECKS[check_id]
    found = [f for f in edit_findings.get(check_id, []) if f.rule == check_id]
    assert found
    assert {(f.form, f.column, f.severity) for f in found} == {
        (rule.form, rule.column, rule.severity)
    }


@pytest.mark.parametrize("allele", ["A*02", "A*02:XX", "A*02:AN", "HLA-A*02"])
def test_high_resolution_is_of_one_protein(allele: str) -> None:
    told = by_case([
        changed(tidy_case(), [("hla", 0, {"allele_2": allele})]),
        changed(tidy_case(case_id="low"), [("hla", 0, {"allele_2": allele, "resolution": "low"})]),
        changed(tidy_case(case_id="group"), [("hla", 0, {"allele_2": "A*24:02P"})]),
    ])  # fmt: skip
    found = {case for case, findings in told.items()
             if any(f.rule == "hla-high-needs-fields" for f in findings)}  # fmt: skip
    assert found == {tidy_case()["patient"][0]["case_id"]}


def impossible(rule: Rule) -> Change | None:
    """A change that breaks a derived rule in the tidy case; None where the key itself would go."""
    column = FORMS[rule.form].columns()[rule.column]
    if column.item.key and rule.column == "case_id":
        return None
    if rule.id.endswith(".core"):
        asked_with = [column.item.only_if] if column.item.only_if else []
        return (rule.form, 0, {rule.column: None, "missing": {}, **dict(asked_with)})
    if rule.kind == "in set":
        return (rule.form, 0, {rule.column: "no such code"})
    if rule.kind == "matches":
        return (rule.form, 0, {rule.column: "§\t§"})
    if rule.kind == "between":
        value = rule.argument[1] + 1
        return (
            rule.form,
            0,
            {rule.column: int(value) if column.type == "integer" else float(value)},
        )
    absent = 59 if column.type == "integer" else "NOBODY"
    return (rule.form, 0, {rule.column: absent})


def derived_trips() -> Iterator[tuple[str, Change]]:
    for id_, rule in DERIVED.items():
        change = impossible(rule)
        if change is not None and rule.column != "center_id":
            yield id_, change


def test_every_derived_rule_trips() -> None:
    trips = dict(derived_trips())
    case_ids = {id_: f"T{number}" for number, id_ in enumerate(trips)}
    found = by_case(changed(tidy_case(case_id=case_ids[i]), [c]) for i, c in trips.items())
    silent = [i for i in trips if i not in {f.rule for f in found.get(case_ids[i], [])}]
    assert silent == []
    assert len(trips) > 350


def test_a_case_without_its_patient_row_is_told_once() -> None:
    case = tidy_case(case_id="lost")
    del case["patient"]
    told = [f for f in by_case([case])["lost"] if f.rule == "case.patient"]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("form", "column", "asked_with", "not_with"),
    [
        ("followup", "relapse_day", {"relapsed": True}, {"relapsed": False}),
        ("followup", "death_cause", {"status": "dead"}, {"status": "alive"}),
        ("allo", "transplant_day", {"transplant_done": True}, {"transplant_done": False}),
        ("chimerism", "donor_pct", {"detected": True}, {"detected": False}),
        ("response", "marrow_blasts_pct", {"marrow_done": True}, {"marrow_done": False}),
    ],
)
def test_an_answer_is_asked_for_only_where_it_applies(
    form: str, column: str, asked_with: dict[str, object], not_with: dict[str, object]
) -> None:
    (other,) = asked_with
    empty: dict[str, object] = {column: None, "missing": {}}
    found = by_case(
        changed(tidy_case(case_id=case_id), [(form, 0, {**empty, **answer})])
        for case_id, answer in (("there", asked_with), ("not", not_with), ("open", {other: None}))
    )
    asked = {
        case for case, told in found.items() if f"{form}.{column}.core" in {f.rule for f in told}
    }
    assert asked == {"there", "open"}


def test_what_an_answer_depends_on_is_another_column_of_the_form_and_one_of_its_answers() -> None:
    for form in FORMS.values():
        columns = form.columns()
        for column in columns.values():
            if column.item.only_if is None:
                continue
            other, answer = column.item.only_if
            codes = columns[other].item.codes
            assert answer in (True, False) if codes is None else answer in list(codes)
            assert other != column.name
