"""The registry's own files hold made-up data only: the screen over its data files and documents."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.identifiers import screen_texts
from tests.identifiers.labelled import HERE, rows

ROOT = HERE.parents[1]
FOLDERS = (
    "benchmarks",
    "dashboards",
    "dbt/models",
    "docs",
    "examples",
    "expectations",
    "registry",
    "tests",
)
DATA, PROSE = {".csv", ".tsv"}, {".md", ".yaml", ".yml", ".json", ".txt", ".sql"}
# The lists of names and of labelled strings are what the screen is made of.
OWN = (ROOT / "registry/identifiers", HERE)
# A document may name its day and its sources.
FINE_IN_PROSE = {"a calendar date", "a web address", "an internet (IP) address"}
# Expressions a file may hold, each with its reason.
ALLOWED = [(row["path"], row["expression"]) for row in rows("allowed.tsv")]


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in DATA | PROSE and not any(path.is_relative_to(own) for own in OWN):
                yield path


def _strings(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in DATA:
        delimiter = "\t" if path.suffix == ".tsv" else ","
        return {
            value for row in csv.reader(text.splitlines(), delimiter=delimiter) for value in row
        }
    return {line.strip() for line in text.splitlines()}


def _allowed(path: str, text: str) -> bool:
    return any(path == where and expression in text for where, expression in ALLOWED)


@pytest.mark.requirement("DEID-14")
def test_no_file_of_the_repository_holds_an_identifier() -> None:
    hits = [
        f"{path.relative_to(ROOT)}: {kind}: {text}"
        for path in _files()
        for text, kind in screen_texts(_strings(path)).items()
        if not (path.suffix in PROSE and kind in FINE_IN_PROSE)
        and not _allowed(str(path.relative_to(ROOT)), text)
    ]
    assert not hits, "\n".join(["made-up data only; else name it in allowed.tsv:", *hits])


@pytest.mark.requirement("DEID-14")
def test_the_files_that_hold_data_are_looked_at() -> None:
    looked_at = {str(path.relative_to(ROOT)) for path in _files()}
    assert {"examples/bmt137/bmt.csv", "docs/glossary.md"} <= looked_at


def test_every_exception_is_still_needed() -> None:
    for path, expression in ALLOWED:
        found = screen_texts(text for text in _strings(ROOT / path) if expression in text)
        assert found, (path, expression)
