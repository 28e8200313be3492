"""Turns the 646 patients of `myeloid.csv` into two submissions, one a trial arm.

python examples/myeloid/make_submission.py OUT
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from registry.forms import MissingCode
from registry.workbook import write_workbook

Row = dict[str, object]

SOURCE = Path(__file__).with_name("myeloid.csv")
CENTERS = {"A": "ARMA", "B": "ARMB"}
SEX = {"f": "female", "m": "male"}
UNKNOWN, NOT_APPLICABLE = MissingCode.UNKNOWN, MissingCode.NOT_APPLICABLE


def submissions() -> dict[str, dict[str, list[Row]]]:
    """The rows of each arm, by form. A case is numbered as in the source."""
    found: dict[str, dict[str, list[Row]]] = {
        center: {
            "center": [{"center_id": center, "country": "US", "adoption_year": NOT_APPLICABLE}]
        }
        for center in CENTERS.values()
    }
    with SOURCE.open(newline="", encoding="utf-8") as file:
        for record in csv.DictReader(file):
            center = CENTERS[record["trt"]]
            ids: Row = {"center_id": center, "case_id": f"{center}-{int(record['id']):03d}"}
            for form, row in case_rows(record):
                found[center].setdefault(form, []).append(ids | row)
    return found


def case_rows(record: dict[str, str]) -> Iterator[tuple[str, Row]]:
    """An empty day of the source is what did not happen; what it does not hold is unknown."""
    remission, relapse, transplant = (record[name] for name in ("crtime", "rltime", "txtime"))
    dead = record["death"] == "1"
    yield "patient", dict.fromkeys(
        ("diagnosis_year", "age_at_diagnosis_years", "weight_kg", "cmv_status", "consent_to_registry"),
        UNKNOWN,
    ) | {"sex": SEX[record["sex"]]}  # fmt: skip
    yield "diagnosis", {"disease": "AML"} | dict.fromkeys(
        ("disease_status", "onset_type", "fab_type", "risk_system", "risk_group", "karyotype_iscn"),
        UNKNOWN,
    )  # fmt: skip
    yield "course", {
        "course_no": 1, "phase": "induction", "start_day": 0, "trial_arm": record["trt"], "intent": UNKNOWN,
        "regimen": UNKNOWN, "end_day": UNKNOWN, "drug_list_complete": UNKNOWN,
        "conmed_list_complete": UNKNOWN, "radiation_list_complete": UNKNOWN,
    }  # fmt: skip
    if remission:
        yield "response", {
            "assessment_day": int(remission), "after_course_no": 1, "response": "CR", "marrow_done": True,
            "marrow_blasts_pct": UNKNOWN,
        }  # fmt: skip
    yield "allo", {
        "eligible": UNKNOWN, "considered": UNKNOWN, "transplant_done": bool(transplant),
        "transplant_day": int(transplant) if transplant else NOT_APPLICABLE,
    } | dict.fromkeys(
        ("age_at_transplant_years", "donor_type", "neutrophil_recovery_day", "platelet_recovery_day"),
        UNKNOWN if transplant else NOT_APPLICABLE,
    )  # fmt: skip
    yield "followup", {
        "last_contact_day": int(record["futime"]), "status": "dead" if dead else "alive",
        "relapsed": bool(relapse), "relapse_day": int(relapse) if relapse else NOT_APPLICABLE,
        "death_cause": UNKNOWN if dead else NOT_APPLICABLE,
    }  # fmt: skip


def write_submissions(folder: Path) -> list[Path]:
    """Writes one workbook an arm; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for center, rows in submissions().items():
        paths.append(folder / f"{center}.xlsx")
        write_workbook(paths[-1], rows)
    return paths


if __name__ == "__main__":
    write_submissions(Path(sys.argv[1]))
