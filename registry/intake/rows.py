"""Rows of a form as columns: the answers, why answers are missing, and where each row stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from registry.findings import cell_name
from registry.forms import FORMS, MissingCode
from registry.forms.arrow import ARROW_TYPES
from registry.forms.base import CENTER_UNIT

Key = tuple[Any, ...]
Numbers = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

CODES: tuple[MissingCode, ...] = tuple(MissingCode)
CLEARED = len(CODES) + 1  # the file says that a stored answer is to be deleted


@dataclass(frozen=True, eq=False)
class Rows:
    """`answers` has the form's columns, null where there is no value. `missing` has, for the columns
    that need it, one number a row: 0, or 1 + the place of the code in `CODES`, or `CLEARED`. `numbers`
    are the rows of the file, 0 for a row stored before; `places` the spreadsheet column of each answer.
    """

    form: str
    answers: pa.Table
    missing: Mapping[str, Codes] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=lambda: np.empty(0, np.int32))
    places: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.answers.num_rows)

    @classmethod
    def empty(cls, form: str) -> Rows:
        return cls(form, pa.table({c: pa.array([], t) for c, t in _types(form).items()}))

    @classmethod
    def of(cls, form: str, entries: Sequence[Mapping[str, Any]], first: int = 2) -> Rows:
        """From mappings of answers, with the missing codes by column under "missing"."""
        columns = {c: pa.array([e.get(c) for e in entries], t) for c, t in _types(form).items()}
        codes = [e.get("missing") or {} for e in entries]
        numbers = np.arange(first, first + len(entries), dtype=np.int32)
        return cls(form, pa.table(columns), _by_column(codes), numbers)

    @classmethod
    def stored(cls, form: str, table: pa.Table) -> Rows:
        """From a table with the form's columns and `missing` as JSON text."""
        codes = [json.loads(text) if text and text != "{}" else {} for text in
                 table.column("missing").to_pylist()]  # fmt: skip
        columns = {c: table.column(c).cast(t) for c, t in _types(form).items()}
        return cls(form, pa.table(columns), _by_column(codes), np.zeros(len(table), np.int32))

    @cached_property
    def keys(self) -> list[Key]:
        """The key of each row."""
        return list(
            zip(*(self.answers.column(n).to_pylist() for n in FORMS[self.form].key()), strict=True)
        )

    @cached_property
    def case_ids(self) -> list[str]:
        if self.form == "center":
            return [CENTER_UNIT] * len(self)
        cases: list[str] = self.answers.column("case_id").to_pylist()
        return cases

    def codes(self, column: str) -> Codes:
        """The missing code of each row in a column, as a number."""
        found = self.missing.get(column)
        return found if found is not None else np.zeros(len(self), np.int8)

    def where(self, mask: Mask) -> Rows:
        """The rows for which the mask is true."""
        return replace(
            self,
            answers=self.answers.filter(pa.array(mask)),
            missing={c: codes[mask] for c, codes in self.missing.items()},
            numbers=self.numbers[mask],
        )

    def then(self, other: Rows) -> Rows:
        """These rows and, after them, the other ones."""
        if not len(other):
            return self
        names = {*self.missing, *other.missing}
        return replace(
            self,
            answers=pa.concat_tables([self.answers, other.answers]).combine_chunks(),
            missing={n: np.concatenate([self.codes(n), other.codes(n)]) for n in names},
            numbers=np.concatenate([self.numbers, other.numbers]),
        )

    def without(self, column: str, mask: Mask) -> Rows:
        """Answers of a column made unknown where the mask is true."""
        values = self.answers.column(column)
        known = pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)
        place = self.answers.column_names.index(column)
        return replace(self, answers=self.answers.set_column(place, column, known))

    def missing_json(self) -> pa.Array:
        """Why answers are missing, as JSON text a row: column to code."""
        words: list[dict[str, str]] = [{}] * len(self)
        for column in sorted(self.missing):
            codes = self.missing[column]
            for row in np.flatnonzero((codes > 0) & (codes < CLEARED)):
                words[row] = {**words[row], column: CODES[codes[row] - 1].value}
        return pa.array([json.dumps(w, sort_keys=True) if w else "{}" for w in words], pa.string())

    def raw(self) -> pa.Table:
        """The rows in the shape of `raw.<form>`, as the warehouse's models read them."""
        size = len(self)
        return self.answers.append_column("missing", self.missing_json()).append_column(
            "submission_id", pa.array(np.zeros(size, np.int64))
        )

    def cell(self, row: int, column: str) -> str | None:
        """The address of an answer in the file, None if it did not come with the file."""
        if not self.numbers[row] or column not in self.places:
            return None
        return cell_name(self.places[column], int(self.numbers[row]))

    def record(self, row: int, *, texts: bool = True) -> str:
        """The row's own key in words, besides center and case: "course_no 2, drug cytarabine"."""
        columns = FORMS[self.form].columns()
        names = [
            n for n in FORMS[self.form].key()
            if n not in ("center_id", "case_id") and (texts or columns[n].type != "text")
        ]  # fmt: skip
        return ", ".join(f"{n} {self.answers.column(n)[row].as_py()}" for n in names)


def _types(form: str) -> dict[str, pa.DataType]:
    return {c.name: ARROW_TYPES[c.type] for c in FORMS[form].columns().values()}


def _by_column(codes: Iterable[Mapping[str, str]]) -> dict[str, Codes]:
    rows = list(codes)
    found: dict[str, Codes] = {}
    for number, of_row in enumerate(rows):
        for column, code in of_row.items():
            if column not in found:
                found[column] = np.zeros(len(rows), np.int8)
            found[column][number] = 1 + CODES.index(MissingCode(code))
    return found
