"""Types a column of a file by its form: each distinct cell is judged once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from registry.forms import Column, MissingCode
from registry.forms.arrow import ARROW_TYPES
from registry.intake.cells import NUMBER, OLDEST_YEARS, Clear, Notice, Refusal, noticed, type_cell
from registry.intake.raw import Cell, RawColumn
from registry.intake.rows import CLEARED, CODES, Codes, Numbers

_FEW = 256
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """One value a row (null where there is none), why it is missing as in `Rows.missing`, and the rows
    (from 0) of each cell that is refused."""

    values: pa.Array
    missing: Codes | None
    refused: tuple[tuple[Refusal, Numbers], ...]
    noticed: tuple[tuple[Notice, Numbers], ...] = ()


def type_column(raw: RawColumn, column: Column) -> TypedColumn:
    """The column's cells as values of the form."""
    judged: list[object] = list(_judge(raw.values, column))
    told = [noticed(c, v, column) for c, v in zip(raw.values, judged, strict=True)]
    if column.item.top_code is not None:
        judged = [_top_coded(value, column.item.top_code) for value in judged]
    values = pa.array(
        [None if isinstance(v, Refusal | MissingCode | Clear) else v for v in judged],
        ARROW_TYPES[column.type],
    )
    codes = np.array([_code(v) for v in judged], np.int8)
    missing = codes[raw.codes] if codes.any() else None
    refused = [v if isinstance(v, Refusal) else None for v in judged]
    return TypedColumn(
        values.take(pa.array(raw.codes)), missing, tuple(_at(refused, raw)), tuple(_at(told, raw))
    )


def _at(told: Sequence[T | None], raw: RawColumn) -> Iterator[tuple[T, Numbers]]:
    """What is told of distinct cells, with their rows."""
    for place, what in enumerate(told):
        if what is not None:
            yield what, np.flatnonzero(raw.codes == place).astype(np.int32)


def _top_coded(value: object, top: int) -> object:
    """Ages over 89 are one class; an age nobody reaches is a mistake and stays one."""
    return top if isinstance(value, int) and top < value <= OLDEST_YEARS else value


def _judge(cells: tuple[Cell, ...], column: Column) -> Iterator[object]:
    """What `type_cell` says of each cell; long columns of plain numbers are cast at one go."""
    if column.type not in ("integer", "number") or len(cells) < _FEW:
        yield from (type_cell(cell, column) for cell in cells)
        return
    texts = pa.array([c if isinstance(c, str) else None for c in cells], pa.string())
    plain = pc.fill_null(pc.match_substring_regex(texts, NUMBER[column.type]), False)
    numbers = pc.if_else(plain, texts, None).cast(pa.float64()).to_pylist()
    whole = column.type == "integer"
    for cell, number in zip(cells, numbers, strict=True):
        if number is None:
            yield type_cell(cell, column)
        else:
            yield int(number) if whole else number


def _code(verdict: object) -> int:
    if isinstance(verdict, MissingCode):
        return 1 + CODES.index(verdict)
    return CLEARED if isinstance(verdict, Clear) else 0
