"""Checking files: against the bare read, and against the form checks of pandera and Frictionless."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers import form_files, frictionless_errors, pandera_errors
from benchmarks.tools import line, seconds

CASES = 50
ROWS = 50_000


def run(home: Path) -> None:
    from registry import store

    store.migrate()
    workbook(home / "workbook")
    for name, folder in (
        ("a center's file of all forms", whole_file(home / "file")),
        ("one form of 40 columns", one_form(home / "form")),
    ):
        large_file(name, folder)


def workbook(folder: Path) -> None:
    """Checking a workbook of 50 cases, warm, against reading the same file and nothing more."""
    from registry.intake.submit import check
    from registry.workbook import write_workbook

    path = folder / "cases.xlsx"
    write_workbook(path, _cohort(CASES))
    check(path, "C01")  # libraries loaded, models compiled and planned
    check(path, "C01")
    ours = seconds(lambda: check(path, "C01"), repeats=3)
    title = f"check a workbook of {CASES} cases, warm"
    line(title, ours, "calamine reads it", seconds(lambda: _bare_workbook(path), repeats=3))
    line(title, ours, "openpyxl reads it", seconds(lambda: _openpyxl(path), repeats=2))


def large_file(name: str, folder: Path) -> None:
    from registry.intake.submit import check

    rows = sum(sum(1 for _ in file.open()) - 1 for file in form_files(folder))
    print(f"-- {rows:,} rows, {name}")
    check(folder, "C01")
    check(folder, "C01")
    whole = seconds(lambda: check(folder, "C01"), repeats=3)
    forms = seconds(lambda: _forms_alone(folder), repeats=3)
    frictionless = seconds(lambda: frictionless_errors(folder), repeats=2)
    pandera = seconds(lambda: pandera_errors(folder), repeats=3)
    line(
        "the whole check, consensus included",
        whole,
        "the csv module reads it",
        seconds(lambda: _bare_csv(folder), repeats=3),
    )
    line(
        "the whole check, consensus included",
        whole,
        "Frictionless, form checks alone",
        frictionless,
    )
    line("reading and form checks alone", forms, "pandera, form checks alone", pandera)
    print(f"peak memory of the whole check, a process of its own: {peak_memory_mb(folder):,} MB")


def _forms_alone(folder: Path) -> int:
    """Read, type, and judge each value by the rules of its form."""
    from registry import checks
    from registry.home import home
    from registry.intake import reader
    from registry.intake.assess import replay
    from registry.intake.stage import stage

    staged = stage(reader.read(folder), "C01")
    judged = {form: checks.single(form) for form in staged.forms}
    found = 0
    with replay(home()).bench(staged.row_count) as bench:
        for form, of_form in staged.forms.items():
            bench.load(form, of_form.rows.raw())
        answers = bench.ask([checks.question(judged[form], f"raw.{form}") for form in judged])
        for form, answer in zip(judged, answers, strict=True):
            found += len(checks.failures(judged[form], answer, staged.forms[form].rows.answers))
    return found


def _bare_workbook(path: Path) -> int:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def _openpyxl(path: Path) -> int:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return sum(1 for sheet in book.worksheets for _ in sheet.iter_rows(values_only=True))


def _bare_csv(folder: Path) -> int:
    found = 0
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            found += sum(len(row) for row in csv.reader(text))
    return found


def _cohort(patients: int) -> dict[str, list[dict[str, Any]]]:
    """A made-up cohort as the rows of one center."""
    from registry.synthetic import cohort

    found: dict[str, list[dict[str, Any]]] = {}
    for form, entries in cohort(patients, 1).items():
        if form != "center":
            found[form] = [{**row, "center_id": "C01"} for row in entries]
    return found


def whole_file(folder: Path) -> Path:
    """Every form of as many patients as make 50,000 rows, as CSVs."""
    from registry.workbook import write_csv_folder

    rows = _cohort(300)
    cases = [row["case_id"] for row in rows["patient"]]
    per_case = sum(len(entries) for entries in rows.values()) / len(cases)
    kept = set(cases[: round(ROWS / per_case)])
    write_csv_folder(
        folder, {f: [r for r in entries if r["case_id"] in kept] for f, entries in rows.items()}
    )
    return folder


def one_form(folder: Path) -> Path:
    """50,000 rows of the widest form, with the patients they belong to."""
    from registry.workbook import write_csv_folder

    rows = _cohort(100)
    write_csv_folder(
        folder, {"fitness": list(_repeated(rows["fitness"])), "patient": rows["patient"]}
    )
    return folder


def _repeated(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    cases = sorted({row["case_id"] for row in entries})
    for number in range(ROWS):
        case = cases[number % len(cases)]
        row = entries[number % len(entries)]
        yield {**row, "case_id": case, "assessment_day": number // len(cases)}


def peak_memory_mb(folder: Path) -> int:
    """The largest the process that checks, and the child that reads, ever were together."""
    code = (
        "import json, resource, sys; from pathlib import Path; from registry.intake.submit import check; "
        "check(Path(sys.argv[1]), 'C01'); "
        "print(json.dumps([resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    return int(sum(json.loads(done.stdout.splitlines()[-1])) // 1024)
