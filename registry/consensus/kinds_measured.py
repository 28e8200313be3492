"""Kinds that compare a quantity: between, at_least, at_most.

A quantity is a plain fact, or an interval fact whose true value lies somewhere between its two
columns. An interval satisfies a criterion only as a whole and fails it only as a whole.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from registry.consensus.base import Frozen, Number
from registry.consensus.facts import Facts, bounds
from registry.consensus.kind import FactName, Kind, Use


class Measured(Frozen):
    """A quantity: `fact: mnc_e8_per_kg` or `interval: hours_since_cytotoxic`."""

    fact: FactName | None = None
    interval: FactName | None = None

    @model_validator(mode="after")
    def _one(self) -> Measured:
        if (self.fact is None) == (self.interval is None):
            raise ValueError("name either a fact or an interval")
        return self

    @property
    def name(self) -> str:
        return self.fact or self.interval or ""

    def columns(self) -> tuple[str, ...]:
        return bounds(self.name) if self.interval else (self.name,)

    def use(self) -> Use:
        return Use(name=self.name, way="interval" if self.interval else "number")


class Span(Measured):
    """A range with both ends in it, unless an end is excluded."""

    low: Number
    high: Number
    excluding: Literal["low", "high"] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.low.value > self.high.value:
            raise ValueError("low is above high")
        return self


class Limit(Measured):
    """A quantity and its limit; the limit itself is allowed."""

    value: Number


class Between(Kind):
    """Inside a range."""

    span: Span = Field(alias="between")

    def sql(self) -> str:
        span, low, high = self.span, self.span.low.sql(), self.span.high.sql()
        above, under = (">", "<=") if span.excluding == "low" else (">=", "<")
        below, over = ("<", ">=") if span.excluding == "high" else ("<=", ">")
        if span.fact:
            return f"({span.fact} {above} {low} and {span.fact} {below} {high})"
        lo, hi = bounds(span.name)
        return (
            f"(case when {lo} {above} {low} and {hi} {below} {high} then true "
            f"when {hi} {under} {low} or {lo} {over} {high} then false end)"
        )

    def words(self, facts: Facts) -> str:
        return f"{facts[self.span.name].words}: {self._range(facts)}"

    def denial(self, facts: Facts) -> str:
        return f"{facts[self.span.name].words}: not {self._range(facts)}"

    def _range(self, facts: Facts) -> str:
        unit = facts[self.span.name].measured
        low, high = self.span.low.words(), unit(self.span.high.words())
        if self.span.excluding == "low":
            return f"more than {low} and up to {high}"
        if self.span.excluding == "high":
            return f"{low} or more and less than {high}"
        return f"from {low} to {high}"

    def facts(self) -> tuple[str, ...]:
        return self.span.columns()

    def uses(self) -> tuple[Use, ...]:
        return (self.span.use(),)

    def numbers(self) -> tuple[Number, ...]:
        return (self.span.low, self.span.high)


class _Limited(Kind):
    limit: Limit

    def facts(self) -> tuple[str, ...]:
        return self.limit.columns()

    def uses(self) -> tuple[Use, ...]:
        return (self.limit.use(),)

    def numbers(self) -> tuple[Number, ...]:
        return (self.limit.value,)

    def _says(self, relation: str, facts: Facts) -> str:
        fact = facts[self.limit.name]
        return f"{fact.words}: {relation} {fact.measured(self.limit.value.words())}"


class AtLeast(_Limited):
    """Not below a limit; inside `not`, strictly below it."""

    limit: Limit = Field(alias="at_least")

    def sql(self) -> str:
        value = self.limit.value.sql()
        if self.limit.fact:
            return f"({self.limit.fact} >= {value})"
        lo, hi = bounds(self.limit.name)
        return f"(case when {lo} >= {value} then true when {hi} < {value} then false end)"

    def words(self, facts: Facts) -> str:
        return self._says("at least", facts)

    def denial(self, facts: Facts) -> str:
        return self._says("less than", facts)


class AtMost(_Limited):
    """Not above a limit; inside `not`, strictly above it."""

    limit: Limit = Field(alias="at_most")

    def sql(self) -> str:
        value = self.limit.value.sql()
        if self.limit.fact:
            return f"({self.limit.fact} <= {value})"
        lo, hi = bounds(self.limit.name)
        return f"(case when {hi} <= {value} then true when {lo} > {value} then false end)"

    def words(self, facts: Facts) -> str:
        return self._says("at most", facts)

    def denial(self, facts: Facts) -> str:
        return self._says("more than", facts)
