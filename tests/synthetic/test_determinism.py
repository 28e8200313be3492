"""The same numbers give the same rows, the same tables and the same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import openpyxl
import pytest

from registry.forms import FORMS
from registry.synthetic import arrow_chunks, arrow_cohort, cohort, tables, write_submissions
from registry.synthetic.submissions import MANIFEST


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("submissions")
    write_submissions(path)
    return path


def test_one_seed_one_cohort() -> None:
    assert cohort(30, 5) == cohort(30, 5)
    assert cohort(30, 5) != cohort(30, 6)


def test_one_seed_one_workbook(tmp_path: Path) -> None:
    first = write_submissions(tmp_path / "a", patients=8)
    second = write_submissions(tmp_path / "b", patients=8)
    assert [digest(p) for p in first] == [digest(p) for p in second]
    assert digest(tmp_path / "a" / MANIFEST) == digest(tmp_path / "b" / MANIFEST)


def test_a_workbook_a_center(folder: Path) -> None:
    assert sorted(p.name for p in folder.glob("*.xlsx")) == [f"C{n:02d}.xlsx" for n in range(1, 13)]


def test_every_planted_fault_stands_where_the_manifest_says(folder: Path) -> None:
    faults = json.loads((folder / MANIFEST).read_text())
    assert len(faults) >= 38
    assert len({f["case_id"] for f in faults}) <= 6
    tidy = cohort()
    book = openpyxl.load_workbook(folder / "C12.xlsx")
    for fault in faults:
        sheet = book[fault["form"]]
        header = [cell.value for cell in sheet[1]]
        row = [cell.value for cell in sheet[fault["row"]]]
        assert row[header.index("case_id")] == fault["case_id"]
        value = row[header.index(fault["column"])]
        key = FORMS[fault["form"]].key()
        same = [r for r in tidy[fault["form"]]
                if all(str(r[k]) == str(row[header.index(k)]) for k in key)]  # fmt: skip
        if fault["kind"].startswith("duplicate"):
            assert (
                sum(
                    [c.value for c in r][: len(key)] == row[: len(key)]
                    for r in sheet.iter_rows(min_row=2)
                )
                == 2
            )
        elif same:
            assert plain(same[0].get(fault["column"])) != plain(value), fault


def plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{float(value):g}" if isinstance(value, int | float) else str(value)


def test_arrow_tables_have_the_raw_shape() -> None:
    made = arrow_cohort(40, 2)
    rows = cohort(40, 2)
    for name, form in FORMS.items():
        assert made[name].column_names == [*form.columns(), "missing", "submission_id"]
        assert made[name].num_rows == len(rows[name])
    first = json.loads(made["drug"]["missing"][0].as_py())
    assert set(first.values()) <= {"not done", "unknown", "not applicable", "withheld"}


def test_large_cohorts_keep_their_keys_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BLOCK", 60)
    large = arrow_cohort(150, 1)
    assert large["patient"].num_rows == 150
    assert large["center"].num_rows == 12
    for name, form in FORMS.items():
        key = list(form.key())
        distinct = large[name].select(key).group_by(key).aggregate([])
        assert distinct.num_rows == large[name].num_rows, name
    chunks = list(arrow_chunks(150, 1, chunk=60))
    assert [c["patient"].num_rows for c in chunks] == [60, 60, 30]
    assert [c["center"].num_rows for c in chunks] == [12, 0, 0]
