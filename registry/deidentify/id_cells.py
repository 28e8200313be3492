"""The id of a row: the pseudonym, the word patient, or nothing."""

from __future__ import annotations

from registry.deidentify.layout import ID_COLUMNS
from registry.deidentify.ledger import Ledger
from registry.deidentify.local_ids import normalise
from registry.deidentify.sheets import RowOf
from registry.deidentify.source import Cell
from registry.deidentify.values import missing_word
from registry.forms import FORMS

PATIENT = "patient"


def id_of(ledger: Ledger, row: RowOf, name: str, cell: Cell) -> str | None:
    """What leaves in the id column `name`. Raises FaultError.

    A row whose case id is blank or damaged has been refused already and has no ids.
    """
    if cell == "" or not row.case:
        return None
    if (word := missing_word(cell, FORMS[row.form].columns()[name])) is not None:
        return word
    if name == "subject_id" and isinstance(cell, str) and normalise(cell) == PATIENT:
        return PATIENT
    return ledger.replace(ID_COLUMNS[name], row.case, cell)
