"""One workbook a center, as the centers would send them; one center is untidy on purpose."""

from __future__ import annotations

import json
from pathlib import Path

from registry.synthetic.cohort import PATIENTS, by_center, cohort, in_key_order
from registry.synthetic.faults import plant
from registry.workbook import write_workbook

UNTIDY = "C12"
MANIFEST = "faults.json"


def write_submissions(folder: Path, patients: int = PATIENTS, seed: int = 1) -> list[Path]:
    """Writes `C01.xlsx` and so on, and what is wrong in C12 to `faults.json`; returns the workbooks.

    The manifest is a list of objects with kind, form, row (as the spreadsheet counts), column and
    case_id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for center, forms in sorted(by_center(cohort(patients, seed)).items()):
        rows = {form: in_key_order(form, entries) for form, entries in forms.items()}
        if center == UNTIDY:
            faults = [fault.as_json() for fault in plant(rows)]
            text = json.dumps(faults, indent=1) + "\n"
            (folder / MANIFEST).write_text(text, encoding="utf-8")
        paths.append(folder / f"{center}.xlsx")
        write_workbook(paths[-1], rows, example=True)
    return paths
