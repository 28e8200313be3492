"""Whose pseudonym is it? Answers with the rows of the center's file, never with what they say."""

from __future__ import annotations

from registry.deidentify.fault import FaultError
from registry.deidentify.id_cells import id_of
from registry.deidentify.keyfile import SiteKey
from registry.deidentify.layout import Use
from registry.deidentify.ledger import Ledger
from registry.deidentify.sheets import match
from registry.deidentify.source import Source


def rows_of(source: Source, key: SiteKey, pseudonym: str) -> dict[str, list[int]]:
    """Row numbers by sheet in which the pseudonym would stand; empty if it is nobody's here."""
    ledger = Ledger(key.pseudonyms())
    wanted = pseudonym.strip().upper()
    found: dict[str, list[int]] = {}
    sheets, _ = match(source, lambda _: None)
    for sheet in sheets:
        ids = [p for p in sheet.columns if p.use is Use.ID]
        for row in sheet.rows:
            try:
                named = {id_of(ledger, row, p.target, row.at(p)) for p in ids}
            except FaultError:
                continue
            if wanted in named:
                found.setdefault(sheet.form, []).append(row.number)
    return found
