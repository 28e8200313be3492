"""What becomes of each column of the center's sheet: kept, converted, replaced, or removed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.deidentify.pseudonyms import Kind
from registry.forms import FORMS
from registry.forms.upload import UPLOAD_COLUMNS
from registry.identifiers import screen_header

ID_COLUMNS: Mapping[str, Kind] = {
    "case_id": "case",
    "donor_id": "donor",
    "replaces_donor_id": "donor",
    "subject_id": "donor",
    "collection_id": "collection",
    "aliquot_id": "aliquot",
}
# the day column whose time of day has a column of its own beside it
CLOCK_OF_DAY: Mapping[tuple[str, str], str] = {
    ("infusion", "infusion_day"): "infusion_start_time",
    ("drug", "last_day"): "last_dose_end_time",
}
AGES = frozenset(
    {("patient", "age_at_diagnosis_years"), ("allo", "age_at_transplant_years"),
     ("donor", "age_years")}
)  # fmt: skip
DIAGNOSIS_DATE, BIRTH_DATE = "diagnosis_date", "birth_date"


class Use(StrEnum):
    """What is done with a column, in the words that the coordinator reads."""

    KEPT = "as it is"
    DATE = "dates become days since diagnosis"
    DAY = "days since diagnosis; a date is converted"
    ID = "replaced by a pseudonym"
    AGE = "completed years; 90 and over is 90"
    DIAGNOSIS = "days are counted from it; not sent"
    BIRTH = "the age is computed from it; not sent"
    REMOVED = "removed"


@dataclass(frozen=True)
class Placed:
    """A column of the center's sheet. `target` is the form's column, "" for what is not sent;
    `kind` is the kind of identifier that the header names."""

    index: int
    header: str
    use: Use
    target: str = ""
    kind: str | None = None


def is_day(form: str, column: str) -> bool:
    return FORMS[form].columns()[column].item.unit == "days since diagnosis"


def date_name(day_column: str) -> str:
    """The name of the column that holds the date: infusion_day, infusion_date."""
    return f"{day_column.removesuffix('_day')}_date"


def place(form: str, header: Sequence[str]) -> tuple[Placed, ...]:
    """Each named or filled column of a sheet and its use, in the order of the sheet."""
    return tuple(_placed(form, index, name) for index, name in enumerate(header))


def _placed(form: str, index: int, header: str) -> Placed:
    name = re.sub(r"[\s-]+", "_", header.strip().casefold())
    columns = FORMS[form].columns()
    dates = {date_name(c): c for c in columns if is_day(form, c)}
    if name in dates:
        return Placed(index, header, Use.DATE, dates[name])
    if form == "patient" and name in (DIAGNOSIS_DATE, BIRTH_DATE):
        return Placed(index, header, Use.DIAGNOSIS if name == DIAGNOSIS_DATE else Use.BIRTH)
    if name in UPLOAD_COLUMNS:
        return Placed(index, header, Use.KEPT, name)
    if name not in columns:
        return Placed(index, header, Use.REMOVED, kind=screen_header(header) if header else None)
    return Placed(index, header, _use(form, name), name)


def _use(form: str, column: str) -> Use:
    if column in ID_COLUMNS:
        return Use.ID
    if (form, column) in AGES:
        return Use.AGE
    return Use.DAY if is_day(form, column) else Use.KEPT


def named_twice(placed: Sequence[Placed]) -> list[str]:
    """Columns that stand in the sheet more than once, so that nobody can say which one holds."""
    seen = [(p.use, p.target) for p in placed if p.use is not Use.REMOVED]
    return sorted({t or use.value for use, t in seen if seen.count((use, t)) > 1})
