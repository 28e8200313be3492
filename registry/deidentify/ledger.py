"""What a run has seen of the local ids, for the notes of the preview."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from registry.deidentify.local_ids import text_of
from registry.deidentify.pseudonyms import Entry, Keyed, Kind, Random, entry
from registry.deidentify.source import Cell


@dataclass
class Ledger:
    """Makes pseudonyms and remembers how each id was spelled. `known` also finds them again."""

    pseudonyms: Keyed | Random = field(repr=False)
    spellings: dict[Entry, set[str]] = field(default_factory=dict, repr=False)
    known: dict[Entry, str] = field(default_factory=dict, repr=False)
    numbers: int = 0

    def replace(self, kind: Kind, case: str, cell: Cell) -> str:
        """The pseudonym of an id cell; `case` is the normalised id of the row's case. Raises FaultError."""
        text = text_of(cell)
        what = entry(kind, text) if kind == "case" else entry(kind, case, text)
        self.spellings.setdefault(what, set()).add(text)
        self.numbers += kind == "case" and not isinstance(cell, str)
        if what not in self.known:
            self.known[what] = self.pseudonyms.of(*what)
        return self.known[what]

    def count(self, kind: Kind) -> int:
        return Counter(what[0] for what in self.known)[kind]

    def notes(self) -> list[str]:
        several = sum(len(written) > 1 for written in self.spellings.values())
        notes = []
        if several:
            notes.append(f"{several:,} ids are written in more than one way and count as one each.")
        if self.numbers:
            notes.append(
                f"case_id is a number in {self.numbers:,} rows: zeros in front that Excel only shows "
                "are not part of it. Format the column as text if your numbers have them."
            )
        return notes
