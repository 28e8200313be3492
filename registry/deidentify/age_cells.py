"""The ages of a row: computed or typed, top-coded, and withheld where the record gives them away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from registry.deidentify.ages import TOP_AGE, completed_years, implies_top_age, top_coded
from registry.deidentify.fault import FaultError, NoDiagnosisError
from registry.deidentify.layout import is_day
from registry.deidentify.sheets import Anchor
from registry.deidentify.source import Cell
from registry.deidentify.values import Value, missing_word
from registry.forms import Column, MissingCode

_WHOLE = re.compile(r"[+-]?\d{1,4}(\.0+)?", re.ASCII)
_ABOVE = re.compile(r"90 ?\+|> ?89|>= ?90|≥ ?90", re.ASCII)
_CONTRADICTION = FaultError(
    "age", "is not the age that birth date and diagnosis date give.",
    "Correct it, or leave it empty: it is computed.",
)  # fmt: skip

Row = dict[str, Value]


def age_of(cell: Cell, column: Column, anchor: Anchor) -> int | str | None:
    """The age that leaves, or the word for a missing one. Raises FaultError.

    Only the age at diagnosis can be computed; it then must agree with what was typed.
    """
    word = missing_word(cell, column)
    typed = None if word or cell == "" else _typed(cell)
    if column.name != "age_at_diagnosis_years" or anchor.birth is None:
        return typed if typed is not None else word
    if anchor.diagnosis is None:
        raise NoDiagnosisError
    computed = top_coded(completed_years(anchor.birth, anchor.diagnosis))
    if typed is not None and typed != computed:
        raise _CONTRADICTION
    return computed


def _typed(cell: Cell) -> int:
    if isinstance(cell, str) and _ABOVE.fullmatch(cell):
        return TOP_AGE
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if (number and float(str(cell)).is_integer()) or (
        isinstance(cell, str) and _WHOLE.fullmatch(cell)
    ):
        return top_coded(int(float(str(cell))))
    raise FaultError("age", "is not a whole number of years.", "Write completed years, such as 68.")


def withhold_implied(rows: Mapping[str, Sequence[Row]]) -> int:
    """Replaces ages that, with the days of the case, imply an age over 89 by "withheld".

    Returns how many. What counts is what the reader of the submission could work out: the age that
    was sent, plus the days until the last day of the case.
    """
    last = _last_days(rows)
    withheld = 0
    for form, column, origin in (
        ("patient", "age_at_diagnosis_years", ""), ("allo", "age_at_transplant_years", "transplant_day"),
    ):  # fmt: skip
        for row in rows.get(form, ()):
            age, start = row.get(column), row.get(origin) or 0
            start = start if isinstance(start, int) else 0
            if isinstance(age, int) and implies_top_age(age, last[row["case_id"]] - start):
                row[column] = MissingCode.WITHHELD.value
                withheld += 1
    return withheld


def _last_days(rows: Mapping[str, Iterable[Row]]) -> dict[Value, int]:
    last: dict[Value, int] = {}
    for form, entries in rows.items():
        if form == "center":
            continue
        for row in entries:
            days = [v for c, v in row.items() if isinstance(v, int) and is_day(form, c)]
            last[row["case_id"]] = max(last.get(row["case_id"], 0), *days, 0)
    return last
