"""One day of a form from the cells that may hold it: a date, a number of days, or both."""

from __future__ import annotations

from dataclasses import dataclass

from registry.deidentify.days import DateOrder, days_since, read_day_number, read_moment
from registry.deidentify.fault import FaultError, NoDiagnosisError
from registry.deidentify.layout import Placed, Use
from registry.deidentify.sheets import Anchor, FormSheet, RowOf
from registry.deidentify.source import Cell
from registry.deidentify.values import missing_word
from registry.forms import Column

_DISAGREE = FaultError(
    "day_and_date",
    "does not agree with the other column of the same day.",
    "Keep the one that holds, and empty the other.",
)


@dataclass(frozen=True)
class Day:
    """A number of days since diagnosis, or the word for a missing one; `clock` is the time of day
    that stood in the same cell. `was_date` tells a converted date from a number kept."""

    value: int | str
    clock: str | None = None
    was_date: bool = False


def day_of(
    sheet: FormSheet, row: RowOf, column: Column, anchor: Anchor, order: DateOrder
) -> tuple[Placed, Day] | None:
    """The day of `column` and the column of the sheet it comes from, None if blank. Raises FaultError."""
    found: tuple[Placed, Day] | None = None
    for use in (Use.DATE, Use.DAY):
        placed = sheet.used(column.name, use)
        if placed is None or row.at(placed) == "":
            continue
        day = _read(row.at(placed), use, column, anchor, order)
        if found is not None and found[1].value != day.value:
            raise _DISAGREE
        found = found or (placed, day)
    return found


def _read(cell: Cell, use: Use, column: Column, anchor: Anchor, order: DateOrder) -> Day:
    if (word := missing_word(cell, column)) is not None:
        return Day(word)
    if use is Use.DAY and (number := read_day_number(cell)) is not None:
        return Day(number)
    moment = read_moment(cell, order)
    if anchor.diagnosis is None:
        raise NoDiagnosisError
    return Day(days_since(anchor.diagnosis, moment.day), moment.clock, was_date=True)
