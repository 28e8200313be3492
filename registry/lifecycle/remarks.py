"""Words that people write into the registry: long enough to say something, free of identifiers."""

from __future__ import annotations

import unicodedata

SHORTEST, LONGEST = 5, 1_000


class RemarkError(Exception):
    """The words cannot be taken; the message says why and never repeats them."""


def words(text: str | None, what: str) -> str:
    """The words without blanks around them. Raises RemarkError.

    `what` names them in the message: "a reason", "a comment".
    """
    said = cleaned(text)
    if len(said) < SHORTEST:
        raise RemarkError(f"Write {what} of at least {SHORTEST} characters.")
    return said


def cleaned(text: str | None) -> str:
    """The words without blanks around them, perhaps none. Raises RemarkError for identifiers."""
    from registry.identifiers import screen_text

    said = " ".join(unicodedata.normalize("NFC", text or "").split())
    if len(said) > LONGEST:
        raise RemarkError(f"Write at most {LONGEST:,} characters.")
    kind = screen_text(said)
    if kind is not None:
        raise RemarkError(f"These words seem to hold {kind}. Write them without it.")
    return said
