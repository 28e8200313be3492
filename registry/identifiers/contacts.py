"""E-mail, web and network addresses, phone numbers."""

from __future__ import annotations

import ipaddress
import re

import phonenumbers

# Countries whose national way of writing a number is recognised; "+49 ..." works for all others too.
COUNTRIES = (
    "US", "GB", "IE", "ES", "DE", "AT", "CH", "FR", "BE", "IT", "NL", "PT", "SE", "DK", "NO", "FI", "PL",
    "CZ", "HU", "GR", "TR", "IL", "CN", "HK", "TW", "JP", "KR", "IN", "AU", "NZ", "BR", "MX", "AR", "IR",
)  # fmt: skip

_EMAIL = re.compile(
    r"[\w.+'-]{1,64}(?:@| ?[(\[{] ?(?:at|arroba|chiocciola) ?[)\]}] ?)"
    r"\w[\w-]{0,62}(?:\.\w| ?[(\[{] ?(?:dot|punkt|punto|point) ?[)\]}] ?\w)",
    re.IGNORECASE,
)
_INTERNAL = re.compile(r"[A-Za-z][\w.+'-]{1,64}@[A-Za-z][A-Za-z-]{2,}")
_NUMERIC_DOMAIN = re.compile(r"@\d+\.\d+\b")
_URL = re.compile(
    r"\b(?:https?|ftps?|file|sftp)://|\bwww\d?\.\w"
    r"|\b[a-z0-9-]+\.(?:com|org|net|edu|gov|info|io|eu|uk|es|de|fr|it|at|ch|nl|be|pt|se|cn|jp|in|us)/\w",
    re.IGNORECASE,
)
_PATH = re.compile(r"\\\\\w+\\|\b[A-Za-z]:\\\w")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9a-fA-F:]{2,39}(?:\.\d+){0,3}(?![\w:])")
_MAC = re.compile(r"\b[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}\b", re.IGNORECASE)
_DIALLED = re.compile(r"(?<![\w.,])(?:\+ ?|00 ?)?\(?\d(?:[ ()./-]{0,3}\d){5,16}(?!\w)")
_NATIONAL = re.compile(
    r"""
      \(?0[1-9]\d*(?:[ ()./-]{1,3}\d+){0,5}          # 020 7946 0123, 030/23125, 0171-3920055
    | (?:1[ .-])?(?:\([2-9]\d\d\)[ .-]{0,2}|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}  # (212) 555-0123
    | [6-9]\d{2}(?:[ .-]?\d{3}){2}                   # 612 345 678
    | [6-9]\d[ .-]\d{3}[ .-]\d{2}[ .-]\d{2}          # 91 555 12 34
    | [6-9]\d{2}(?:[ .-]\d\d){3}                     # 612 34 56 78
    | 1[3-9]\d[ -]\d{4}[ -]\d{4}                     # 131 2345 6789
    | 3\d\d[ .-]\d{3}[ .-]?\d{4}                     # 347 555 0123
    | [6-9]\d{4}[ -]\d{5}                            # 81234 56789
    """,
    re.VERBOSE,
)


def email(text: str) -> bool:
    """An e-mail address, also written with (at) and (dot)."""
    if "@" in text and _INTERNAL.search(text):
        return True
    return any(sign in text for sign in "@[({") and any(
        not _NUMERIC_DOMAIN.search(found.group()) for found in _EMAIL.finditer(text)
    )


def web_address(text: str) -> bool:
    """A web address, or the path of a file on somebody's computer."""
    if "\\" in text and _PATH.search(text):
        return True
    return ("." in text or ":" in text) and _URL.search(text) is not None


def network_address(text: str) -> bool:
    """An IPv4 or IPv6 address."""
    found = [match.group() for match in _IPV4.finditer(text)] if text.count(".") > 2 else []
    if text.count(":") > 1:
        found += [m.group() for m in _IPV6.finditer(text) if m.group().count(":") > 1]
    return any(_is_ip(candidate) for candidate in found)


def hardware_address(text: str) -> bool:
    """The MAC address of a device."""
    return text.count(":") + text.count("-") > 4 and _MAC.search(text) is not None


def phone(text: str) -> bool:
    """A number that could be dialled: in international form, or as one of COUNTRIES writes it."""
    return any(_can_be_dialled(m.group()) for m in _DIALLED.finditer(text))


def _is_ip(candidate: str) -> bool:
    try:
        ipaddress.ip_address(candidate)
    except ValueError:
        return False
    return True


def _can_be_dialled(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if written.startswith(("+", "00")):
        plain = "+" + (digits if written.startswith("+") else digits[2:])
        return _valid(re.sub(r"\(0\)", "", written) if "(0)" in written else plain, None) or _valid(
            plain, None
        )
    if not 8 <= len(digits) <= 12 or not _NATIONAL.fullmatch(written):
        return False
    return any(_valid(digits, country) for country in COUNTRIES)


def _valid(number: str, country: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False
