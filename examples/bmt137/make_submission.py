"""Turns the 137 patients of `bmt.csv` into one submission a hospital.

    python examples/bmt137/make_submission.py OUT          four workbooks
    python examples/bmt137/make_submission.py OUT --csv    four folders of CSVs

`--as-printed` keeps the one impossible row of the source (see README.md).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from pathlib import Path

from registry.forms import MissingCode
from registry.workbook import write_csv_folder, write_workbook

Row = dict[str, object]
Record = Mapping[str, int]

SOURCE = Path(__file__).with_name("bmt.csv")
HOSPITALS = {1: ("OSU", "US"), 2: ("ALF", "AU"), 3: ("STV", "AU"), 4: ("HAH", "US")}
RISK = {1: MissingCode.NOT_APPLICABLE, 2: "low", 3: "high"}
SEX = {0: "female", 1: "male"}
CMV = {0: "negative", 1: "positive"}
UNKNOWN, NOT_APPLICABLE = MissingCode.UNKNOWN, MissingCode.NOT_APPLICABLE


def records() -> list[Record]:
    with SOURCE.open(newline="", encoding="utf-8") as file:
        return [{k: int(v) for k, v in line.items()} for line in csv.DictReader(file)]


def submissions(*, as_printed: bool = False) -> dict[str, dict[str, list[Row]]]:
    """The rows of each hospital, by form. A case is numbered by its line in the source."""
    found: dict[str, dict[str, list[Row]]] = {
        center: {"center": [center_row(center, country)]} for center, country in HOSPITALS.values()
    }
    for number, record in enumerate(records(), start=1):
        center, _ = HOSPITALS[record["z9"]]
        ids: Row = {"center_id": center, "case_id": f"{center}-{number:03d}"}
        for form, row in case_rows(record):
            if as_printed or form != "complication" or possible(record, row):
                found[center].setdefault(form, []).append(ids | row)
    return found


def center_row(center: str, country: str) -> Row:
    return {"center_id": center, "country": country, "adoption_year": NOT_APPLICABLE}


def possible(record: Record, row: Row) -> bool:
    """False for the one episode that the source dates after the patient's death (case 127)."""
    return int(str(row["onset_day"])) <= record["z7"] + record["t1"]


def case_rows(record: Record) -> list[tuple[str, Row]]:
    rows = [
        ("patient", patient(record)),
        ("diagnosis", diagnosis(record)),
        ("donor", donor(record)),
        ("allo", allo(record)),
        ("followup", followup(record)),
    ]
    rows += [("complication", row) for row in gvhd(record)]
    if record["z10"]:
        rows.append(("conmed", methotrexate(record)))
    return rows


def patient(record: Record) -> Row:
    return {
        "sex": SEX[record["z3"]],
        "diagnosis_year": UNKNOWN,
        "age_at_diagnosis_years": UNKNOWN,
        "weight_kg": UNKNOWN,
        "cmv_status": CMV[record["z5"]],
        "consent_to_registry": UNKNOWN,
    }


def diagnosis(record: Record) -> Row:
    aml = record["group"] != 1
    return {
        "disease": "AML" if aml else "ALL",
        "disease_status": UNKNOWN,
        "onset_type": UNKNOWN,
        "fab_type": {0: "not M4 or M5", 1: "M4 or M5"}[record["z8"]] if aml else NOT_APPLICABLE,
        "risk_system": "other" if aml else NOT_APPLICABLE,
        "risk_group": RISK[record["group"]],
        "karyotype_iscn": UNKNOWN,
    }


def donor(record: Record) -> Row:
    return {
        "donor_id": "D1",
        "role": "cells infused",
        "relation": "sibling",
        "sex": SEX[record["z4"]],
        "age_years": record["z2"],
        "cmv_status": CMV[record["z6"]],
        "clearance": UNKNOWN,
        "consent_day": UNKNOWN,
        "kir_typed": UNKNOWN,
        "antibodies_tested": UNKNOWN,
    }


def allo(record: Record) -> Row:
    """Platelets that never returned to normal have no day; neutrophils are not in the source."""
    day = record["z7"]
    return {
        "eligible": True,
        "considered": True,
        "transplant_done": True,
        "transplant_day": day,
        "age_at_transplant_years": record["z1"],
        "donor_type": "matched sibling",
        "neutrophil_recovery_day": UNKNOWN,
        "platelet_recovery_day": day + record["tp"] if record["dp"] else NOT_APPLICABLE,
    }


def gvhd(record: Record) -> list[Row]:
    kinds = (("acute GVHD", "da", "ta"), ("chronic GVHD", "dc", "tc"))
    return [
        {"kind": kind, "onset_day": record["z7"] + record[time], "end_day": UNKNOWN}
        for kind, seen, time in kinds
        if record[seen]
    ]


def methotrexate(record: Record) -> Row:
    return {
        "drug_name": "methotrexate",
        "first_day": record["z7"],
        "last_day": UNKNOWN,
        "drug_class": "methotrexate",
        "indication": "GVHD prophylaxis",
    }


def followup(record: Record) -> Row:
    relapsed, dead = bool(record["d2"]), bool(record["d1"])
    return {
        "last_contact_day": record["z7"] + record["t1"],
        "status": "dead" if dead else "alive",
        "relapsed": relapsed,
        "relapse_day": record["z7"] + record["t2"] if relapsed else NOT_APPLICABLE,
        "death_cause": UNKNOWN if dead else NOT_APPLICABLE,
    }


def write_submissions(
    folder: Path, *, as_csv: bool = False, as_printed: bool = False
) -> list[Path]:
    """Writes one workbook or one folder of CSVs a hospital; returns their paths."""
    paths = []
    for center, rows in submissions(as_printed=as_printed).items():
        paths.append(folder / (center if as_csv else f"{center}.xlsx"))
        write = write_csv_folder if as_csv else write_workbook
        write(paths[-1], rows)
    return paths


if __name__ == "__main__":
    flags = sys.argv[2:]
    write_submissions(
        Path(sys.argv[1]), as_csv="--csv" in flags, as_printed="--as-printed" in flags
    )
