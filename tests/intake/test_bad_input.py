"""Every bad input has one clear answer: the right status, the right words, nothing else stored."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from registry.findings import Finding
from registry.forms import FORMS
from registry.intake.submit import check, submit
from tests.intake.bad_input import FILE_NAMES, HARMLESS, TABLE, Bad
from tests.intake.generators import CANARY, a_csv, csv_of, csv_text, csvs_of, row

_CENTERS = (f"T{n:03d}" for n in itertools.count())


def stored(center: str) -> list[dict[str, Any]]:
    """Every stored row of a center."""
    from registry.store import center_session
    from tests.versions import stored_rows

    with center_session(center) as session:
        return [dict(r) for form in FORMS for r in stored_rows(session, form, None)]


def flat(findings: tuple[Finding, ...]) -> list[Finding]:
    return [g for f in findings for g in (f, *flat(f.consequences))]


def says(finding: Finding, case: Bad) -> bool:
    text = f"{finding.message} {finding.fix} {finding.column} {finding.cell}".casefold()
    return finding.rule.startswith(case.rule) and all(w.casefold() in text for w in case.words)


@pytest.mark.requirement(
    "DEID-01",
    "DEID-09",
    "DEID-10",
    "UPL-01",
    "UPL-03",
    "UPL-04",
    "UPL-06",
    "UPL-07",
    "UPL-08",
    "UPL-09",
    "UPL-10",
    "UPL-11",
    "UPL-12",
    "UPL-13",
    "UPL-19",
    "REL-18",
)
@pytest.mark.parametrize("case", TABLE, ids=[case.id for case in TABLE])
def test_bad_input(database: None, tmp_path: Path, case: Bad) -> None:
    center, path = next(_CENTERS), case.make(tmp_path)
    receipt = submit(path, center, actor="test")
    findings = flat(receipt.findings)
    told = [(f.rule, f.severity, f.message, f.fix) for f in findings]
    assert receipt.status == case.status, told
    if case.rule or case.words:
        wanted = {"refused": "reject", "held": "reject", "accepted": "inform"}[case.status]
        assert any(says(f, case) and f.severity == wanted for f in findings), told
    assert CANARY not in receipt.model_dump_json()
    rows = stored(center)
    assert bool(rows) == (case.status == "accepted")
    for name, value in (case.stored or {}).items():
        assert [r[name] for r in rows if name in r] == [value] * sum(name in r for r in rows)
        assert any(name in r for r in rows)


@pytest.mark.requirement("DEID-09")
@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_only_looks_like_a_name_is_no_identifier(
    database: None, tmp_path: Path, text: str
) -> None:
    receipt = check(csvs_of("patient", "conmed", drug_name=text)(tmp_path), "T999")
    assert not [f for f in flat(receipt.findings) if f.rule.startswith("identifier")]


@pytest.mark.requirement("UPL-16")
def test_the_same_file_twice_is_known(database: None, tmp_path: Path) -> None:
    first = submit(csv_of()(tmp_path), "U1", actor="test")
    again = submit(tmp_path / "patient.csv", "U1", actor="test")
    assert (again.status, again.submission_id) == ("already received", first.submission_id)
    assert len(stored("U1")) == 1


@pytest.mark.requirement("UPL-16")
def test_the_same_key_with_another_file_is_a_conflict(database: None, tmp_path: Path) -> None:
    submit(csv_of()(tmp_path), "U2", actor="test", key="k1")
    other = submit(csv_of(case_id="P002")(tmp_path), "U2", actor="test", key="k1")
    assert other.status == "conflict"
    assert [r["case_id"] for r in stored("U2")] == ["P001"]


@pytest.mark.requirement("UPL-07")
def test_a_center_may_be_called_na(database: None, tmp_path: Path) -> None:
    """Row 30: readers that guess take NA for missing."""
    assert submit(csv_of(center_id="NA")(tmp_path), "NA", actor="test").status == "accepted"
    assert [r["center_id"] for r in stored("NA")] == ["NA"]


@pytest.mark.requirement("UPL-05")
@pytest.mark.parametrize("name", FILE_NAMES, ids=ascii)
def test_a_file_name_is_only_ever_shown(database: None, tmp_path: Path, name: str) -> None:
    """Row 103."""
    receipt = check(a_csv(csv_text([row()]))(tmp_path), "T998", file_name=name)
    assert receipt.status == "accepted"
    assert len(receipt.file_name) <= 200
    assert receipt.file_name.isprintable()
    assert [p.name for p in tmp_path.iterdir()] == ["patient.csv"]


def test_the_table_has_every_number_once() -> None:
    ids = [case.id.split()[0] for case in TABLE]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"\d+[a-z]?", id_) for id_ in ids)
