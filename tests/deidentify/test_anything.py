"""Whatever stands in a hospital's file, it is taken or refused in words, and no date leaves."""

from __future__ import annotations

import datetime
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.deidentify.keyfile import fresh_key
from registry.deidentify.layout import BIRTH_DATE, DIAGNOSIS_DATE, date_name, is_day
from registry.deidentify.source import Faulty
from registry.deidentify.words import preview_lines
from registry.forms import FORMS
from registry.forms.upload import UPLOAD_COLUMNS
from tests.deidentify.hospital import run

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1))
CELLS = st.one_of(
    st.just(""),
    st.text(max_size=25),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.booleans(),
    DAYS,
    st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)),
    st.times(),
    st.sampled_from([Faulty("error"), Faulty("formula"), Faulty("duration")]),
    st.sampled_from(
        ["unknown", "delete", "patient", "P1", "1", "male", "2024-02-29", "02/03/2024"]
    ),
)
HEADERS = sorted(
    {
        name
        for form, model in FORMS.items()
        for column in model.columns()
        for name in ([column, date_name(column)] if is_day(form, column) else [column])
    }
    | {DIAGNOSIS_DATE, BIRTH_DATE, *UPLOAD_COLUMNS, "Patient name", ""}
)


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for form in [
        *draw(st.lists(st.sampled_from(sorted(FORMS)), max_size=3, unique=True)),
        "patient",
    ]:
        names = [*draw(st.lists(st.sampled_from(HEADERS), max_size=8, unique=True)), "case_id"]
        found[form] = [
            {name: draw(CELLS) for name in dict.fromkeys(names)}
            for _ in range(draw(st.integers(0, 3)))
        ]
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets(), st.sampled_from(["keyed", "random"]), st.booleans())
def test_any_cells_are_taken_or_refused(
    file: dict[str, list[dict[str, Any]]], profile: Any, blank: bool
) -> None:
    made = run(file, fresh_key(profile), blank_identifiers=blank)
    json.dumps(made.preview.as_dict())
    assert list(preview_lines(made.preview))
    for rows in made.rows.values():
        for value in (v for row in rows for v in row.values()):
            assert value is None or type(value) in (str, int, float)
    if not made.preview.refused:
        told = {cell for rows in file.values() for row in rows for cell in row.values()
                if isinstance(cell, datetime.date)}  # fmt: skip
        sent = str(made.rows)
        assert not any(f"{day:%Y-%m-%d}" in sent for day in told)
