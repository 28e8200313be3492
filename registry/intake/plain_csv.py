"""The short way for CSVs without a single quote, whose cells are what stands between the separators.

Anything this reader is not sure of, it leaves to the strict one, which also finds the words for it.
"""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.csv

from registry.intake.encode import column_of, point_cell, text_cell
from registry.intake.raw import Codes, RawColumn, RawSheet
from registry.workbook.safe import plain_text


def without_quotes(name: str, text: str, delimiter: str) -> RawSheet | None:
    """The sheet, or None for a text with quotes, NUL, blank lines or rows of differing width."""
    header = text.split("\n", 1)[0].split(delimiter)
    if '"' in text or "\0" in text or len(header) < 2 or not any(map(str.strip, header)):
        return None
    try:
        table = _table(text, delimiter, len(header))
    except pa.ArrowInvalid:
        return None
    encoded = [_encoded(table.column(i)) for i in range(len(header))]
    kept = np.flatnonzero(~_blank(encoded, table.num_rows))
    to_cell = point_cell if delimiter == ";" else text_cell
    columns = [
        column_of(
            text_cell(plain_text(head)), values, codes[kept], lambda t: to_cell(plain_text(t))
        )
        for head, (values, codes) in zip(header, encoded, strict=True)
    ]
    while columns and columns[-1].header == "" and _is_blank(columns[-1]):
        columns.pop()
    return RawSheet(name, (kept + 2).astype(np.int32), tuple(columns))


def _table(text: str, delimiter: str, width: int) -> pa.Table:
    """The rows behind the header, every cell as text."""
    names = [f"c{i}" for i in range(width)]
    csv = pyarrow.csv
    return csv.read_csv(
        io.BytesIO(text.encode()),
        csv.ReadOptions(use_threads=False, block_size=1 << 24, column_names=names, skip_rows=1),
        csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], Codes]:
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int32)


def _blank(columns: list[tuple[list[str], Codes]], size: int) -> np.ndarray:
    """The rows in which every cell is blank."""
    blank = np.ones(size, np.bool_)
    for values, codes in columns:
        blank &= np.array([not value.strip() for value in values] or [True])[codes]
    return blank


def _is_blank(column: RawColumn) -> bool:
    return column.values in ((), ("",))
