"""The closed vocabulary of criteria: what combines them, the SQL escape, and their union.

In YAML a criterion is a mapping with one key, its kind:

    all:
      - is_true: is_gpbsc
      - between: {interval: hours_since_cytotoxic, low: 24, high: 72}

A kind is added by writing one class with all its faces and naming it in `Criterion`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from registry.consensus.base import Frozen, Number
from registry.consensus.facts import Facts
from registry.consensus.kind import FactName, Kind, Use
from registry.consensus.kinds_measured import AtLeast, AtMost, Between
from registry.consensus.kinds_stated import (
    Equals,
    IsFalse,
    IsTrue,
    Missing,
    NoneOf,
    OneOf,
    Present,
)


class _Several(Kind):
    members: tuple[Criterion, ...]

    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact for m in self.members for fact in m.facts()))

    def uses(self) -> tuple[Use, ...]:
        return tuple(use for m in self.members for use in m.uses())

    def numbers(self) -> tuple[Number, ...]:
        return tuple(number for m in self.members for number in m.numbers())


class AllOf(_Several):
    """Every member is true; false as soon as one is false."""

    members: tuple[Criterion, ...] = Field(alias="all", min_length=1)

    def sql(self) -> str:
        return "(" + " and ".join(m.sql() for m in self.members) + ")"

    def words(self, facts: Facts) -> str:
        return "; and ".join(_whole(m.words(facts)) for m in self.members)

    def denial(self, facts: Facts) -> str:
        return "; or ".join(_whole(m.denial(facts)) for m in self.members)


class AnyOf(_Several):
    """One member is true; false only when every member is false."""

    members: tuple[Criterion, ...] = Field(alias="any", min_length=1)

    def sql(self) -> str:
        return "(" + " or ".join(m.sql() for m in self.members) + ")"

    def words(self, facts: Facts) -> str:
        return "; or ".join(_whole(m.words(facts)) for m in self.members)

    def denial(self, facts: Facts) -> str:
        return "; and ".join(_whole(m.denial(facts)) for m in self.members)


def _whole(words: str) -> str:
    """A member that is itself several stands in brackets, so that and and or are not mixed up."""
    return f"({words})" if "; and " in words or "; or " in words else words


class Not(Kind):
    """The member is false."""

    member: Criterion = Field(alias="not")

    def sql(self) -> str:
        return f"(not {self.member.sql()})"

    def words(self, facts: Facts) -> str:
        return self.member.denial(facts)

    def denial(self, facts: Facts) -> str:
        return self.member.words(facts)

    def facts(self) -> tuple[str, ...]:
        return self.member.facts()

    def uses(self) -> tuple[Use, ...]:
        return self.member.uses()

    def numbers(self) -> tuple[Number, ...]:
        return self.member.numbers()


class Escape(Frozen):
    """SQL for what the vocabulary cannot say, with its words and the columns it reads.

    Thresholds stand in `numbers` and are written `{name}` in the SQL and in the words, so that
    they have one place like everyone else's.
    """

    expression: str
    true_words: str
    false_words: str
    reads: tuple[FactName, ...] = Field(min_length=1)
    numbers: dict[str, Number] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> Escape:
        if _names(self.expression) != set(self.numbers):
            raise ValueError("the {names} in the expression and the keys of `numbers` differ")
        if not _names(self.true_words + self.false_words) <= set(self.numbers):
            raise ValueError("the words use a {name} that `numbers` does not have")
        unused = [c for c in self.reads if not re.search(rf"\b{c}\b", self.expression)]
        if unused:
            raise ValueError(f"named in `reads` but not in the expression: {', '.join(unused)}")
        if re.search(r"\bis\s+(not\s+)?(true|false)\b", self.expression, re.IGNORECASE):
            raise ValueError("`is true` turns unknown into false; write the bare column instead")
        return self


class Sql(Kind):
    """The escape: an expression that keeps to three-valued logic by itself."""

    escape: Escape = Field(alias="sql")

    def sql(self) -> str:
        text = " ".join(self.escape.expression.split())
        return "(" + _filled(text, {n: v.sql() for n, v in self.escape.numbers.items()}) + ")"

    def words(self, facts: Facts) -> str:
        return self._say(self.escape.true_words)

    def denial(self, facts: Facts) -> str:
        return self._say(self.escape.false_words)

    def _say(self, words: str) -> str:
        return _filled(words, {n: v.words() for n, v in self.escape.numbers.items()})

    def facts(self) -> tuple[str, ...]:
        return self.escape.reads

    def uses(self) -> tuple[Use, ...]:
        return tuple(Use(name=column, way="column") for column in self.escape.reads)

    def numbers(self) -> tuple[Number, ...]:
        return tuple(self.escape.numbers.values())


def _names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hit: values[hit.group(1)], text)


def kind_of(given: Any) -> str | None:
    """The one key of a criterion as written, or the alias of a loaded one."""
    if isinstance(given, dict):
        return str(next(iter(given))) if len(given) == 1 else None
    return next((k for k, c in KINDS.items() if isinstance(given, c)), None)


KINDS: dict[str, type[Kind]] = {
    "between": Between,
    "at_least": AtLeast,
    "at_most": AtMost,
    "equals": Equals,
    "one_of": OneOf,
    "none_of": NoneOf,
    "is_true": IsTrue,
    "is_false": IsFalse,
    "present": Present,
    "missing": Missing,
    "all": AllOf,
    "any": AnyOf,
    "not": Not,
    "sql": Sql,
}

Criterion = Annotated[
    Annotated[Between, Tag("between")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[AtMost, Tag("at_most")]
    | Annotated[Equals, Tag("equals")]
    | Annotated[OneOf, Tag("one_of")]
    | Annotated[NoneOf, Tag("none_of")]
    | Annotated[IsTrue, Tag("is_true")]
    | Annotated[IsFalse, Tag("is_false")]
    | Annotated[Present, Tag("present")]
    | Annotated[Missing, Tag("missing")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Sql, Tag("sql")],
    Discriminator(
        kind_of,
        custom_error_type="criterion_kind",
        custom_error_message=f"a criterion is a mapping with one key, one of: {', '.join(KINDS)}",
    ),
]

for _recursive in (AllOf, AnyOf, Not):
    _recursive.model_rebuild()
