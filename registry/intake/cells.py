"""Types one cell by its form: text in, value or missing code out, or the reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from registry.forms import Column, MissingCode
from registry.forms.upload import CLEAR_WORD
from registry.intake.limits import MAX_CELL_CHARACTERS
from registry.intake.raw import Cell, Odd

Value = str | int | float | bool | None

# what Python and the columnar reader both take for a number, and nothing else
NUMBER: Mapping[str, str] = {
    "integer": r"^[+-]?[0-9]{1,9}(?:\.0{0,2})?$",
    "number": r"^[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?$",
}
_NUMBERS = {kind: re.compile(pattern.rstrip("$") + r"\Z", re.ASCII) for kind, pattern in NUMBER.items()}  # fmt: skip
OLDEST_YEARS = 120
_HARD_SPACES = re.compile("[\u00a0\u2002-\u200a\u202f]")
_NO_IDS = {*MissingCode, CLEAR_WORD, "nan", "null", "none", "true", "false", "yes", "no"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}  # controls, format signs, halves of pairs, private use
_MISSING = {code.value: code for code in MissingCode}
_BOOLEANS = {"yes": True, "no": False, "true": True, "false": False}  # Excel's own words too
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|[0-9.]+e\+?[0-9]{3,})", re.I)
_DATE = re.compile(r"[0-9]{1,4}\s*[-/.]\s*[0-9]{1,2}\s*[-/.]\s*[0-9]{1,4}([T ].*)?")
_EXCEL_DATE = re.compile(r"[0-9]{1,2}-[A-Za-z]{3}|[A-Za-z]{3}-[0-9]{2}")  # 2-Mar, Sep-09
_FORMULA_STARTS = tuple("=+-@＝＋－＠")
_OR_MISSING = "or one of: not done, unknown, not applicable, withheld."


@dataclass(frozen=True)
class Refusal:
    """Why a cell cannot be taken, and what to do."""

    rule: str
    message: str
    fix: str


@dataclass(frozen=True)
class Notice:
    """What the sender should know of a cell that is taken."""

    rule: str
    message: str
    fix: str = "Nothing to do."


@dataclass(frozen=True)
class Clear:
    """The cell asks for the stored answer to be deleted."""


def type_cell(cell: Cell, column: Column) -> Value | MissingCode | Clear | Refusal:
    """The value of a cell, None if blank, a missing code, or why it cannot be any of them."""
    if isinstance(cell, Odd):
        return _odd(cell, column)
    text = clean(cell)
    if not text:
        return None
    if len(text) > MAX_CELL_CHARACTERS:
        return Refusal("cell.long", "The cell is too long.", "Shorten it.")
    if not text.isprintable() and any(unicodedata.category(c) in _INVISIBLE for c in text):
        return Refusal(
            "cell.invisible",
            "The cell holds a line break or an invisible character.",
            "Type the value again by hand.",
        )
    if not column.item.key:
        word = " ".join(text.split()).casefold()
        if word in _MISSING:
            return _MISSING[word]
        if word == CLEAR_WORD:
            return Clear()
    return _typed(text, column)


def clean(cell: str) -> str:
    """The text of a cell without blanks around it, in composed characters."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", _HARD_SPACES.sub(" ", cell))
    return cell.strip()


def noticed(cell: Cell, value: object, column: Column) -> Notice | None:
    """What to say of a cell that was taken as `value`."""
    top = column.item.top_code
    if top is not None and isinstance(value, int) and top < value <= OLDEST_YEARS:
        return Notice(
            "cell.top_coded", f"{column.name} is kept as {top}, which stands for {top} and over.",
            "Send it so from your center; mst deidentify does.",
        )  # fmt: skip
    if isinstance(cell, str) and _HARD_SPACES.search(cell) and not isinstance(value, Refusal):
        return Notice("cell.trimmed", "A hard space was taken off the cell.")
    return None


def _typed(text: str, column: Column) -> Value | Refusal:
    if column.type == "text":
        return _text(text, column)
    if column.type == "boolean":
        answer = _BOOLEANS.get(text.casefold())
        return answer if answer is not None else Refusal(
            "cell.yes_no", f"{column.name} is neither yes nor no.", f"Write yes or no, {_OR_MISSING}"
        )  # fmt: skip
    if not _NUMBERS[column.type].match(text):
        return _not_a_number(text, column)
    return int(float(text)) if column.type == "integer" else float(text)


def _text(text: str, column: Column) -> str | Refusal:
    item = column.item
    if item.codes is not None:
        # how a word is capitalised says nothing
        same = [code.value for code in item.codes if code.value.casefold() == text.casefold()]
        if text not in same and len(same) == 1:
            return same[0]
        if not same and _EXCEL_DATE.fullmatch(text):
            return _excel_made(column, "date")
    if item.key and item.codes is None and text.casefold() in _NO_IDS:
        return Refusal(
            "cell.no_id", f"{column.name} holds a word for something missing, which names nothing.",
            f"Write the {column.name} that the row belongs to, or remove the row.",
        )  # fmt: skip
    if (item.key or item.codes or item.pattern) and text.startswith(_FORMULA_STARTS):
        return Refusal(
            "cell.formula_injection",
            f"{column.name} starts with a sign that spreadsheets read as a formula.",
            "Type the value without =, +, - or @ at its beginning.",
        )
    return text


def _not_a_number(text: str, column: Column) -> Refusal:
    kind = "whole number" if column.type == "integer" else "number"
    unit = f" in {column.item.unit}" if column.item.unit else ""
    if _NOT_FINITE.fullmatch(text):
        return Refusal(
            "cell.not_finite", f"{column.name} is no finite number.",
            f"Write a {kind}{unit}, {_OR_MISSING}",
        )  # fmt: skip
    if _DATE.fullmatch(text):
        return _calendar_date(column)
    if column.type == "integer" and re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+", text):
        return _thousands(column)
    if re.fullmatch(r"[+-]?[0-9]{1,3}([.,' ][0-9]+)+", text) and column.type == "number":
        return Refusal(
            "cell.decimal", f"{column.name} has a comma or a thousands mark.",
            "Write the number with a point for decimals and nothing else, such as 70.5.",
        )  # fmt: skip
    if re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?\s*[^0-9\s.,]+.*", text):
        stated = f" The unit is {column.item.unit}." if column.item.unit else ""
        return Refusal(
            "cell.unit", f"{column.name} holds more than a {kind}.",
            f"Write the number alone.{stated}",
        )  # fmt: skip
    return Refusal(
        "cell.number", f"{column.name} is not a {kind}.", f"Write a {kind}{unit}, {_OR_MISSING}"
    )


def _calendar_date(column: Column) -> Refusal:
    return Refusal(
        "cell.calendar_date", f"{column.name} holds a calendar date; the registry takes none.",
        "Set the format of the cell to Number first, or Excel makes a date of it again; then write the "
        "whole number of days since diagnosis (day 0). mst deidentify turns dates into days."
    )  # fmt: skip


def _thousands(column: Column) -> Refusal:
    decimal = ", or 1.2500 for the decimal number" if column.type == "number" else ""
    return Refusal(
        "cell.thousands", f"{column.name} may have a point for thousands or for decimals.",
        f"Write 1250 for thousands{decimal}.",
    )  # fmt: skip


def _odd(cell: Odd, column: Column) -> Value | Refusal:
    if cell.kind in ("time", "duration") and column.item.unit == "HH:MM" and len(cell.text) == 5:
        return cell.text
    if cell.kind == "error":
        return Refusal(
            "cell.excel_error", "The cell shows an Excel error such as #N/A.",
            "Replace the formula by its value.",
        )  # fmt: skip
    if cell.kind == "formula":
        return Refusal(
            "cell.excel_formula", "The cell holds a formula whose result was never calculated.",
            "Open the file in Excel, save it again, or replace the formula by its value.",
        )  # fmt: skip
    if cell.kind == "cut":
        return Refusal(
            "cell.excel_number", f"{column.name} is longer than the 15 digits Excel keeps of a number.",
            "Format the whole column as Text first and then type the value again.",
        )  # fmt: skip
    if cell.kind == "beside" and column.type in ("integer", "number"):
        return _typed(cell.text, column)
    if cell.kind == "struck":
        return Refusal(
            "cell.struck", "The cell is struck out, in whole or in part.",
            "Delete what no longer holds and take the line off the rest.",
        )  # fmt: skip
    if cell.kind in ("shown", "beside"):
        return Refusal(
            "cell.excel_format", f"The format of the cell shows something else than {column.name} holds.",
            "Set the format of the cell to Text and type again what should stand there.",
        )  # fmt: skip
    if cell.kind == "thousands":
        return _typed(cell.text, column) if column.type == "text" else _thousands(column)
    if cell.kind == "date" and column.type in ("integer", "number"):
        return _calendar_date(column)
    return _excel_made(column, cell.kind)


def _excel_made(column: Column, kind: str) -> Refusal:
    thing = {"date": "a date", "time": "a time", "duration": "a duration"}[kind]
    example = f", such as {column.item.example}" if column.item.example else ""
    return Refusal(
        f"cell.excel_{kind}", f"Excel turned {column.name} into {thing}.",
        f"Format the whole column as Text first and then type the value again{example}.",
    )  # fmt: skip
