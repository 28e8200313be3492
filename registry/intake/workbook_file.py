"""An .xlsx file as text: its sheets, its stamp, and what hides in them. Runs in the child only."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from registry.findings import Finding
from registry.forms import FORMS
from registry.forms.upload import BASED_ON_WORDS, FORM_VERSION_WORDS
from registry.intake.encode import require_columns, require_rows, sheet_of, text_cell
from registry.intake.kinds import damaged
from registry.intake.raw import Cell, Odd, OddKind, RawSheet, UnreadableFileError
from registry.intake.sheet_xml import BESIDE, FORMULA, OTHER, STRUCK, Formats, SheetXml, scan
from registry.intake.side_channels import Sheet, inspect, notice
from registry.intake.workbook_parts import Parts, elements, unpack
from registry.intake.workbook_values import values
from registry.workbook.names import ABOUT_SHEET, QUERIES_SHEET, is_own

_DIGITS_KEPT = 15
_PRIVATE = "\ue000"


@dataclass(frozen=True, eq=False)
class Workbook:
    """What was read: the forms, the sheet of answers, the stamp as written, the notices."""

    sheets: tuple[RawSheet, ...]
    answers: RawSheet | None
    form_version: str | None
    based_on: str | None
    notices: tuple[Finding, ...]


def read(data: bytes) -> Workbook:
    """Every sheet but the explanations. Raises UnreadableFileError."""
    parts = unpack(data)
    main = _main_part(parts)
    tree = parts.xml(main)
    listed = _listed(parts, main, tree)
    notices = inspect(parts, tree, listed)
    styles = _styles(parts, main)
    formats = Formats.of(parts.xml(styles)) if styles else Formats()
    forms = [s for s in listed if not is_own(s.name)]
    about, queries = (_named(listed, name) for name in (ABOUT_SHEET, QUERIES_SHEET))
    wanted = [*forms, *about, *queries]
    scanned = {s: scan(s.label, parts.content[s.part], formats) for s in wanted}
    _require_unmerged(forms, scanned)
    found = values(parts, main, tree, [scanned[s].rows for s in wanted])
    rows = dict(zip(wanted, found, strict=True))
    cover = rows[about[0]] if about else []
    return Workbook(
        tuple(_sheet(s, rows[s]) for s in forms),
        _sheet(queries[0], rows[queries[0]]) if queries else None,
        stamp(cover, FORM_VERSION_WORDS),
        stamp(cover, BASED_ON_WORDS),
        (*notices, *_hidden(forms, scanned)),
    )


def stamp(rows: list[tuple[int, list[Any]]], label: str) -> str | None:
    """What stands to the right of the cell with the label, as text; None if there is none."""
    for _, cells in rows:
        for cell, beside in pairwise(cells):
            if isinstance(cell, str) and cell.strip().rstrip(":").casefold() == label.casefold():
                text = _cell(beside)
                return text.strip() or None if isinstance(text, str) else None
    return None


def _named(sheets: list[Sheet], name: str) -> list[Sheet]:
    return [s for s in sheets if s.name.strip().casefold() == name.casefold()]


def _main_part(parts: Parts) -> str:
    mains = [link.target for link in parts.links("").values() if link.kind == "officeDocument"]
    main = mains[0] if mains else "xl/workbook.xml"
    if main not in parts.content:
        raise damaged()
    return main


def _styles(parts: Parts, main: str) -> str | None:
    return next(
        (
            k.target
            for k in parts.links(main).values()
            if k.kind == "styles" and k.target in parts.content
        ),
        None,
    )


def _listed(parts: Parts, main: str, tree: Element) -> list[Sheet]:
    links = parts.links(main)
    found = []
    for position, element in enumerate(elements(tree, "sheet"), start=1):
        id_ = next((v for k, v in element.items() if k.rsplit("}", 1)[-1] == "id" and "}" in k), "")
        link = links.get(id_)
        if link is None or link.target not in parts.content:
            raise damaged()
        if link.kind == "worksheet":  # the others are refused as what they are
            found.append(
                Sheet(
                    element.get("name", ""), link.target, element.get("state", "visible"), position
                )
            )
    names = [sheet.name.strip().casefold() for sheet in found]
    if not found:
        raise damaged()
    if len(set(names)) < len(names):
        raise UnreadableFileError(
            "Two sheets have the same name but for capitals or blanks.", "Put their rows together."
        )
    return found


def _sheet(sheet: Sheet, rows: list[tuple[int, list[Any]]]) -> RawSheet:
    name = sheet.name.strip()
    if not rows:
        return sheet_of(name, (), (), _cell)
    first, cells = rows[0]
    if first != 1 and name.casefold() in FORMS:
        raise _header_row(sheet, first)
    if len(rows) > 1 and _fits(name, rows[1][1]) > max(_fits(name, cells), 1):
        raise _header_row(sheet, rows[1][0])
    require_rows(sheet.label, len(rows) - 1)
    require_columns(sheet.label, len(cells))
    header = [_cell(cell) for cell in cells]
    plain_rows = [
        (n, [_as_word(c) for c in row] if any(type(c) is bool for c in row) else row)
        for n, row in rows[1:]
    ]
    return sheet_of(name, header, plain_rows, _cell)


def _fits(form: str, cells: list[Any]) -> int:
    """How many of the cells are column names of the form."""
    known = FORMS[form.casefold()].columns() if form.casefold() in FORMS else {}
    return sum(isinstance(c, str) and c.strip().casefold() in known for c in cells)


def _header_row(sheet: Sheet, row: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"{sheet.label} has its column names in row {row}; they belong into row 1.",
        "Delete the rows above the column names.", "file.header_row",
    )  # fmt: skip


def _as_word(value: Any) -> Any:
    """True equals 1 for Python, so it becomes a word before equal cells are put together."""
    return ("yes" if value else "no") if type(value) is bool else value


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return _told(value) if value.startswith(_PRIVATE) else text_cell(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(float(value))
    if isinstance(value, datetime.time):
        midnight = datetime.datetime.min
        return Odd("time", _clock(datetime.datetime.combine(midnight, value) - midnight))
    if isinstance(value, datetime.timedelta):
        return Odd("duration", _clock(value))
    return Odd("date")


def _told(text: str) -> Cell:
    """What the scan of the sheet wrote in place of a cell."""
    if text.startswith(BESIDE):
        return Odd("beside", text.removeprefix(BESIDE))
    kinds: dict[str, OddKind] = {FORMULA: "formula", STRUCK: "struck", OTHER: "shown"}
    return Odd(kinds[text]) if text in kinds else text_cell(text)


def _number(value: float) -> Cell:
    if value.is_integer():
        return str(int(value)) if abs(value) < 10**_DIGITS_KEPT else Odd("cut")
    return repr(value)


def _clock(span: datetime.timedelta) -> str:
    """Hours and minutes; Excel keeps fractions of a day, so seconds are rounded first."""
    minutes = round(span.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _require_unmerged(sheets: list[Sheet], scanned: dict[Sheet, SheetXml]) -> None:
    merged = [
        f"{', '.join(scanned[s].merged[:5])} ({s.label})" for s in sheets if scanned[s].merged
    ]
    if merged:
        raise UnreadableFileError(
            f"Cells are merged: {'; '.join(merged)}.",
            "Unmerge them and write the value into each row it belongs to.", "file.merged",
        )  # fmt: skip


def _hidden(sheets: list[Sheet], scanned: dict[Sheet, SheetXml]) -> Iterator[Finding]:
    for sheet in sheets:
        form = sheet.name.strip().casefold()
        rows, columns = scanned[sheet].hidden_rows, scanned[sheet].hidden_columns
        what = [f"{rows} hidden row(s)"] * bool(rows) + ["hidden columns"] * columns
        if what:
            yield notice(
                "file.hidden_rows",
                f"{sheet.label} includes {' and '.join(what)}; they are read like the others.",
                "Nothing to do if they belong to it; else show and delete them.",
                form if form in FORMS else None,
            )
