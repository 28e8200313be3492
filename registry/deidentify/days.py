"""Calendar dates become whole days since diagnosis. Pure dates: no clock change, no time zone."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from registry.deidentify.fault import FaultError
from registry.deidentify.source import Cell, Faulty

# a bare whole number beyond this is taken for the number by which a spreadsheet stores a date
SERIAL_FROM = 15_000
LONGEST_DAYS = 40_000

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.0+)?)?)?", re.ASCII
)
_LOCAL = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?: +([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?)?", re.ASCII
)
_WHOLE = re.compile(r"[+-]?\d{1,9}(\.0+)?", re.ASCII)


class DateOrder(StrEnum):
    """How dates written as text are to be read. ISO dates and real spreadsheet dates always are."""

    ISO = "iso"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True)
class Moment:
    """A calendar day and, where the cell had one, the time of day as HH:MM."""

    day: datetime.date
    clock: str | None = None


_WRITE_ISO = "Format the cell as a date, or write it as year-month-day (2031-05-09)."


def read_moment(cell: Cell, order: DateOrder = DateOrder.ISO) -> Moment:
    """The day (and time) of a cell that should hold a date. Raises FaultError."""
    if isinstance(cell, datetime.datetime):
        return _of_datetime(cell)
    if isinstance(cell, datetime.date):
        return Moment(cell)
    if isinstance(cell, str):
        return _of_text(cell, order)
    if isinstance(cell, Faulty):
        raise FaultError(
            "date", "holds an error or a formula that was never calculated.", _WRITE_ISO
        )
    raise FaultError("date", "holds a number or a time where a date belongs.", _WRITE_ISO)


def _of_datetime(moment: datetime.datetime) -> Moment:
    """Spreadsheets store 10:30 as a fraction that may come back a few microseconds short."""
    rounded = (moment + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
    midnight = rounded.time() == datetime.time(0)
    return Moment(rounded.date(), None if midnight else f"{rounded:%H:%M}")


def _of_text(text: str, order: DateOrder) -> Moment:
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.group(1, 2, 3))
    elif (match := _LOCAL.fullmatch(text)) and order is not DateOrder.ISO:
        first, second, year = (int(part) for part in match.group(1, 2, 3))
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        if month > 12:
            raise FaultError(
                "date",
                f"does not read {order.value}: the file mixes two orders of day and month.",
                _WRITE_ISO,
            )
    elif match:
        raise FaultError(
            "date",
            "is a date whose day and month could be swapped.",
            f"{_WRITE_ISO} If every text date of the file has the same order, say which "
            "with the option date-order.",
        )
    else:
        raise FaultError("date", "is not a date that can be read with certainty.", _WRITE_ISO)
    try:
        found = datetime.date(year, month, day)
    except ValueError:
        raise FaultError("date", "is a day that the calendar does not have.", _WRITE_ISO) from None
    hour, minute = match.group(4, 5)
    return Moment(found, f"{int(hour):02d}:{minute}" if hour is not None else None)


def read_day_number(cell: Cell) -> int | None:
    """The whole number of a cell that already counts days, None if it is not one.

    Raises FaultError for a number so large that it must be a spreadsheet's own number of a date.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        number = int(float(cell)) if _WHOLE.fullmatch(cell) else None
    elif isinstance(cell, int | float):
        number = int(cell) if float(cell).is_integer() else None
        if number is None:
            raise FaultError("date", "is a number with decimals.", _WRITE_ISO)
    else:
        return None
    if number is not None and not -LONGEST_DAYS <= number < SERIAL_FROM:
        raise FaultError(
            "date", "looks like the number by which a spreadsheet stores a date.", _WRITE_ISO
        )
    return number


def days_since(diagnosis: datetime.date, day: datetime.date) -> int:
    """Whole days from diagnosis (day 0); negative before it. Raises FaultError beyond 109 years."""
    days = (day - diagnosis).days
    if abs(days) > LONGEST_DAYS:
        raise FaultError(
            "date", "is more than a hundred years away from the diagnosis.", "Check the year."
        )
    return days


def read_clock(cell: Cell) -> str | None:
    """HH:MM of a cell that holds a time of day, None if it does not."""
    if isinstance(cell, datetime.datetime):
        return _of_datetime(cell).clock or "00:00"
    if isinstance(cell, datetime.time):
        whole = datetime.datetime.combine(datetime.date(2000, 1, 1), cell)
        return f"{whole + datetime.timedelta(microseconds=500_000):%H:%M}"
    if isinstance(cell, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?", cell):
        hour, minute = cell.split(":")[:2]
        return f"{int(hour):02d}:{minute}"
    return None
