"""Column headers: 18 classes and 60 synonyms announce an identifier, no clinical header does."""

from __future__ import annotations

import pytest

from registry.forms import FORMS
from registry.identifiers import screen_header
from registry.identifiers.headers import header_kinds
from tests.identifiers.labelled import HERE, rows

HEADERS = rows("headers.tsv")
CLASS = {kind.kind: kind.safe_harbor for kind in header_kinds()}


def test_there_are_18_classes_and_60_synonyms() -> None:
    assert [row["class"] for row in HEADERS[:18]] == list("ABCDEFGHIJKLMNOPQR")
    assert len({row["header"] for row in HEADERS}) == 78


@pytest.mark.requirement("DEID-01")
@pytest.mark.parametrize("row", HEADERS, ids=lambda row: row["header"])
def test_a_header_is_told_by_its_class(row: dict[str, str]) -> None:
    kind = screen_header(row["header"])
    assert kind is not None
    assert CLASS[kind] == row["class"]


@pytest.mark.requirement("DEID-01")
@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("date of diagnosis", "a calendar date"),
        ("fecha", "a calendar date"),
        ("Datum", "a calendar date"),
        ("infusion_date", "a calendar date"),
        ("fechaNacimiento", "a date of birth"),
        ("FECHA NAC.", "a date of birth"),
        ("Prénom", "a name"),
        ("Pre\u0301nom", "a name"),
        ("ｎａｍｅ", "a name"),
        ("na\u200bme", "a name"),
        ("Name\u00a0", "a name"),
        ("zip", "a postcode"),
        ("mrn", "a hospital number"),
        ("geburtsdatumpatient", "a date of birth"),
    ],
)
def test_a_header_is_told_however_it_is_written(header: str, kind: str) -> None:
    assert screen_header(header) == kind


@pytest.mark.requirement("DEID-04")
@pytest.mark.parametrize(
    "place", ["zip", "ZIP3", "zip code", "postcode", "PLZ", "city", "Wohnort", "código postal"]
)
def test_no_place_smaller_than_a_country_passes(place: str) -> None:
    assert screen_header(place) is not None


@pytest.mark.requirement("DEID-01")
def test_no_column_of_a_form_is_hit() -> None:
    hit = {
        f"{form}.{column}": kind
        for form, shape in FORMS.items()
        for column in shape.columns()
        if (kind := screen_header(column))
    }
    assert hit == {}
    assert all(screen_header(form) is None for form in FORMS if form != "patient")


def test_no_clinical_header_is_hit() -> None:
    headers = (HERE / "clean_headers.txt").read_text(encoding="utf-8").splitlines()
    assert {h: kind for h in headers if (kind := screen_header(h))} == {}
