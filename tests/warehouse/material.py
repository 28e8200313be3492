"""Rows for the warehouse tests: real transplant patients, a made-up cohort, and untidy cases."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from registry.forms import FORMS
from registry.forms.arrow import QUERY_FILE, QUERY_SCHEMA, raw_table
from tests.cases import TRIPS, Rows, tidy_case, tripped

TIMELINES = Path(__file__).with_name("endpoint_timelines.yaml")
REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "bmt137"
# Of these tidy cases differ in age and outcome only, so that 200 of them stay quick.
COHORT_FORMS = (
    "patient",
    "diagnosis",
    "course",
    "drug",
    "infusion",
    "donor",
    "response",
    "followup",
)


def bmt137() -> Rows:
    """The 137 patients of Klein & Moeschberger; day 0 is diagnosis, z7 days before transplant."""
    rows: Rows = {"patient": [], "diagnosis": [], "allo": [], "followup": []}
    with (REFERENCE / "bmt.csv").open(newline="") as file:
        for number, line in enumerate(csv.DictReader(file), start=1):
            case = {"center_id": f"BMT{line['z9']}", "case_id": f"B{number:03d}"}
            transplant, relapsed = int(line["z7"]), line["d2"] == "1"
            recovered = line["dp"] == "1"
            rows["patient"].append({**case, "sex": "male" if line["z3"] == "1" else "female"})
            rows["diagnosis"].append({**case, **_risk(line["group"])})
            rows["allo"].append({
                **case, "transplant_done": True, "transplant_day": transplant,
                "platelet_recovery_day": transplant + int(line["tp"]) if recovered else None,
                "missing": {} if recovered else {"platelet_recovery_day": "not applicable"},
            })  # fmt: skip
            rows["followup"].append({
                **case, "last_contact_day": transplant + int(line["t1"]),
                "status": "dead" if line["d1"] == "1" else "alive", "relapsed": relapsed,
                "relapse_day": transplant + int(line["t2"]) if relapsed else None,
            })  # fmt: skip
    return rows


def _risk(group: str) -> dict[str, str]:
    if group == "1":
        return {"disease": "ALL"}
    return {
        "disease": "AML",
        "risk_system": "other",
        "risk_group": "low" if group == "2" else "high",
    }


def cohort(size: int = 200) -> Iterable[Rows]:
    """Tidy cases of two centers whose ages, responses and fates differ; the same every time."""
    draw = random.Random(7)
    for number in range(size):
        rows = {
            form: found
            for form, found in tidy_case(f"K0{number % 2}", f"K{number:03d}").items()
            if form in COHORT_FORMS
        }
        rows["patient"][0]["age_at_diagnosis_years"] = draw.randint(58, 84)
        last = 70 + int(draw.expovariate(1 / 500))
        relapsed = draw.random() < 0.4
        rows["followup"][0] |= {
            "last_contact_day": last,
            "status": "dead" if draw.random() < 0.6 else "alive",
            "relapsed": relapsed,
            "relapse_day": draw.randint(40, last) if relapsed else None,
        }
        if draw.random() < 0.2:
            rows["response"][0]["response"] = "no response"
        yield rows


def timelines() -> dict[str, dict[str, Any]]:
    """Patients as a clinician would draw them, by title, with what the endpoints must say of them."""
    return dict(yaml.safe_load(TIMELINES.read_text(encoding="utf-8")))


def timeline_case(number: int, of: dict[str, Any]) -> Rows:
    """The rows of a drawn patient; how it is written stands at the top of the file."""
    course, allo, gvhd = of.get("course", 4), of.get("allo", "never"), of.get("gvhd", [])
    remission, relapse, dead = of.get("remission", 30), of.get("relapse", "never"), of.get("dead")
    known = relapse if isinstance(relapse, int) else None
    rows: Rows = {
        "patient": [{"sex": "female", "age_at_diagnosis_years": 70}],
        "followup": [{
            "last_contact_day": of["last"], "relapse_day": known,
            "status": None if dead == "unknown" else "dead" if dead else "alive",
            "relapsed": None if relapse == "unknown" else relapse != "never",
        }],
        "allo": [{"transplant_done": allo != "never", "transplant_day": allo if isinstance(allo, int) else None}],
        "complication": [{"kind": kind, "agvhd_grade": grade, "onset_day": day} for kind, grade, day in gvhd],
    }  # fmt: skip
    courses = of.get("courses", [[1, course]] if course != "never" else [])
    rows["course"] = [
        {"course_no": no, "phase": "induction", "start_day": day} for no, day in courses
    ]
    if "infusion" in of:
        rows["infusion"] = [{"infusion_no": 1, "course_no": 1, "infusion_day": of["infusion"]}]
    found = {"unknown": [], "never": [[30, "no response"]]}.get(remission, [[remission, "CR"]])
    rows["response"] = [
        {"assessment_day": day, "after_course_no": 1, "response": response}
        for day, response in of.get("responses", found)
    ]
    case = {"center_id": "TL", "case_id": f"TL{number:02d}"}
    return {form: [{**case, **row} for row in of_form] for form, of_form in rows.items()}


def everything() -> Rows:
    """All of it in one release: real patients, the cohort, drawn patients, and one case for each edit check."""
    drawn = (timeline_case(n, of["patient"]) for n, of in enumerate(timelines().values()))
    return together(
        [bmt137(), *cohort(), *drawn, *(tripped(check) for check in TRIPS), tidy_case()]
    )


def together(cases: Iterable[Rows]) -> Rows:
    found: Rows = {}
    for case in cases:
        for form, rows in case.items():
            found.setdefault(form, []).extend(rows)
    return found


def tables(rows: Rows) -> dict[str, pa.Table]:
    """Rows as Arrow tables of the raw shape."""
    return {
        form: raw_table(FORMS[form], [_raw(row) for row in of_form])
        for form, of_form in rows.items()
    }


def _raw(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "missing": json.dumps(row.get("missing", {})), "submission_id": 1}


# center, case and state of the queries that the release of everything tells of
QUERIES = [
    ("K00", "K000", "confirmed"), ("K00", "K000", "open"), ("K00", "K000", "answered"),
    ("K01", "K001", "confirmed"), ("K01", "of no release", "open"),
]  # fmt: skip


def write_release(folder: Path, rows: Rows) -> Path:
    """A release folder as `registry.release` leaves it, as far as the warehouse reads it."""
    folder.mkdir(parents=True)
    for form, table in tables(rows).items():
        pq.write_table(table, folder / f"{form}.parquet")
    asked = [(c, case, "course", "course.start_day.plausible", state) for c, case, state in QUERIES]
    columns = [pa.array(column) for column in zip(*asked, strict=True)]
    pq.write_table(pa.table(columns, schema=QUERY_SCHEMA), folder / QUERY_FILE)
    manifest = {"name": folder.name, "created_at": "2026-11-23", "form_version": "2026.1"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
