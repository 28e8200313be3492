"""Types a column of a file by its form: each distinct cell is judged once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from registry.forms import Column, MissingCode
from registry.forms.arrow import ARROW_TYPES
from registry.intake.cells import NUMBER, Clear, Refusal, type_cell
from registry.intake.raw import Cell, RawColumn
from registry.intake.rows import CLEARED, CODES, Codes, Numbers

_FEW = 256


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """One value a row (null where there is none), why it is missing as in `Rows.missing`, and the rows
    (from 0) of each cell that is refused."""

    values: pa.Array
    missing: Codes | None
    refused: tuple[tuple[Refusal, Numbers], ...]


def type_column(raw: RawColumn, column: Column) -> TypedColumn:
    """The column's cells as values of the form."""
    judged: list[object] = list(_judge(raw.values, column))
    values = pa.array(
        [None if isinstance(v, Refusal | MissingCode | Clear) else v for v in judged],
        ARROW_TYPES[column.type],
    )
    codes = np.array([_code(v) for v in judged], np.int8)
    missing = codes[raw.codes] if codes.any() else None
    refused = tuple(
        (verdict, np.flatnonzero(raw.codes == place).astype(np.int32))
        for place, verdict in enumerate(judged) if isinstance(verdict, Refusal)
    )  # fmt: skip
    return TypedColumn(values.take(pa.array(raw.codes)), missing, refused)


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
