"""The gate: a file that still carries identifiers is refused, with their place and kind, never
their value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from registry.findings import Finding, cell_name
from registry.forms import Column
from registry.identifiers import screen_case_id, screen_text, screen_texts
from registry.intake.cells import Refusal, clean
from registry.intake.limits import MAX_CELL_CHARACTERS
from registry.intake.raw import Cell, RawSheet

_FIX = "Remove it, or run mst deidentify at your center, and send the file again."
_FIX_ID = "Number your cases otherwise, such as P001, or run mst deidentify at your center."
_FIX_DATE = (
    "If it is no date, Excel made one of it: format the column as Text and type the value again. "
    + _FIX
)
# a calendar date where a day or a word is asked is a mistake of its own, told with its own fix
_TOLD_DATES = frozenset({"cell.calendar_date", "cell.excel_date"})
# these columns hold pseudonyms, which may not be made of initials or dates either
PSEUDONYMS = frozenset({"case_id", "donor_id", "subject_id", "collection_id", "aliquot_id"})


class Gate:
    """Looks at the cells of one file; what was asked of a pseudonym on one sheet holds on the next."""

    def __init__(self) -> None:
        self._pseudonyms: dict[str, str | None] = {}

    def identifiers(
        self, sheet: RawSheet, form: str, columns: Mapping[int, Column | None],
        refused: Mapping[int, Sequence[tuple[Refusal, object]]],
    ) -> Iterator[Finding]:  # fmt: skip
        """A finding for each cell that looks like an identifier.

        `columns` says which column of the form stands in a spreadsheet column, None for one that
        belongs to none. Cells that were read as a number, yes or no, or a code cannot name anyone and
        are not looked at.
        """
        for index, column in columns.items():
            told = {rule.rule for rule, _ in refused.get(index, ())}
            if column is not None and not told and column.type != "text":
                continue
            kinds = self._kinds(sheet, index, column)
            for place, cell in enumerate(sheet.columns[index].values if kinds else ()):
                kind = kinds.get(cell)
                if kind is None or (told & _TOLD_DATES and "date" in kind):
                    continue
                for row in np.flatnonzero(sheet.columns[index].codes == place):
                    yield _finding(form, column, index, int(sheet.rows[row]), kind)

    def _kinds(self, sheet: RawSheet, index: int, column: Column | None) -> dict[Cell, str]:
        codes = set(column.item.codes or ()) if column is not None else set()
        texts = {
            c: clean(text[:MAX_CELL_CHARACTERS]) for c in sheet.columns[index].values
            if (text := c if isinstance(c, str) else c.text) and c not in codes
        }  # fmt: skip
        if column is not None and column.name in PSEUDONYMS:
            return {c: kind for c, text in texts.items() if (kind := self._pseudonym(text))}
        found = screen_texts(texts.values())
        return {c: found[text] for c, text in texts.items() if text in found}

    def _pseudonym(self, text: str) -> str | None:
        if text not in self._pseudonyms:
            self._pseudonyms[text] = screen_case_id(text)
        return self._pseudonyms[text]


def in_file_name(name: str) -> str | None:
    """The kind of identifier that the name of a file carries."""
    words = name.replace("_", " ")
    return screen_text(words) or screen_text(words.rsplit(".", 1)[0])


def _finding(form: str, column: Column | None, index: int, row: int, kind: str) -> Finding:
    cell = cell_name(index, row)
    is_id = column is not None and column.name in PSEUDONYMS
    return Finding(
        rule="identifier.cell", severity="reject", category="conformance",
        message=f"Cell {cell} of {form} looks like {kind}. The registry takes no identifiers.",
        fix=_FIX_ID if is_id else _FIX_DATE if "date" in kind else _FIX, form=form, row=row, cell=cell, column=column.name if column else None,
    )  # fmt: skip
