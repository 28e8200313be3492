"""Headers: what is matched, what is refused, and what a coordinator is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.forms import FORMS
from registry.forms.base import FORM_VERSION, READABLE_VERSIONS, Column
from registry.intake import header as headers
from registry.intake.header import match_header
from registry.intake.raw import Odd, RawFile, RawSheet
from registry.intake.stage import stage


def sheet(*names: object) -> RawSheet:
    return RawSheet.of("patient", names, [(2, ["P1"] * len(names))])  # type: ignore[arg-type]


def test_headers_match_after_trimming_and_in_any_case() -> None:
    found = match_header(sheet(" Case_ID ", "SEX\u00a0", "change_reason"), "patient")
    assert (found.answers, found.upload, found.findings) == (
        {"case_id": 0, "sex": 1}, {"change_reason": 2}, [],
    )  # fmt: skip


@pytest.mark.requirement("UPL-10")
@pytest.mark.parametrize(
    ("names", "rule", "words"),
    [
        (["case_id", "patient_name"], "identifier.header", "a name"),
        (["case_id", "Nachname"], "identifier.header", "B1"),
        (["case_id", "weight_kgs"], "file.unknown_column", "Did you mean weight_kg?"),
        (["case_id", "comments"], "file.unknown_column", "not a column"),
        (["case_id", "se\u200bx"], "file.unknown_column", "U+200B"),
        (["case_id", Odd("date")], "file.unknown_column", "B1"),
        (["case_id", "sex", "Sex"], "file.double_column", "B1 and C1"),
        (["sex", "weight_kg"], "file.no_key", "no column case_id"),
    ],
)
def test_what_is_wrong_with_a_header_is_told_with_its_fix(
    names: list[object], rule: str, words: str
) -> None:
    (finding,) = match_header(sheet(*names), "patient").findings
    assert finding.rule == rule
    assert words in f"{finding.message} {finding.fix}"
    assert "patient_name" not in finding.message
    place = {"file.double_column": "C1", "file.no_key": None}.get(rule, "B1")
    assert (finding.cell, finding.row) == (place, 1 if place else None)


def test_a_column_is_known_by_its_former_name(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = dict(FORMS["patient"].columns())
    weight = columns["weight_kg"]
    renamed = Column("weight_kg", weight.type, replace(weight.item, formerly=("body_weight",)))
    monkeypatch.setattr(headers, "_names", lambda _: headers_of({**columns, "weight_kg": renamed}))
    assert match_header(sheet("case_id", "body_weight"), "patient").answers == {
        "case_id": 0,
        "weight_kg": 1,
    }


headers_of = headers._names


@pytest.mark.requirement("REL-18")
@pytest.mark.parametrize("version", [None, *READABLE_VERSIONS])
def test_files_of_every_version_so_far_are_read(version: str | None) -> None:
    raw = RawFile("a", "", (sheet("case_id", "sex"),), form_version=version)
    assert not stage(raw, "C01").refused


@pytest.mark.requirement("REL-18")
def test_a_file_of_other_forms_is_refused_with_the_version_it_needs() -> None:
    raw = RawFile("a", "", (sheet("case_id", "sex"),), form_version="2019.4")
    staged = stage(raw, "C01")
    assert staged.refused
    assert [f.rule for f in staged.findings] == ["file.version"]
    assert FORM_VERSION in staged.findings[0].fix
