"""The cohort as Arrow tables in the shape of the raw relations: form columns, missing, submission.

Beyond the size of a block the patients are copies of the block's under case numbers of their own:
enough for benchmarks, and fast. The copies share the memory of every column but the case.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from registry.forms import FORMS, Column, MissingCode
from registry.forms.arrow import ARROW_TYPES
from registry.synthetic.centers import CENTERS
from registry.synthetic.chart import Row, Rows
from registry.synthetic.cohort import PATIENTS, cohort

Numbers = npt.NDArray[np.int64]

BLOCK = 5 * PATIENTS
CHUNK = 20 * BLOCK
SUBMISSIONS = {c.center_id: number for number, c in enumerate(CENTERS, start=1)}


def arrow_cohort(patients: int = PATIENTS, seed: int = 1) -> dict[str, pa.Table]:
    """All chunks of `arrow_chunks` as one table a form."""
    chunks = list(arrow_chunks(patients, seed))
    return {name: pa.concat_tables([chunk[name] for chunk in chunks]) for name in FORMS}


def arrow_chunks(
    patients: int = PATIENTS, seed: int = 1, chunk: int = CHUNK
) -> Iterator[dict[str, pa.Table]]:
    """Tables of about `chunk` patients at a time, for cohorts that do not fit into memory.

    The calibration is exact for multiples of 185. The center rows come with the first chunk.
    """
    if patients <= BLOCK:
        yield {name: table(name, rows) for name, rows in cohort(patients, seed).items()}
        return
    block = _Block.of(cohort(BLOCK, seed))
    copies, rest = divmod(patients, BLOCK)
    for first in range(0, copies, max(chunk // BLOCK, 1)):
        numbers = range(first, min(first + max(chunk // BLOCK, 1), copies))
        yield _joined([block.copy(number) for number in numbers])
    if rest:
        yield block.part(copies, rest)


def table(name: str, rows: Sequence[Row]) -> pa.Table:
    """One form's rows; a missing code becomes null and a line of `missing`."""
    columns = FORMS[name].columns().values()
    arrays = {
        c.name: pa.array([_plain(r.get(c.name), c) for r in rows], ARROW_TYPES[c.type])
        for c in columns
    }
    arrays["missing"] = pa.array([_missing(row) for row in rows], pa.string())
    arrays["submission_id"] = pa.array([SUBMISSIONS[str(r["center_id"])] for r in rows], pa.int64())
    return pa.table(arrays)


def _plain(value: object, column: Column) -> object:
    if value is None or isinstance(value, MissingCode):
        return None
    if column.type == "number":
        return float(str(value))
    return str(value) if column.type == "text" else value


def _missing(row: Row) -> str:
    return json.dumps({c: str(v) for c, v in row.items() if isinstance(v, MissingCode)})


def _joined(tables: list[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    return {name: pa.concat_tables([t[name] for t in tables]) for name in FORMS}


@dataclass(frozen=True)
class _Block:
    """Tables of a first cohort; by form, each row's case number and how far a copy moves it."""

    tables: dict[str, pa.Table]
    numbers: dict[str, tuple[Numbers, Numbers]]

    @classmethod
    def of(cls, rows: Rows) -> _Block:
        sizes = Counter(row["center_id"] for row in rows["patient"])
        numbers = {}
        for name, entries in rows.items():
            if name != "center":
                own = [int(str(row["case_id"]).rsplit("-", 1)[1]) for row in entries]
                step = [sizes[row["center_id"]] for row in entries]
                numbers[name] = (np.array(own), np.array(step))
        return cls({name: table(name, entries) for name, entries in rows.items()}, numbers)

    def copy(self, number: int) -> dict[str, pa.Table]:
        """The block under new case numbers; the block itself for number 0."""
        if number == 0:
            return self.tables
        return {name: self._renamed(name, held, number) for name, held in self.tables.items()}

    def _renamed(self, name: str, held: pa.Table, number: int) -> pa.Table:
        if name not in self.numbers:
            return held.slice(0, 0)
        own, step = self.numbers[name]
        padded = pc.utf8_lpad(pc.cast(pa.array(own + number * step), pa.string()), 4, "0")
        cases = pc.binary_join_element_wise(held["center_id"], padded, "-")
        return held.set_column(held.column_names.index("case_id"), "case_id", cases)

    def part(self, number: int, patients: int) -> dict[str, pa.Table]:
        """The next copy, thinned to so many patients spread over all centers."""
        tables = self.copy(number)
        cases = tables["patient"]["case_id"]
        kept = cases.take(pa.array(np.arange(patients) * len(cases) // patients))
        return {
            name: held.filter(pc.is_in(held["case_id"], value_set=kept.combine_chunks()))
            if "case_id" in held.column_names
            else held
            for name, held in tables.items()
        }
