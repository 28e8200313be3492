"""The facts that criteria may read: columns of the intermediate models, with words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import model_validator

from registry.consensus.base import Frozen

Subject = Literal["patient", "donor", "collection", "course", "infusion", "gvhd"]
FactType = Literal["boolean", "number", "text"]


class Fact(Frozen):
    """One fact of a subject.

    A fact with `interval: true` stands in two columns, `<name>_lo` and `<name>_hi`: the earliest
    and the latest value that the record allows. A boolean fact says what it means to be true and
    what to be false; `codes_of` names the form item whose codes a text fact takes, `values` lists
    its values where it is derived. `definition` says how it is derived where that is not plain.
    """

    type: FactType
    words: str
    unit: str = ""
    interval: bool = False
    true_words: str = ""
    false_words: str = ""
    codes_of: str | None = None
    values: tuple[str, ...] = ()
    definition: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Fact:
        if self.type == "boolean" and not (self.true_words and self.false_words):
            raise ValueError("a boolean fact needs true_words and false_words")
        if self.interval and self.type != "number":
            raise ValueError("only a number can be an interval")
        if self.type == "text" and (self.codes_of is None) == (not self.values):
            raise ValueError("a text fact needs either codes_of or values")
        return self

    def measured(self, amount: str) -> str:
        """An amount with its unit."""
        return f"{amount} {self.unit}" if self.unit else amount


class Facts(Mapping[str, Fact]):
    """The facts of one subject, by name."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = dict(facts)

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def columns(self) -> dict[str, FactType]:
        """Every column a criterion may read, with its type; intervals give two."""
        found: dict[str, FactType] = {}
        for name, fact in self.items():
            for column in bounds(name) if fact.interval else (name,):
                found[column] = fact.type
        return found

    def of_column(self, column: str) -> Fact | None:
        """The fact a column belongs to, or None."""
        for name, fact in self.items():
            if column == name and not fact.interval:
                return fact
            if fact.interval and column in bounds(name):
                return fact
        return None


def bounds(name: str) -> tuple[str, str]:
    """The two columns of an interval fact."""
    return f"{name}_lo", f"{name}_hi"
