"""The screen itself: which detector looks at what, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from registry.identifiers import contacts, dates, names, numbers, places
from registry.identifiers.notation import harmless, without_notation
from registry.identifiers.text import Cell, cell

NAME = "a name"
DATE = "a calendar date"
HOSPITAL = numbers.HOSPITAL
INITIALS = "initials"

Detector = Callable[[Cell], str | None]


def _when(kind: str, found: Callable[[str], bool]) -> Detector:
    return lambda c: kind if found(c.text) else None


# As written, because clinical notation has no such forms.
ALWAYS: tuple[Detector, ...] = (
    _when("an e-mail address", contacts.email),
    _when("a web address", contacts.web_address),
)
WITH_DIGITS: tuple[Detector, ...] = (
    _when("a device serial number", contacts.hardware_address),
    lambda c: numbers.labelled(c.folded),
)
# Digits again, behind the removal of clinical notation.
WITHOUT_NOTATION: tuple[Detector, ...] = (
    _when("an internet (IP) address", contacts.network_address),
    lambda c: DATE if dates.calendar_date(c.folded) else None,
    lambda c: numbers.number(c.text),
    _when("a phone number", contacts.phone),
    _when("an address or place smaller than a country", places.address),
    _when("a postcode", places.postcode),
)

_PIECE, _OVERLAP = 240, 80
_LONGER_THAN_ANY = 20
_LONGEST_ID = 40  # of a pseudonym; what is longer is refused as such
_CASE_INITIALS = re.compile(r"[A-Z](?:\. ?[A-Z]){1,3}\.?|[A-Z]{2,3}")
_CASE_BIRTH = re.compile(
    r"([A-Z]{1,4})[-_ .]*(\d{4}(?:\d\d){0,2})|(\d{6}|\d{8})[-_ .]*([A-Z]{1,4})"
)
_CASE_COUNTED = re.compile(r"([^\W\d_]+)[-_ .]*\d+|\d+[-_ .]*([^\W\d_]+)")
_CASE_LETTERS = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*\.?")
_ROLES = frozenset(
    {"patient", "donor", "recipient", "host", "case", "control"}
    | {"unknown", "withheld", "not done", "not applicable"}  # no id at all: told by the form
    | {"example"}  # the template's row
)


def screen_text(text: str) -> str | None:
    """What a cell value looks like, in words such as "a phone number", or None.

    Never raises. A detector can miss: names that are in no list and have no title, above all.
    """
    return _first_kind(map(_screen, _pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    """The text in overlapping pieces: the detectors' time grows with the square of the length, and no
    identifier is longer than the overlap."""
    start = 0
    while len(text) - start > _PIECE:
        end = start + _PIECE
        blank = text.rfind(" ", end - _OVERLAP, end)
        end = blank if blank > 0 else end
        yield text[start:end]
        blank = text.find(" ", end - _OVERLAP, end)
        start = blank + 1 if blank > 0 else end - _OVERLAP
    yield text[start:]


def _screen(text: str) -> str | None:
    seen = cell(text)
    if harmless(seen.text):
        return None
    found = _first(ALWAYS, seen)
    if not found and any(map(str.isdigit, seen.text)):
        found = _first(WITH_DIGITS, seen)
        seen = cell(without_notation(seen.text))
        found = found or _first(WITHOUT_NOTATION, seen)
    return found or (NAME if names.name(seen) else None)


def screen_case_id(text: str) -> str | None:
    """What a pseudonym (case_id, donor_id) gives away, or None: all of screen_text, and initials,
    initials with a birth date or year, names, and numbers too long to be counted up to.

    A number of 20 digits or more is longer than any that is given to a person.
    """
    seen = cell(text)
    if seen.text.isdecimal() and len(seen.text) >= _LONGER_THAN_ANY:
        return None
    if len(seen.text) > _LONGEST_ID:
        return screen_text(text)
    written = {text, text.replace("_", "-")}  # 1950_03_12 is a date too
    return _first_kind(map(screen_text, written)) or _case_letters(seen.text) or _case_number(seen.text)  # fmt: skip


def screen_texts(values: Iterable[str]) -> dict[str, str]:
    """The distinct values that identify, with their kind; 100,000 distinct cells take seconds."""
    found = {value: screen_text(value) for value in dict.fromkeys(values)}
    return {value: kind for value, kind in found.items() if kind}


def _first(detectors: tuple[Detector, ...], seen: Cell) -> str | None:
    return _first_kind(detect(seen) for detect in detectors)


def _first_kind(kinds: Iterable[str | None]) -> str | None:
    return next(filter(None, kinds), None)


def _case_letters(text: str) -> str | None:
    """J.S., JS, Garcia, GARCIA: letters alone are initials or a name. What is all small letters,
    or one word of capitals, may be a random id or a plain word, so it must hold a listed name."""
    if _CASE_INITIALS.fullmatch(text):
        return INITIALS
    parts = re.split(r"[-_ .]+", text)
    if len(parts) > 1 and all(map(str.isalpha, parts)) and any(map(_surname, parts)):
        return NAME  # Lopez_M, M-Lopez
    if (counted := _CASE_COUNTED.fullmatch(text)) and _surname(counted[1] or counted[2]):
        return NAME  # Anna-1950, schmidt1
    if len(text) < 4 or not _CASE_LETTERS.fullmatch(text) or text.casefold() in _ROLES:
        return None
    if text.islower() or (text.isalpha() and text.isupper()):
        return NAME if any(map(names.listed_name, re.findall(r"\w+", text))) else None
    return NAME


def _surname(part: str) -> bool:
    return (
        len(part) >= 4
        and not part.isupper()
        and part.casefold() not in _ROLES
        and names.listed_name(part)
    )


def _case_number(text: str) -> str | None:
    """JS610228, 28021961JS, JS1961, 482913."""
    if text.isdecimal() and int(text) >= 100_000:
        return HOSPITAL
    if born := _CASE_BIRTH.fullmatch(text.upper()):
        letters, digits = born[1] or born[4], born[2] or born[3]
        if _initials_and_birth(letters, digits):
            return "initials with a date of birth"
    return None


def _initials_and_birth(letters: str, digits: str) -> bool:
    """Six digits behind one letter (P100101) are a running number; so are four behind one."""
    if len(digits) == 4:
        return 2 <= len(letters) <= 3 and 1900 <= int(digits) <= 2015
    if len(digits) == 6 and len(letters) == 1:
        return False
    a, b, c = digits[:2], digits[2:4], digits[4:6]
    orders = (
        [(a, b), (b, a), (b, c), (c, b)] if len(digits) == 6 else [(a, b), (b, a), (c, digits[6:])]
    )
    return any(1 <= int(day) <= 31 and 1 <= int(month) <= 12 for day, month in orders)
