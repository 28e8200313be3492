"""From a hospital's own file to an accepted submission, and nothing of the hospital's in between."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Any

import pytest

from registry.deidentify.ages import implies_top_age
from registry.deidentify.convert import prepare
from registry.deidentify.keyfile import create_key
from registry.deidentify.layout import ID_COLUMNS, is_day
from registry.deidentify.source import read_source
from registry.deidentify.writing import write
from registry.forms import FORMS
from registry.intake.submit import submit
from registry.synthetic import cohort
from tests.deidentify.hospital import example, reasons

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "deidentify.md"


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A synthetic center, given names, numbers and dates, and de-identified again."""
    folder = tmp_path_factory.mktemp("center")
    make = example()
    rows = make.of_one_center(cohort(30, 6))
    hospital = make.identified(rows, 6)
    book = make.write(folder / "hospital.xlsx", hospital)
    make.side_channels(book)
    book.save(folder / "hospital.xlsx")
    key = create_key(folder / "site.key", "keyed")
    made = prepare(read_source(folder / "hospital.xlsx"), key)
    assert reasons(made) == []
    write(made, folder / "out.xlsx", folder / "site.key")
    return {"rows": rows, "hospital": hospital, "made": made, "key": key, "folder": folder}


def _expected(journey: dict[str, Any], form: str, row: dict[str, Any]) -> dict[str, Any]:
    """The original row with its ids looked up: local id of the hospital, then pseudonym of it."""
    key, person = journey["key"].pseudonyms(), journey["hospital"].people.get(row.get("case_id"))
    found = {}
    for name, value in row.items():
        kind = ID_COLUMNS.get(name)
        if kind == "case":
            value = key.of("case", person.number)
        elif kind and type(value) is str and value != "patient":
            value = key.of(kind, person.number, person.ids[kind, value])
        found[name] = _plain(value)
    return {name: value for name, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return float(f"{value:.12g}")  # a workbook keeps 15 digits
    return str(value) if isinstance(value, str) else value


def _last_day(rows: dict[str, list[dict[str, Any]]], case: str) -> int:
    return max(
        value
        for form, entries in rows.items()
        for row in entries
        if row.get("case_id") == case
        for name, value in row.items()
        if is_day(form, name) and type(value) is int
    )


@pytest.mark.requirement("DEID-02", "DEID-05")
def test_what_leaves_is_the_original_under_other_ids(journey: dict[str, Any]) -> None:
    rows, made = journey["rows"], journey["made"]
    for form in FORMS:
        sent = [
            {k: _plain(v) for k, v in row.items() if v is not None}
            for row in made.rows.get(form, ())
        ]
        expected = [_expected(journey, form, row) for row in rows[form]]
        for row, original in zip(expected, rows[form], strict=True):
            age = original.get("age_at_diagnosis_years")
            if type(age) is int and implies_top_age(age, _last_day(rows, original["case_id"])):
                row["age_at_diagnosis_years"] = "withheld"
        assert sent == expected


@pytest.mark.requirement("DEID-09")
def test_the_registry_accepts_it_and_finds_no_identifier(
    journey: dict[str, Any], empty_database: None
) -> None:
    folder: Path = journey["folder"]
    receipt = submit(folder / "out.xlsx", "C01", actor="test")
    told = [f for f in receipt.findings if f.severity == "reject" or "identif" in f.rule]
    assert told == []
    assert (receipt.status, receipt.held) == ("accepted", 0)
    assert receipt.accepted == receipt.rows == sum(map(len, journey["rows"].values()))
    _no_trace(journey)


def _no_trace(journey: dict[str, Any]) -> None:
    """Neither the key nor a local number or name is in any byte of the registry's state folder."""
    key: bytes = journey["key"].key
    people = journey["hospital"].people.values()
    secrets = [key, key.hex().encode(), base64.b64encode(key).rstrip(b"=")]
    secrets += [person.number.encode() for person in people]
    pattern = re.compile(b"|".join(map(re.escape, secrets)))
    seen = 0
    for folder, _, files in os.walk(os.environ["MST_HOME"]):
        for name in files:
            path = Path(folder, name)
            if path.is_file() and not path.is_socket():
                seen += 1
                assert pattern.search(path.read_bytes()) is None, path
    assert seen > 100
    assert pattern.search((journey["folder"] / "out.xlsx").read_bytes()) is None


def test_the_walk_through_of_the_docs_is_what_happens(tmp_path: Path) -> None:
    """The refusals that docs/deidentify.md shows, from the file it makes."""
    from registry.deidentify.words import refusal_lines

    make = example()
    hospital = make.identified(make.of_one_center(cohort(12, 1)), 1)
    book = make.write(tmp_path / "hospital.xlsx", hospital)
    make.side_channels(book)
    make.spoil(book)
    book.save(tmp_path / "hospital.xlsx")
    key = create_key(tmp_path / "k", "keyed")
    made = prepare(read_source(tmp_path / "hospital.xlsx"), key)
    text = " ".join(DOCS.read_text().split())
    lines = list(refusal_lines(made.preview.refused))
    assert len(lines) >= 3
    for line in lines:
        assert " ".join(line.split()) in text


@pytest.mark.requirement("DEID-08")
def test_the_docs_say_what_pseudonyms_do_not_do() -> None:
    text = " ".join(DOCS.read_text().split())
    assert "Pseudonymised data are still personal data" in text
    assert "the same patient at two centers cannot be found" in text
