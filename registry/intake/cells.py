"""Types one cell by its form: text in, value or missing code out, or the reason why not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from registry.forms import Column, MissingCode
from registry.intake.limits import MAX_CELL_CHARACTERS
from registry.intake.raw import Cell, Odd

Value = str | int | float | bool | None

_MISSING = {code.value: code for code in MissingCode}
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}(\.0+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_BOOLEANS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Refusal:
    """Why a cell cannot be taken, and what to do."""

    rule: str
    message: str
    fix: str


def type_cell(cell: Cell, column: Column) -> Value | MissingCode | Refusal:
    """The value of a cell, None if blank, a missing code, or why it cannot be either."""
    if isinstance(cell, Odd):
        return _odd(cell, column)
    text = unicodedata.normalize("NFC", cell.replace("\u00a0", " ")).strip()
    if not text:
        return None
    if len(text) > MAX_CELL_CHARACTERS:
        return Refusal("cell.long", "The cell is too long.", "Shorten it.")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in text):
        return Refusal(
            "cell.invisible",
            "The cell holds a line break or an invisible character.",
            "Type the value again by hand.",
        )
    if not column.item.key and text.casefold() in _MISSING:
        return _MISSING[text.casefold()]
    return _typed(text, column)


def _typed(text: str, column: Column) -> Value | Refusal:
    if column.type == "text":
        return text
    if column.type == "boolean":
        answer = _BOOLEANS.get(text.casefold())
        return answer if answer is not None else Refusal(
            "cell.yes_no", f"{column.name} is neither yes nor no.", "Write yes or no."
        )  # fmt: skip
    pattern = _INTEGER if column.type == "integer" else _NUMBER
    if not pattern.fullmatch(text):
        return _not_a_number(text, column)
    return int(float(text)) if column.type == "integer" else float(text)


def _not_a_number(text: str, column: Column) -> Refusal:
    kind = "whole number" if column.type == "integer" else "number"
    if re.fullmatch(r"[+-]?[0-9]{1,3}([.,' ][0-9]+)+", text) and column.type == "number":
        return Refusal(
            "cell.decimal", f"{column.name} has a comma or a thousands mark.",
            "Write the number with a point for decimals and nothing else, such as 70.5.",
        )  # fmt: skip
    if re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?\s*[^0-9\s.,]+.*", text):
        unit = f" The unit is {column.item.unit}." if column.item.unit else ""
        return Refusal(
            "cell.unit", f"{column.name} holds more than a {kind}.",
            f"Write the number alone.{unit}",
        )  # fmt: skip
    return Refusal(
        "cell.number", f"{column.name} is not a {kind}.",
        f"Write a {kind}{f' in {column.item.unit}' if column.item.unit else ''}, "
        "or one of: not done, unknown, not applicable, withheld.",
    )  # fmt: skip


def _odd(cell: Odd, column: Column) -> Value | Refusal:
    if cell.kind == "time" and column.item.unit == "HH:MM":
        return cell.text
    if cell.kind == "error":
        return Refusal(
            "cell.excel_error", "The cell shows an Excel error such as #N/A.",
            "Replace the formula by its value.",
        )  # fmt: skip
    thing = "a date" if cell.kind == "date" else "a time"
    return Refusal(
        f"cell.excel_{cell.kind}", f"Excel turned {column.name} into {thing}.",
        "Format the column as Text and type the value again.",
    )  # fmt: skip
