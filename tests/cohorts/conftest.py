"""A registry that serves an analyst's file of forty patients."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from registry.cohorts import marts
from registry.home import home
from tests.cohorts.material import VERDICTS, file_of


@pytest.fixture
def served(empty_database: None) -> Iterator[None]:
    """Forty patients: women and men of two age groups, ten each; of five women the outcome is not known."""
    folder = home() / "warehouse" / "made-001"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "analyst.duckdb").unlink(missing_ok=True)
    people = [
        {
            "center_id": f"C{n % 2 + 1:02d}",
            "case_id": f"PSEUDO{n:02d}",
            "sex": "female" if n % 4 < 2 else "male",
            "age_group": "60-64" if n % 2 else "65-69",
            "age_at_diagnosis_years": 60 + n % 10,
            "disease": "AML",
            "is_eaml": True,
            "is_dead": None if n % 8 == 0 else n % 3 == 0,
            "center_transfusion_standard": n % 2 == 0,
        }
        for n in range(40)
    ]
    cases = [{"center_id": p["center_id"], "case_id": p["case_id"]} for p in people]
    with duckdb.connect(str(folder / "analyst.duckdb")) as connection:
        rows = {
            "dim_patient": people,
            "fct_infusion": [
                {**case, "infusion_no": 1, "donor_id": "DONOR1", "phase": "induction"}
                for case in cases
            ],
            "fct_endpoint": [
                {
                    **case,
                    "endpoint": "os",
                    "origin": "first_course",
                    "time_days": n,
                    "status": n % 2,
                }
                for n, case in enumerate(cases)
            ],
            "fct_verdict": [
                {
                    **case,
                    "recommendation_id": entry,
                    "reading": "a",
                    "verdict": verdict,
                    "tier": tier,
                }
                for case in cases
                for entry, verdict, tier in VERDICTS
            ],
        }
        file_of(connection, **{table: rows.get(table, ()) for table in marts()})
    pointer = {
        "build": "made-001", "release": "made", "data_cut": "2026-01-01",
        "built_at": "2026-01-02T00:00:00+00:00",
    }  # fmt: skip
    (home() / "warehouse" / "current.json").write_text(json.dumps(pointer))
    yield
    (home() / "warehouse" / "current.json").unlink()
