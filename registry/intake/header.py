"""Matches the headers of a sheet with the columns of its form; every fault is a finding."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.findings import Finding, cell_name
from registry.forms import FORMS, Column
from registry.forms.upload import UPLOAD_COLUMNS
from registry.identifiers import screen_header
from registry.intake.raw import Cell, RawSheet


@dataclass
class Header:
    """The spreadsheet column of each answer and of each upload column; unreadable with any finding."""

    answers: dict[str, int] = field(default_factory=dict)
    upload: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def match_header(sheet: RawSheet, form: str) -> Header:
    """Headers match after trimming and without regard to case; earlier names of a column count too."""
    known = _names(FORMS[form].columns())
    found = Header()
    places: dict[str, list[int]] = {}
    for index, column in enumerate(sheet.columns):
        name = header_name(column.header)
        if name == "":
            continue  # cells below a blank header are told one by one
        if name in known or name in UPLOAD_COLUMNS:
            places.setdefault(known.get(name, name), []).append(index)
        else:
            found.findings.append(_unknown(column.header, index, form, tuple(known)))
    for name, indices in places.items():
        if len(indices) > 1:
            found.findings.append(_double(name, indices, form))
        (found.upload if name in UPLOAD_COLUMNS else found.answers)[name] = indices[0]
    found.findings += _lost(sheet, form, found.answers)
    return found


def header_name(header: Cell) -> str:
    """A header as it is compared: composed, trimmed, lower case; "" where it is blank."""
    if not isinstance(header, str):
        return "?"
    return unicodedata.normalize("NFC", header.replace("\u00a0", " ")).strip().casefold()


def _names(columns: Mapping[str, Column]) -> dict[str, str]:
    """What a header may say -> the column it means."""
    return {n: c.name for c in columns.values() for n in (c.name, *c.item.formerly)}


def _unknown(header: Cell, index: int, form: str, known: Sequence[str]) -> Finding:
    place = f"The header in {cell_name(index, 1)} of {form}"
    text = header if isinstance(header, str) else ""
    if kind := screen_header(text):
        return _finding(
            "identifier.header", form, f"{place} names {kind}. The registry takes no identifiers.",
            "Remove the column, or let mst deidentify remove it, and keep the file at your center.", index,
        )  # fmt: skip
    odd = [c for c in text if unicodedata.category(c) in {"Cf", "Cc"} or c == "\u00a0"]
    if odd:
        return _finding(
            "file.unknown_column", form,
            f"{place} holds an invisible character (U+{ord(odd[0]):04X}).",
            "Type the header again, or copy it from the template.", index,
        )  # fmt: skip
    near = difflib.get_close_matches(header_name(header), known, n=1, cutoff=0.75)
    return _finding(
        "file.unknown_column", form, f"{place} is not a column of the form.",
        f"Did you mean {near[0]}? Write it as in the template." if near
        else "Use the headers of the template; remove columns that are not in it.", index,
    )  # fmt: skip


def _double(name: str, indices: Sequence[int], form: str) -> Finding:
    cells = " and ".join(cell_name(i, 1) for i in indices)
    return _finding(
        "file.double_column", form, f"{form} has the column {name} twice, in {cells}.",
        "Keep one of them.", indices[1],
    )  # fmt: skip


def _lost(sheet: RawSheet, form: str, answers: Mapping[str, int]) -> list[Finding]:
    if not len(sheet.rows) and not sheet.columns:
        return []
    lost = [n for n in FORMS[form].key() if n not in answers and n != "center_id"]
    return [
        _finding(
            "file.no_key", form, f"{form} has no column {name}.",
            f"Add the column {name} from the template; row 1 holds the column names.",
        )
        for name in lost
    ]  # fmt: skip


def _finding(rule: str, form: str, message: str, fix: str, index: int | None = None) -> Finding:
    """Of the header in the column of this index, or of the sheet."""
    return Finding(
        rule=rule, severity="reject", category="conformance", message=message, fix=fix, form=form,
        row=None if index is None else 1, cell=None if index is None else cell_name(index, 1),
    )  # fmt: skip
