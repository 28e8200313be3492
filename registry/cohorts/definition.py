"""A cohort as an analyst writes it: a name, a question, and criteria in order, each with its reason.

Columns, operators and values are those of the documented tables; nothing an analyst writes becomes SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from registry.cohorts.conditions import Condition, ConditionError, condition, nearest
from registry.cohorts.marts import Mart, marts
from registry.consensus.faults import Fault
from registry.consensus.yaml_file import YamlFile
from registry.consensus.yaml_file import parse as read_text
from registry.lifecycle.remarks import RemarkError, words

PATIENTS = "dim_patient"
QUALITY = "dim_quality"  # one row a patient too, about the data
# tables of which a patient may have several rows, or none
OF_A_PATIENT = ("dim_course", "fct_infusion", "dim_donor", "dim_collection", QUALITY)
LARGEST_BYTES = 64_000
MOST_CRITERIA = 50  # each is a join, and DuckDB takes seconds for some hundreds

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEYS = ("name", "question", "criteria")
_CRITERION_KEYS = ("include", "exclude", "any", "where")
Way = Literal["include", "exclude"]
_WAYS: tuple[Way, ...] = ("include", "exclude")
At = tuple[int | str, ...]


class CohortError(Exception):
    """The file cannot be used; the message lists every fault with its line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Criterion:
    """Who comes in, or who goes: all conditions of one alternative hold of the patient, or of any one row
    of `table`."""

    way: Way
    reason: str
    table: str
    alternatives: tuple[tuple[Condition, ...], ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Those of every alternative, in their order."""
        return tuple(condition for of in self.alternatives for condition in of)


@dataclass(frozen=True)
class Cohort:
    """What is asked and of whom. `text` is the file as written."""

    name: str
    question: str
    criteria: tuple[Criterion, ...]
    text: str


def load(path: Path) -> Cohort:
    """The cohort of a file. Raises CohortError with every fault found."""
    if not path.is_file():
        raise CohortError([Fault(path.name, 0, "", "there is no such file")])
    if path.stat().st_size > LARGEST_BYTES:
        raise _too_large(path.name)
    return parse(path.read_bytes(), path.name)


def parse(given: bytes, name: str) -> Cohort:
    """The cohort of what a file holds; `name` stands in the faults. Raises CohortError with every fault found."""
    if len(given) > LARGEST_BYTES:
        raise _too_large(name)
    faults: list[Fault] = []
    try:
        text = given.decode()
    except UnicodeDecodeError:
        raise CohortError([Fault(name, 0, "", "not text in UTF-8; save it as such")]) from None
    file = read_text(text, name, faults)
    if file is None or faults:
        raise CohortError(faults)
    cohort = _Reader(file, faults).cohort(text)
    if faults:
        raise CohortError(faults)
    return cohort


def _too_large(name: str) -> CohortError:
    return CohortError([Fault(name, 0, "", f"more than {LARGEST_BYTES:,} bytes")])


class _Reader:
    """Walks the file once and notes each fault; what it returns counts only if there was none."""

    def __init__(self, file: YamlFile, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults

    def cohort(self, text: str) -> Cohort:
        data = self._mapping(self.file.data, (), _KEYS)
        name = data.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self._note(("name",), "name: write small letters and digits, joined by hyphens")
        criteria = data.get("criteria")
        if not isinstance(criteria, list) or not criteria:
            self._note(("criteria",), "criteria: write a list of at least one")
            criteria = []
        if len(criteria) > MOST_CRITERIA:
            self._note(
                ("criteria",), f"criteria: at most {MOST_CRITERIA}; {len(criteria)} are written"
            )
            criteria = []
        return Cohort(
            str(name),
            self._words(data.get("question"), ("question",), "a question"),
            tuple(self._criterion(given, n) for n, given in enumerate(criteria)),
            text,
        )

    def _criterion(self, given: Any, number: int) -> Criterion:
        at: At = ("criteria", number)
        data = self._mapping(given, at, _CRITERION_KEYS)
        ways = [way for way in _WAYS if way in data]
        if len(ways) != 1:
            self._note(at, "write either include or exclude, with the reason")
        way: Way = ways[0] if ways else "include"
        mart = self._table(data, at)
        reason = self._words(data.get(way), (*at, way), "a reason") if ways else ""
        return Criterion(way, reason, mart.name, self._alternatives(data.get("where"), at, mart))

    def _table(self, data: Mapping[Any, Any], at: At) -> Mart:
        given = data.get("any", PATIENTS)
        if "any" in data and given not in OF_A_PATIENT:
            said = f"any: no such table; write one of {', '.join(OF_A_PATIENT)}"
            self._note((*at, "any"), said + nearest(given, OF_A_PATIENT))
            return marts()[PATIENTS]
        return marts()[given]

    def _alternatives(self, where: Any, at: At, mart: Mart) -> tuple[tuple[Condition, ...], ...]:
        at = (*at, "where")
        if isinstance(where, list) and where:
            return tuple(
                tuple(self._conditions(of, (*at, number), mart)) for number, of in enumerate(where)
            )
        return (tuple(self._conditions(where, at, mart)),)

    def _conditions(self, where: Any, at: At, mart: Mart) -> Iterator[Condition]:
        if not isinstance(where, dict) or not where:
            self._note(at, "where: write at least one column and its condition")
            return
        for name, wanted in where.items():
            place = (*at, name)
            column = mart.columns.get(name)
            if column is None:
                self._note(place, f"no such column in {mart.name}" + _nearest_column(name, mart))
                continue
            try:
                yield condition(column, wanted)
            except ConditionError as error:
                self._note(place, f"{name}: {error}")

    def _mapping(self, data: Any, at: At, keys: tuple[str, ...]) -> Mapping[Any, Any]:
        if not isinstance(data, dict):
            self._note(at, f"write {', '.join(keys)}")
            return {}
        for key in data.keys() - set(keys):
            said = f"a key that is not known; the keys are {', '.join(keys)}"
            self._note((*at, key), said + nearest(key, keys))
        return data

    def _words(self, given: Any, at: At, what: str) -> str:
        try:
            return words(given if isinstance(given, str) else None, what)
        except RemarkError as error:
            self._note(at, str(error))
            return ""

    def _note(self, at: At, message: str) -> None:
        """What was written is not repeated: the line says where it stands."""
        place = f"criterion {at[1] + 1}" if len(at) > 1 and isinstance(at[1], int) else ""
        self.faults.append(Fault(self.file.name, self.file.line(at), place, message))


def _nearest_column(given: Any, mart: Mart) -> str:
    """In this table, or where a column of just that name stands."""
    for other in (PATIENTS, *OF_A_PATIENT):
        if given in marts()[other].columns:
            how = "of the patient: leave out any" if other == PATIENTS else f"write any: {other}"
            return f"; it is a column of {other} ({how})"
    return nearest(given, tuple(mart.columns)) or "; mst codebook lists them"
