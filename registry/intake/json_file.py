"""A JSON file as text: one list a form, one object a row. Runs in the child process only.

    {"form_version": "2026.1", "based_on": 17, "patient": [{"case_id": "P001", ...}, ...], ...}

The standard parser keeps the last of two equal keys, takes NaN, and turns 1e400 into infinity; here
each of these is an error with its JSON pointer. A string and a number of the same digits are the same
answer ("45", 45 and 45.0), true and false are the words yes and no (and so no number), null and a key
that is left out are blanks. The first object of a list is row 2, as in a sheet, so that findings read
alike.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.forms import FORMS
from registry.intake.encode import decode, require_columns, require_rows, sheet_of, text_cell
from registry.intake.raw import RawSheet, UnreadableFileError

MAX_DIGITS = 30
_STAMP = ("form_version", "based_on")
_NOTES = {"$schema", "$id", "$comment"}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]', re.DOTALL)
_SHAPE = (
    'Write {"patient": [{"case_id": "P001", ...}, ...], ...}: one list a form, one object a row.'
)
_KNOWN = {*FORMS, *_STAMP, *(name for form in FORMS.values() for name in form.columns())}


@dataclass(frozen=True)
class _Fault:
    """What a value is that cannot be one; found while parsing, placed afterwards."""

    words: str


def read(data: bytes) -> tuple[tuple[RawSheet, ...], str | None, str | None]:
    """The sheets, the form version and what the file is based on. Raises UnreadableFileError."""
    content = _parse(decode("The JSON file", data))
    if isinstance(content, list):
        raise _bad("", "The JSON file is a list", _SHAPE)
    if not isinstance(content, dict):
        raise _bad("", _words(content, "The JSON file is a single value"), _SHAPE)
    version, based_on = (_plain(f"/{key}", content.pop(key, None)) for key in _STAMP)
    sheets = tuple(_sheet(key, rows) for key, rows in content.items() if key not in _NOTES)
    return sheets, version or None, based_on or None


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=lambda _: _Fault("not a finite number"),
            parse_int=_integer, parse_float=_number,
        )  # fmt: skip
    except RecursionError as error:
        raise _bad(_deep_pointer(text), "The value is nested too deeply", _SHAPE) from error
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[: error.pos].rstrip()[-1:] == "}":
            raise _bad("", "The file is JSON lines, one object a line", _SHAPE) from error
        raise UnreadableFileError(
            f"The file is not valid JSON: line {error.lineno}, character {error.colno}.",
            "Write it with a program or check it with a JSON validator.", "file.json",
        ) from error  # fmt: skip


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(key for key, _ in pairs)
        found |= {key: _Fault("a key that stands twice") for key in found if times[key] > 1}
    return found


def _integer(text: str) -> str | _Fault:
    if len(text) > MAX_DIGITS:
        return _Fault(f"a number of more than {MAX_DIGITS} digits")
    return str(int(text))


def _number(text: str) -> str | _Fault:
    value = float(text)
    if not math.isfinite(value):
        return _Fault("not a finite number")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _sheet(form: str, entries: Any) -> RawSheet:
    at = f"/{_shown(form)}"
    if not isinstance(entries, list):
        raise _bad(at, _words(entries, "The value is not a list of rows"), _SHAPE)
    require_rows(at, len(entries))
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise _bad(f"{at}/{number}", _words(entry, "The row is not an object"), _SHAPE)
    header = list(dict.fromkeys(key for entry in entries for key in entry))
    require_columns(at, len(header))
    rows = [
        (number, cells)
        for number, entry in enumerate(entries, start=2)
        if any(cells := _cells(f"{at}/{number - 2}", header, entry))
    ]
    names = [text_cell(_plain(f"{at}/0", name)) for name in header]
    return sheet_of(form.strip(), names, rows, text_cell)


def _cells(at: str, header: list[str], entry: Mapping[str, Any]) -> list[str]:
    return [
        value if type(value := entry.get(name)) is str and value.isascii()
        else _plain(f"{at}/{_shown(name)}", value)
        for name in header
    ]  # fmt: skip


def _plain(at: str, value: Any) -> str:
    """The text of a plain value. Raises UnreadableFileError for what is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        raise _bad(at, _words(value, "The value is a list or an object, not one answer"), _SHAPE)
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise _bad(
            at, "The text holds half a character (a lone surrogate)", "Type it again by hand."
        )
    return value


def _words(value: Any, otherwise: str) -> str:
    return f"The value is {value.words}" if isinstance(value, _Fault) else otherwise


def _bad(pointer: str, what: str, fix: str) -> UnreadableFileError:
    return UnreadableFileError(f"{what} (at {pointer or 'the top'}).", fix, "file.json")


def _shown(key: str) -> str:
    """A key of the forms; any other might be a value of the file and is not repeated."""
    return key if key in _KNOWN else "(unknown key)"


def _deep_pointer(text: str) -> str:
    """Where the nesting goes deeper than a cell, found without building anything."""
    path: list[str | int] = []
    last = ""
    for token in _tokens(text):
        if token in "[{":
            path.append(0 if token == "[" else "")
            if len(path) > 4:
                break
        elif token in "]}":
            path.pop()
        elif token == "," and path and isinstance(path[-1], int):
            path[-1] += 1
        elif token == ":" and path:
            path[-1] = _shown(last.strip('"'))
        last = token
    return "".join(f"/{step}" for step in path[:3])


def _tokens(text: str) -> Iterator[str]:
    return (match[0] for match in _TOKEN.finditer(text))
