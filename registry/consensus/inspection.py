"""Faults that only show when entries are held against facts, catalogue and each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from registry.consensus.base import Parameter
from registry.consensus.catalogue import Statement
from registry.consensus.compiler import facts_of
from registry.consensus.criteria import Criterion
from registry.consensus.entries import CASES, FULL_STRENGTH, Example, Recommendation
from registry.consensus.facts import Facts
from registry.consensus.kind import Use

Found = tuple[tuple[int | str, ...], str]
"""A place inside an entry and what is wrong there."""


def inspect(
    entry: Recommendation,
    facts: Facts,
    catalogue: Mapping[str, Statement],
    parameters: Mapping[str, Parameter],
) -> list[Found]:
    """Every fault of one entry that its model cannot see alone."""
    found = [*_readings(entry), *_strength(entry), *_against_catalogue(entry, catalogue)]
    for place, criterion in criteria_of(entry):
        found += [(place, words) for use in criterion.uses() for words in _misuse(use, facts)]
    found += _examples(entry, facts)
    found += _parameters(entry, parameters)
    return found


def criteria_of(entry: Recommendation) -> Iterator[tuple[tuple[int | str, ...], Criterion]]:
    """Every criterion of an entry with its place."""
    yield ("applies",), entry.applies
    for i, exception in enumerate(entry.exceptions):
        yield ("exceptions", i, "when"), exception.when
    for i, tier in enumerate(entry.tiers):
        yield ("tiers", i, "when"), tier.when
    for i, reading in enumerate(entry.readings):
        yield ("readings", i, "met"), reading.met
        for j, exception in enumerate(reading.exceptions or ()):
            yield ("readings", i, "exceptions", j, "when"), exception.when
        for j, tier in enumerate(reading.tiers or ()):
            yield ("readings", i, "tiers", j, "when"), tier.when


def _misuse(use: Use, facts: Facts) -> Iterator[str]:
    if use.way == "column":
        if use.name not in facts.columns():
            yield f"{use.name} is not a fact column of this subject"
        return
    fact = facts.get(use.name)
    if fact is None:
        yield f"{use.name} is not a fact of this subject"
        return
    wanted = "number" if use.way == "interval" else use.way
    if fact.type != wanted:
        yield f"{use.name} is a {fact.type} and is used as a {wanted}"
    elif fact.interval != (use.way == "interval"):
        yield f"{use.name} is {'an' if fact.interval else 'not an'} interval"


def _readings(entry: Recommendation) -> Iterator[Found]:
    defaults = sum(reading.default for reading in entry.readings)
    if defaults != 1:
        yield ("readings",), f"one reading must be the default, there are {defaults}"
    for name, times in Counter(r.name for r in entry.readings).items():
        if times > 1:
            yield ("readings",), f"reading {name} is there {times} times"


def _strength(entry: Recommendation) -> Iterator[Found]:
    if entry.headline and entry.strength not in FULL_STRENGTH:
        yield (
            ("headline",),
            f"{entry.strength} is weaker than a recommendation: not in the headline",
        )


def _against_catalogue(
    entry: Recommendation, catalogue: Mapping[str, Statement]
) -> Iterator[Found]:
    listed = catalogue.get(entry.id)
    if listed is None:
        yield ("id",), "not in catalogue.yaml"
        return
    for item in ("section", "kind", "strength", "hedge"):
        here, there = getattr(entry, item), getattr(listed, item)
        if here != there:
            yield (item,), f"{here!r} here, {there!r} in catalogue.yaml"


def _examples(entry: Recommendation, facts: Facts) -> Iterator[Found]:
    missing = [case for case in CASES if case not in {e.case for e in entry.examples}]
    if missing:
        yield ("examples",), f"no example of: {', '.join(missing)}"
    for i, example in enumerate(entry.examples):
        for words in _example(entry, example, facts):
            yield ("examples", i), words


def _example(entry: Recommendation, example: Example, facts: Facts) -> Iterator[str]:
    names = {reading.name for reading in entry.readings}
    for other in sorted(set(example.by_reading) - names):
        yield f"there is no reading {other}"
    readable = set(facts_of(entry))
    for column in example.columns():
        if column not in facts.columns():
            yield f"{column} is not a fact column of this subject"
        elif column not in readable:
            yield f"{column} is not read by this entry"
    for reading in entry.readings:
        tier = example.expected(reading.name).tier
        if tier is not None and tier not in {t.name for t in entry.tiers_of(reading)}:
            yield f"there is no tier {tier} in reading {reading.name}"


def parameters_of(entry: Recommendation) -> tuple[str, ...]:
    """The registry's parameters that an entry depends on, in its criteria or in its facts."""
    numbers = [number for _, criterion in criteria_of(entry) for number in criterion.numbers()]
    named = {number.parameter for number in numbers if number.parameter}
    return tuple(sorted(named | set(entry.fact_parameters)))


def _parameters(entry: Recommendation, known: Mapping[str, Parameter]) -> Iterator[Found]:
    for name in entry.fact_parameters:
        if name not in known:
            yield ("fact_parameters",), f"no parameter named {name!r} in parameters.yaml"
    if parameters_of(entry) and not entry.registry_defined:
        names = ", ".join(parameters_of(entry))
        yield (), f"say in `registry_defined` that these numbers are not the paper's: {names}"
