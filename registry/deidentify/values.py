"""What may stand in a column that goes as it is: only what the form itself could hold.

A number, a listed word, yes or no, a time: nothing else leaves from such a column, so that no name
hides in one. Free text is screened besides (see convert).
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable

from registry.deidentify.days import read_clock
from registry.deidentify.fault import FaultError
from registry.deidentify.source import Cell, Faulty
from registry.forms import Column, MissingCode
from registry.forms.upload import CLEAR_WORD

Value = str | int | float | None

_NO_VALUE = {*(code.value for code in MissingCode), CLEAR_WORD}
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}(\.0+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", re.ASCII)


def is_free_text(column: Column) -> bool:
    """Whether a person may write words of their own into the column."""
    return column.type == "text" and column.item.codes is None and column.item.unit != "HH:MM"


def missing_word(cell: Cell, column: Column) -> str | None:
    """The word that stands instead of a value (why it is missing, or that it goes), if any."""
    word = cell.casefold() if isinstance(cell, str) else ""
    return word if word in _NO_VALUE and not column.item.key else None


def read_value(cell: Cell, column: Column) -> Value:
    """The cell as the form holds it, None if blank. Raises FaultError."""
    if cell == "":
        return None
    if (word := missing_word(cell, column)) is not None:
        return word
    if column.item.unit == "HH:MM":
        return _clock(cell)
    if isinstance(cell, Faulty | datetime.date | datetime.time):
        raise FaultError(
            "value",
            "holds an error, or a date or time that a spreadsheet made of something else.",
            "Format the cell as text and type the value again.",
        )
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    if column.type in ("integer", "number"):
        return _number(cell, column)
    return _word(_plain(cell) if isinstance(cell, int | float) else cell, column)


def _clock(cell: Cell) -> str:
    if (found := read_clock(cell)) is None:
        raise FaultError("value", "is not a time of day.", "Write it as 08:30.")
    return found


def _number(cell: str | int | float, column: Column) -> int | float:
    whole = column.type == "integer"
    if isinstance(cell, str) and not (_INTEGER if whole else _NUMBER).fullmatch(cell):
        unit = f" in {column.item.unit}" if column.item.unit else ""
        raise FaultError(
            "value",
            f"is not a {'whole ' if whole else ''}number.",
            f"Write the number alone{unit}, with a point for decimals.",
        )
    number = float(cell)
    if not math.isfinite(number):
        raise FaultError("value", "is not a number.", "Type the number again.")
    if whole and not number.is_integer():
        raise FaultError("value", "is not a whole number.", "Write a whole number.")
    low, high = column.item.low, column.item.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise FaultError(
            "value",
            "is not possible.",
            f"The form takes {low:,g} to {high:,g}. Check number and unit.",
        )
    return int(number) if whole or number.is_integer() else number


def _word(text: str, column: Column) -> str:
    listed = ("yes", "no") if column.type == "boolean" else column.item.codes
    if listed is not None:
        return listed_word(text, listed)
    if column.item.pattern and not re.fullmatch(column.item.pattern, text):
        raise FaultError(
            "value",
            "is not what the column takes.",
            f"Write {column.item.pattern_words or 'plain text'}.",
        )
    return text


def listed_word(text: str, listed: Iterable[str]) -> str:
    """The word of the list that `text` is, whatever its case. Raises FaultError."""
    words = {word.casefold(): str(word) for word in listed}
    if text.casefold() not in words:
        raise FaultError(
            "value", "is none of the listed words.", f"Write one of: {', '.join(words.values())}."
        )
    return words[text.casefold()]


def _plain(number: int | float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)
