"""Kinds that look at what is stated: equals, one_of, none_of, is_true, is_false, present, missing.

`present` and `missing` are about the record itself and therefore never unknown; all others are
unknown when the fact is.
"""

from __future__ import annotations

from pydantic import Field

from registry.consensus.base import Frozen, quoted
from registry.consensus.facts import Facts
from registry.consensus.kind import FactName, Kind, Use


class Choice(Frozen):
    """A text fact and one of its values."""

    fact: FactName
    value: str


class Choices(Frozen):
    """A text fact and several of its values."""

    fact: FactName
    values: tuple[str, ...] = Field(min_length=1)

    def use(self) -> Use:
        return Use(name=self.fact, way="text", values=self.values)

    def sql(self, operator: str) -> str:
        return f"({self.fact} {operator} ({', '.join(quoted(v) for v in self.values)}))"

    def either(self, facts: Facts) -> str:
        return f"{facts[self.fact].words} is {' or '.join(self.values)}"

    def neither(self, facts: Facts) -> str:
        if len(self.values) == 1:
            return f"{facts[self.fact].words} is not {self.values[0]}"
        return f"{facts[self.fact].words} is neither {' nor '.join(self.values)}"


class Equals(Kind):
    """A text fact has this value."""

    choice: Choice = Field(alias="equals")

    def sql(self) -> str:
        return f"({self.choice.fact} = {quoted(self.choice.value)})"

    def words(self, facts: Facts) -> str:
        return f"{facts[self.choice.fact].words} is {self.choice.value}"

    def denial(self, facts: Facts) -> str:
        return f"{facts[self.choice.fact].words} is not {self.choice.value}"

    def facts(self) -> tuple[str, ...]:
        return (self.choice.fact,)

    def uses(self) -> tuple[Use, ...]:
        return (Use(name=self.choice.fact, way="text", values=(self.choice.value,)),)


class _Chosen(Kind):
    choices: Choices

    def facts(self) -> tuple[str, ...]:
        return (self.choices.fact,)

    def uses(self) -> tuple[Use, ...]:
        return (self.choices.use(),)


class OneOf(_Chosen):
    """A text fact has one of these values."""

    choices: Choices = Field(alias="one_of")

    def sql(self) -> str:
        return self.choices.sql("in")

    def words(self, facts: Facts) -> str:
        return self.choices.either(facts)

    def denial(self, facts: Facts) -> str:
        return self.choices.neither(facts)


class NoneOf(_Chosen):
    """A text fact is known and has none of these values."""

    choices: Choices = Field(alias="none_of")

    def sql(self) -> str:
        return self.choices.sql("not in")

    def words(self, facts: Facts) -> str:
        return self.choices.neither(facts)

    def denial(self, facts: Facts) -> str:
        return self.choices.either(facts)


class _Flag(Kind):
    fact: FactName

    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def uses(self) -> tuple[Use, ...]:
        return (Use(name=self.fact, way="boolean"),)


class IsTrue(_Flag):
    """A boolean fact is known to be true."""

    fact: FactName = Field(alias="is_true")

    def sql(self) -> str:
        return f"({self.fact} = true)"

    def words(self, facts: Facts) -> str:
        return facts[self.fact].true_words

    def denial(self, facts: Facts) -> str:
        return facts[self.fact].false_words


class IsFalse(_Flag):
    """A boolean fact is known to be false."""

    fact: FactName = Field(alias="is_false")

    def sql(self) -> str:
        return f"({self.fact} = false)"

    def words(self, facts: Facts) -> str:
        return facts[self.fact].false_words

    def denial(self, facts: Facts) -> str:
        return facts[self.fact].true_words


class _Recorded(Kind):
    fact: FactName

    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def uses(self) -> tuple[Use, ...]:
        return (Use(name=self.fact, way="column"),)


class Present(_Recorded):
    """The record has a value for this fact."""

    fact: FactName = Field(alias="present")

    def sql(self) -> str:
        return f"({self.fact} is not null)"

    def words(self, facts: Facts) -> str:
        return f"{facts[self.fact].words} is recorded"

    def denial(self, facts: Facts) -> str:
        return f"{facts[self.fact].words} is not recorded"


class Missing(_Recorded):
    """The record has no value for this fact."""

    fact: FactName = Field(alias="missing")

    def sql(self) -> str:
        return f"({self.fact} is null)"

    def words(self, facts: Facts) -> str:
        return f"{facts[self.fact].words} is not recorded"

    def denial(self, facts: Facts) -> str:
        return f"{facts[self.fact].words} is recorded"
