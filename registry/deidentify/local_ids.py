"""One patient, one spelling: local ids are normalised before a pseudonym is made of them."""

from __future__ import annotations

import unicodedata

from registry.deidentify.fault import FaultError
from registry.deidentify.source import Cell

LONGEST = 200


def normalise(text: str) -> str:
    """The one spelling of a local id.

    Compatibility forms are resolved (full-width digits, composed letters), invisible characters and
    spaces at the ends go, inner spaces become one, and case does not count: hospital systems do not
    tell ab12 from AB12, people who type do. Leading zeros count. Raises FaultError.
    """
    tidy = _folded(text)
    while (again := _folded(tidy)) != tidy:  # a few rare letters need a second turn
        tidy = again
    if not tidy:
        raise FaultError("local_id", "is empty.", "Write the local id of the row.")
    if len(tidy) > LONGEST or any(unicodedata.category(c)[0] == "C" for c in tidy):
        raise FaultError(
            "local_id", "is too long or holds a control character.", "Type the id again."
        )
    return tidy


def text_of(cell: Cell) -> str:
    """The text of an id cell; a number without decimals is its digits. Raises FaultError."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if float(cell).is_integer() and 0 <= cell < 1e15:
            return str(int(cell))
        raise FaultError(
            "local_id",
            "is a number that a spreadsheet has rounded.",
            "Format the column as text, then type it.",
        )
    raise FaultError(
        "local_id",
        "is not an id: a spreadsheet has made a date, a time or an error of it.",
        "Format the column as text, then type the id again.",
    )


def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())
