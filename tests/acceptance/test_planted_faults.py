"""A workbook with 137 faults of 40 kinds in it: exactly those are reported, each once, each in place."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from registry.intake.causes import all_of
from registry.intake.submit import check
from registry.workbook import write_workbook
from tests.cases import TRIPS, Change, Rows, as_cells, changed, tidy_case

FAULTS = 137

# what a person does wrong in one cell -> the rule that says so; an edit check's own fault is in TRIPS
CELLS: dict[str, list[Change]] = {
    "cell.decimal": [("patient", 0, {"weight_kg": "61,5"})],
    "cell.unit": [("drug", 0, {"dose_mg_per_m2": "100 mg/m2"})],
    "cell.number": [("aliquot", 0, {"mnc_e8": "about 150"})],
    "cell.not_finite": [("collection", 0, {"nk_e8": "inf"})],
    "cell.yes_no": [("plan", 0, {"mst_considered": "maybe"})],
    "cell.calendar_date": [("mrd", 0, {"test_day": date(2024, 3, 2)})],
    "cell.excel_date": [("complication", 0, {"kind": date(2024, 3, 2)})],
    "cell.excel_time": [("hla", 0, {"allele_1": time(2, 1)})],
    "cell.invisible": [("conmed", 0, {"drug_name": "flucon\u200bazole"})],
    "cell.formula_injection": [("patient", 0, {"sex": "@SUM(1)"})],
    "cell.change_reason": [("radiation", 0, {"change_reason": "because"})],
    "row.key": [("blood_count", 0, {"sample_day": None})],
    "row.twice": [
        ("transfusion", None, {"transfusion_day": 14, "product": "platelets", "units": 3})
    ],
    "patient.sex.codes": [("patient", 0, {"sex": "F"})],
    "patient.age_at_diagnosis_years.range": [("patient", 0, {"age_at_diagnosis_years": 168})],
    "diagnosis.metaphases.range": [("diagnosis", 0, {"metaphases": -3})],
    "hla.allele_2.pattern": [("hla", 0, {"allele_2": "A0201"})],
    "infusion.infusion_start_time.pattern": [("infusion", 0, {"infusion_start_time": "8 o'clock"})],
    "patient.cmv_status.codes": [("patient", 0, {"cmv_status": "pos."})],
    "infusion.donor_id.reference": [("infusion", 0, {"donor_id": "D7"})],
    "aliquot.collection_id.reference": [("aliquot", 1, {"collection_id": "COL9"})],
    "genetics.result.core": [("genetics", 1, {"result": None})],
}
EDITS = (
    "patient-consent", "genetics-ratio-of-itd", "genetics-absent-frequency", "fitness-hct-ci-sum",
    "hla-one-allele", "kir-framework", "antibody-c1q", "collection-cd4-cd8", "aliquot-fresh",
    "course-body-surface", "drug-days-given", "infusion-cd3-in-mnc", "conmed-days", "blood-count-cmv",
    "mrd-negative", "chimerism-not-detected", "immune-pentamer", "complication-days",
)  # fmt: skip
KINDS = {**CELLS, **{name: TRIPS[name] for name in EDITS}}


def workbook(path: Path, cases: list[Rows]) -> Path:
    rows: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        for form, entries in as_cells(case).items():
            rows.setdefault(form, []).extend(entries)
    write_workbook(path, rows)
    return path


@pytest.mark.requirement("UPL-14")
def test_exactly_the_planted_faults_are_reported(database: None, tmp_path: Path) -> None:
    assert len(KINDS) == 40
    planted = {f"F{n:03d}": list(KINDS)[n % len(KINDS)] for n in range(FAULTS)}
    clean = [tidy_case(case_id=f"T{n}") for n in range(3)]
    cases = [changed(tidy_case(case_id=case), KINDS[kind]) for case, kind in planted.items()]
    path = workbook(tmp_path / "faults.xlsx", [*clean, *cases])
    receipt = check(path, "C01")

    told = sorted((f.case_id or "", f.rule) for f in receipt.findings)
    extra = sorted(set(told) - set(planted.items()))
    lost = sorted(set(planted.items()) - set(told))
    assert (extra, lost) == ([], [])
    assert told == sorted(planted.items())
    assert all(f.message and f.fix for f in all_of(receipt.findings))
    without_cell = [f.rule for f in receipt.findings if f.row is None or f.cell is None]
    assert without_cell == []
