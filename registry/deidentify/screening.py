"""Looks for identifying text in what would leave, once for each different text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from registry.deidentify.fault import FaultError
from registry.deidentify.layout import Placed
from registry.deidentify.preview import finding
from registry.deidentify.sheets import RowOf
from registry.deidentify.values import Value
from registry.findings import Finding, cell_name
from registry.forms import Column
from registry.identifiers import screen_texts


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
    texts: Sequence[Text], *, blank: bool, refuse: Callable[[Finding], None]
) -> tuple[Finding, ...]:
    """Refuses every text that may identify a person, or blanks it and says so.

    A key cannot be left out, so a key that identifies is refused either way.
    """
    kinds = screen_texts({text.text for text in texts})
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
