"""Calendar dates however they are written; every element finer than a year counts."""

from __future__ import annotations

import re

from registry.identifiers.vocabulary import either, words

_MONTHS = words("months", "full") | words("months", "short")
_SURE, _ALL = either(_MONTHS), either(_MONTHS | words("months", "doubtful"))
_FULL = either(words("months", "full"))
_YEAR = r"(?:18|19|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_SUFFIX = r"(?:st|nd|rd|th|er|o|a|\.)?"
_OF = r"(?:[ ./-]*(?:de|del|of|di|den)?[ ./-]*)"

_DAY_WORD = re.compile(r"(?<![a-z])(?:d|days?|tage?n?|jours?|j|dias?|giorn[io]|g)[ .:]{0,2}$")
_ROMAN = r"(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})"
_NUMERIC = re.compile(
    r"(?<![\w.,/-])(\d{1,2})([./-]|\. | )(\d{1,2})\2(\d{4}|\d\d)(?!\d|\w|[./-]\d)"
)
_WRITTEN = re.compile(
    rf"""
      (?<!\d)(?<!\d[.,-]){_YEAR}([./-])(?:0?[1-9]|1[0-2])\1{_DAY}(?!\d)(?!\1\d)  # 2024-03-12
    | (?<![\w.,/-]){_YEAR}[./-](?:0[1-9]|1[0-2])(?![\w./-])             # 2024-03
    | (?<![\w.,/-])(?:0?[1-9]|1[0-2])[/-]{_YEAR}(?![\w./-])             # 3/2024
    | (?<![\w.,/-])(?:0[1-9]|1[0-2])\.(?:19[3-9]|20[0-4])\d(?![\w./-])  # 03.2024
    | (?<![\w])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:t?\d{{4,6}}z?)?(?![\w]) # 20240312
    | (?<!\w){_DAY}[./-]{_ROMAN}[./-](?:{_YEAR}|\d\d)(?!\w)             # 12-iii-2024
    | (?<!\w)20\d\d-?w[0-5]\d(?!\w)                                    # 2024-w11
    | (?:^|\b(?:am|vom|seit|bis|den|ab)\ ){_DAY}\.(?:0?[1-9]|1[0-2])\.(?!\d) # am 5.3.
    | \d{{2,4}}\ ?年|\d\ ?月\ ?\d{{1,2}}\ ?日                            # 2024年3月12日
    | (?<![\w.]){_DAY}{_SUFFIX}{_OF}(?:{_SURE})\b                       # 12 march, 12. marz, 12 de marzo
    | (?<![\w.]){_DAY}{_SUFFIX}{_OF}(?:{_ALL})(?![a-z]){_OF}'?(?:{_YEAR}|\d\d\b) # 12 mar 2024, 12mar2024
    | (?<![\w.,-]){_DAY}[-/](?:{_ALL})(?![\w-])                          # 2-mar
    | \b(?:{_FULL})\.?\ {_DAY}(?:st|nd|rd|th)?(?!\d|[.,/-]\d|\ ?(?:mg|g|ml|%))  # march 12
    | \b(?:{_ALL})\.?[ /-]+{_DAY}(?:(?:st|nd|rd|th)\b|,?[ /-]+'?(?:{_YEAR}|\d\d)(?!\d))  # mar 12th, mar 12, 2024
    | \b(?:{_ALL})\b\.?(?:\ (?:de|del|of|di))?[ /,-]*(?:'\d\d\b|{_YEAR})(?!\d)  # march 2024, mar '24
    | \b(?:{_ALL})[ /-][0-3]\d(?!\d|[.,/]\d|\ ?(?:mg|g|ml|%|x|/))          # oct-22
    """,
    re.VERBOSE,
)


def calendar_date(folded: str) -> bool:
    """Whether a folded cell holds a date, in numbers or with the name of a month."""
    if not any(c.isdigit() for c in folded):
        return False
    return _WRITTEN.search(folded) is not None or any(
        _plausible(*match.groups()) and not _cycle_days(folded, match)
        for match in _NUMERIC.finditer(folded)
    )


def _cycle_days(folded: str, match: re.Match[str]) -> bool:
    """Days 1/8/15 of a cycle: behind the word day, and rising."""
    first, _, second, third = match.groups()
    rising = int(first) < int(second) < int(third)
    return rising and _DAY_WORD.search(folded, 0, match.start()) is not None


def _plausible(first: str, separator: str, second: str, year: str) -> bool:
    """Day and month in either order; a two-digit year only with a full stop, slash or hyphen."""
    small, large = sorted((int(first), int(second)))
    if separator == " " and len(year) == 2:
        return False
    return 1 <= small <= 12 and large <= 31 and (len(year) == 2 or 1850 <= int(year) <= 2150)
