"""Numbers that stand for one person: national and insurance numbers, accounts, cards, hospital numbers.

A number counts only as people write it (where its blanks and hyphens stand) and, where the issuer has
one, with a right check digit: three counts in a row must not become somebody's insurance number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from registry.identifiers.vocabulary import either, read

NATIONAL = "a social security or national id number"
INSURANCE = "a health insurance number"
ACCOUNT = "an account number"
CARD = "a payment card number"
HOSPITAL = "a hospital number"
SERIAL = "a device serial number"
VEHICLE = "a vehicle number"

Check = Callable[[str], bool]


@dataclass(frozen=True)
class Number:
    """One kind of number: how it is written, and what it must satisfy."""

    kind: str
    name: str
    written: re.Pattern[str]
    valid: Check


def _number(kind: str, name: str, written: str, check: str | Check = "") -> Number:
    pattern = re.compile(
        rf"(?<![\w*])(?<!\d[.,:/-])(?:{written})(?!\w|[.,:/-]\d|\*)", re.IGNORECASE
    )
    return Number(kind, name, pattern, _check(check) if isinstance(check, str) else check)


def _check(module: str) -> Check:
    """python-stdnum's check of a number; the empty name asks for the form only."""
    return import_module(f"stdnum.{module}").is_valid if module else lambda _: True


def _kvnr(number: str) -> bool:
    """German health insurance number: letter as two digits, weights 1 2 1 2 ..., sum of digit sums mod 10."""
    digits = f"{ord(number[0].upper()) - 64:02}{number[1:9]}"
    products = (int(d) * (1 + i % 2) for i, d in enumerate(digits))
    return sum(p // 10 + p % 10 for p in products) % 10 == int(number[9])


def _nuss(number: str) -> bool:
    """Spanish social security number: the last two digits are the first ten modulo 97."""
    digits = re.sub(r"\D", "", number)
    province, serial, rest = digits[:2], int(digits[2:10]), int(digits[10:])
    base = int(province) * 10_000_000 + serial if serial < 10_000_000 else int(digits[:10])
    return 1 <= int(province) <= 66 and base % 97 == rest


def _luhn(number: str) -> bool:
    digits = [int(d) for d in number if d.isdigit()]
    doubled = (d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits)))
    return len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _vin(number: str) -> bool:
    """A 17-character vehicle number has letters and digits and never I, O or Q."""
    return (
        any(c.isdigit() for c in number) and any(c.isalpha() for c in number) and _vin_check(number)
    )


def _vin_check(number: str) -> bool:
    values = {
        c: int(v) for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)
    }
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        w * (int(c) if c.isdigit() else values[c])
        for w, c in zip(weights, number.upper(), strict=True)
    )
    return "0123456789X"[total % 11] == number[8].upper()


NUMBERS: tuple[Number, ...] = (
    _number(ACCOUNT, "IBAN", r"[A-Z]{2} ?\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?", "iban"),
    _number(CARD, "payment card", r"[2-6]\d{3}(?:[ -]?\d{4}){3}|3[47]\d\d[ -]?\d{6}[ -]?\d{5}", _luhn),
    _number(NATIONAL, "Italy, codice fiscale", r"[A-Z]{3} ?[A-Z]{3} ?[0-9L-V]{2}[A-EHLMPR-T][0-9L-V]{2} ?[A-Z][0-9L-V]{3}[A-Z]", "it.codicefiscale"),
    _number(NATIONAL, "Spain, DNI", r"\d{8}[ -]?[A-HJ-NP-TV-Z]|\d{2}\.\d{3}\.\d{3}[ -]?[A-HJ-NP-TV-Z]", "es.dni"),
    _number(NATIONAL, "Spain, NIE", r"[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]", "es.nie"),
    _number(INSURANCE, "Spain, social security", r"\d{2}[ /-]?\d{8}[ /-]?\d{2}", _nuss),
    _number(NATIONAL, "France, NIR", r"[12] ?\d\d ?\d\d ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d\d)?", lambda n: len(re.sub(r"\W", "", n)) == 13 or _check("fr.nir")(n)),
    _number(INSURANCE, "England, NHS", r"\d{3}([ -]?)\d{3}\1\d{4}", "gb.nhs"),
    _number(NATIONAL, "United Kingdom, national insurance", r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?)\d\d\1\d\d\1\d\d\1[A-D]"),
    _number(NATIONAL, "United States, SSN or ITIN", r"\d{3}-\d\d-\d{4}"),
    _number(INSURANCE, "United States, Medicare", r"[1-9](?![SLOIBZ])[A-Z](?![SLOIBZ])[A-Z0-9]\d-?(?![SLOIBZ])[A-Z](?![SLOIBZ])[A-Z0-9]\d-?(?![SLOIBZ])[A-Z](?![SLOIBZ])[A-Z]\d\d"),
    _number(NATIONAL, "Canada, SIN", r"\d{3}([ -])\d{3}\1\d{3}", "ca.sin"),
    _number(NATIONAL, "Germany, tax id", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "de.idnr"),
    _number(INSURANCE, "Germany, KVNR", r"[A-Z] ?\d{9}", lambda n: _kvnr(n.replace(" ", ""))),
    _number(NATIONAL, "Germany, pension insurance", r"\d\d ?[0-3]\d[01]\d\d\d ?[A-Z] ?\d{3}"),
    _number(NATIONAL, "Austria, social insurance", r"\d{4}[ -]\d{6}", "at.vnr"),
    _number(NATIONAL, "Switzerland, AHV", r"756(?:\.?\d{4}\.?\d{4}\.?\d\d)", "ch.ssn"),
    _number(NATIONAL, "Netherlands, BSN", r"\d{9}|\d{4}\.\d{2}\.\d{3}", "nl.bsn"),
    _number(NATIONAL, "Belgium, national number", r"\d\d\.\d\d\.\d\d[ -]\d{3}[.-]\d\d", "be.nn"),
    _number(NATIONAL, "Sweden, personnummer", r"(?:19|20)?\d\d[01]\d[0-36-9]\d[-+]\d{4}", "se.personnummer"),
    _number(NATIONAL, "Denmark, CPR", r"[0-3]\d[01]\d{3}[ -]\d{4}", "dk.cpr"),
    _number(NATIONAL, "Finland, HETU", r"[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-Y]", "fi.hetu"),
    _number(NATIONAL, "Norway, birth number", r"[0-7]\d[01489]\d{3} ?\d{5}", "no.fodselsnummer"),
    _number(NATIONAL, "Czechia and Slovakia, birth number", r"\d\d[0-8]\d[0-3]\d/\d{3,4}", "cz.rc"),
    _number(NATIONAL, "Brazil, CPF", r"\d{3}\.\d{3}\.\d{3}-\d\d", "br.cpf"),
    _number(NATIONAL, "Mexico, CURP", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", "mx.curp"),
    _number(NATIONAL, "Chile, RUT", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", "cl.rut"),
    _number(NATIONAL, "China, identity card", r"\d{6} ?(?:18|19|20)\d\d[01]\d[0-3]\d ?\d{3}[\dX]", "cn.ric"),
    _number(NATIONAL, "India, Aadhaar", r"[2-9]\d{3}([ -]?)\d{4}\1\d{4}", "in_.aadhaar"),
    _number(NATIONAL, "Korea, resident number", r"\d\d[01]\d[0-3]\d-[0-9]\d{6}", "kr.rrn"),
    _number(NATIONAL, "Poland, PESEL", r"\d{11}", "pl.pesel"),
    _number(NATIONAL, "Portugal, citizen card", r"\d{8} ?\d ?[A-Z0-9]{2}\d", "pt.cc"),
    _number(NATIONAL, "Ireland, PPS", r"\d{7}[A-W][AHWTX]", "ie.pps"),
    _number(VEHICLE, "vehicle number", r"(?=[A-HJ-NPR-Z0-9]{17}\b)[A-HJ-NPR-Z0-9]{17}", _vin),
    _number(HOSPITAL, "long number", r"\d{8,}|0\d{6}|[A-Z]{1,2}(?!000)\d{7,}"),
)  # fmt: skip

_DIGITS = re.compile(r"\d(?:\D{0,3}\d){3}|\d\D?\d")


def number(text: str) -> str | None:
    """The kind of the first number of NUMBERS in a cell, or None."""
    if sum(map(str.isdigit, text)) < 5:
        return None
    for entry in NUMBERS:
        if any(_holds(entry, match.group()) for match in entry.written.finditer(text)):
            return entry.kind
    return None


def _holds(entry: Number, written: str) -> bool:
    try:
        return entry.valid(written)
    except (ValueError, IndexError, KeyError):
        return False


def _labelled(entry: dict[str, object]) -> tuple[str, re.Pattern[str]]:
    labels, digits = either(list(map(str, entry["labels"]))), int(str(entry["digits"]))  # type: ignore[call-overload]
    between = (
        r"(?:[ .:#=-]|no\b|nr\b|num\b|number\b|numero\b|nummer\b|n\b|id\b|clinica\b|medica\b){0,6}"
    )
    mixed = r"(?:[a-z][ -]?){0,6}" if entry.get("mixed") else r""
    value = r"[a-z]{0,4}[ -]?" + rf"(?:{mixed}\d[ ./()-]{{0,2}}){{{digits}}}"
    return str(entry["kind"]), re.compile(rf"(?<![\w-])(?:{labels})(?![a-z]){between}{value}")


_LABELS = tuple(_labelled(entry) for entry in read("labels"))


def labelled(folded: str) -> str | None:
    """The kind a label in front of a number announces ("MRN 00482913", "tel. 555 12 34"), or None."""
    if not _DIGITS.search(folded):
        return None
    return next((kind for kind, pattern in _LABELS if pattern.search(folded)), None)
