"""Looks for identifying text in what would leave, once for each different text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from registry.deidentify.fault import FaultError
from registry.deidentify.layout import Placed
from registry.deidentify.preview import finding
from registry.deidentify.sheets import RowOf
from registry.deidentify.values import Value
from registry.findings import Finding, cell_name
from registry.forms import Column
from registry.identifiers import screen_texts

# shorter ids, such as D1, may stand in any text by chance
SHORTEST = 5
_OLD = re.compile(
    r"\b(9\d|1[01]\d)[ -]*(years?|yrs?|y/?o|jahre?|jährig\w*|años|ans|anni)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Text:
    """A text cell on its way out: `fault` is why it would be refused even if it names nobody."""

    row: RowOf
    placed: Placed
    column: Column
    text: str
    leaving: dict[str, Value]
    fault: FaultError | None = None


def screen(
    texts: Sequence[Text], local_ids: Iterable[str], *, blank: bool,
    refuse: Callable[[Finding], None],
) -> tuple[Finding, ...]:  # fmt: skip
    """Refuses every text that may identify a person, or blanks it and says so.

    `local_ids` are the normalised ids of the file: a text that repeats one tells whose row it is. A
    key cannot be left out, so a key that identifies is refused either way.
    """
    distinct = {text.text for text in texts}
    numbers = frozenset(i for i in local_ids if len(i) >= SHORTEST and any(map(str.isdigit, i)))
    kinds = {text: kind for text in distinct if (kind := _told_here(text, numbers))}
    kinds |= screen_texts(distinct - kinds.keys())
    blanked = []
    for text in texts:
        kind = kinds.get(text.text)
        if kind is not None and blank and not text.column.item.key:
            text.leaving[text.column.name] = None
            blanked.append(_found(text, str(kind), "It leaves as a blank.", blanked=True))
        elif kind is not None:
            refuse(_found(text, str(kind), _fix(text), blanked=False))
        elif text.fault is not None:
            refuse(text.row.refusal(text.placed, text.fault))
    return tuple(blanked)


def _told_here(text: str, numbers: frozenset[str]) -> str | None:
    """What only the center can know to be telling, and what tells an age over 89."""
    words = set(re.findall(r"[\w-]+", unicodedata.normalize("NFKC", text).casefold()))
    if words & numbers:
        return "a patient, donor or product number of this file"
    return "an age over 89" if _OLD.search(text) else None


def _fix(text: Text) -> str:
    if text.column.item.key:
        return "Replace it in your file; the column is needed, so it cannot be left out."
    return "Take it out of your file, or let it be left out (option blank-identifiers)."


def _found(text: Text, kind: str, fix: str, *, blanked: bool) -> Finding:
    return finding(
        "identifier", text.row.form, f"{text.placed.header} may identify a person: {kind}.", fix,
        row=text.row.number, column=text.placed.header,
        cell=cell_name(text.placed.index, text.row.number), blanked=blanked,
    )  # fmt: skip
