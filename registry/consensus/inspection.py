"""Faults that only show when entries are held against facts and parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from registry.consensus.base import Parameter
from registry.consensus.compiler import facts_of
from registry.consensus.criteria import Criterion
from registry.consensus.entries import (
    CASES,
    FULL_STRENGTH,
    Example,
    Recommendation,
    Statement,
)
from registry.consensus.facts import Fact, Facts, Subject
from registry.consensus.kind import Use
from registry.forms import FORMS

Found = tuple[tuple[int | str, ...], str]
"""A place inside an entry and what is wrong there."""


def inspect(
    entry: Statement, facts: Mapping[Subject, Facts], parameters: Mapping[str, Parameter]
) -> list[Found]:
    """Every fault of one entry that its model cannot see alone."""
    found = [*_statistics(entry, facts), *_strength(entry), *_parameters(entry, parameters)]
    if not isinstance(entry, Recommendation):
        return [*found, *_unjudged(entry)]
    if entry.subject not in facts:
        return [*found, (("subject",), "this subject has no facts in facts.yaml")]
    found += _readings(entry)
    for place, criterion in criteria_of(entry):
        found += [
            (place, w) for use in criterion.uses() for w in _misuse(use, facts[entry.subject])
        ]
    return [*found, *_examples(entry, facts[entry.subject])]


def _unjudged(entry: Statement) -> Iterator[Found]:
    """A rule says why it cannot be judged; anything else says what the registry does with it."""
    if entry.kind in ("rule", "option"):
        if not entry.undecidable:
            yield (), f"a {entry.kind} gives a verdict, or says in `undecidable` why it cannot"
    elif not entry.use:
        yield (), "say in `use` what the registry does with this statement"
    if entry.kind in ("report", "benchmark") and not (entry.statistics or entry.undecidable):
        yield (), f"a {entry.kind} gives `statistics`, or says in `undecidable` why it cannot"


def _statistics(entry: Statement, facts: Mapping[Subject, Facts]) -> Iterator[Found]:
    for i, figure in enumerate(entry.statistics):
        at: tuple[int | str, ...] = ("statistics", i)
        known = facts.get(figure.subject)
        if known is None:
            yield at, "this subject has no facts in facts.yaml"
            continue
        for criterion in (figure.of, figure.share):
            for use in criterion.uses() if criterion else ():
                yield from ((at, words) for words in _misuse(use, known))
        for name, kind in ((figure.median, "number"), (figure.by, "text")):
            if name is not None and known.columns().get(name) != kind:
                yield at, f"{name} is not a {kind} fact of this subject"


def criteria_of(entry: Recommendation) -> Iterator[tuple[tuple[int | str, ...], Criterion]]:
    """Every criterion of an entry with its place."""
    yield ("applies",), entry.applies
    for i, exception in enumerate(entry.exceptions):
        yield ("exceptions", i, "when"), exception.when
    for i, tier in enumerate(entry.tiers):
        yield ("tiers", i, "when"), tier.when
    for i, reading in enumerate(entry.readings):
        yield ("readings", i, "met"), reading.met
        if reading.applies is not None:
            yield ("readings", i, "applies"), reading.applies
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
    for value in sorted(set(use.values) - set(values_of(fact))):
        yield f"{use.name} is never {value!r}"


def values_of(fact: Fact) -> tuple[str, ...]:
    """The values a text fact takes: its own, or the codes of the form item it comes from."""
    if fact.codes_of is None:
        return fact.values
    form, column = fact.codes_of.split(".")
    codes = FORMS[form].columns()[column].item.codes
    return tuple(code.value for code in codes or ())


def _readings(entry: Recommendation) -> Iterator[Found]:
    defaults = sum(reading.default for reading in entry.readings)
    if defaults != 1:
        yield ("readings",), f"one reading must be the default, there are {defaults}"
    for name, times in Counter(r.name for r in entry.readings).items():
        if times > 1:
            yield ("readings",), f"reading {name} is there {times} times"


def _strength(entry: Statement) -> Iterator[Found]:
    if isinstance(entry, Recommendation) and entry.headline:
        if entry.kind == "option":
            yield ("headline",), "an option is used or not: not in the headline"
        elif entry.strength not in FULL_STRENGTH:
            words = f"{entry.strength} is weaker than a recommendation: not in the headline"
            yield ("headline",), words


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


def parameters_of(entry: Statement) -> tuple[str, ...]:
    """The registry's parameters that an entry depends on, in its criteria or in its facts."""
    criteria = [c for f in entry.statistics for c in (f.of, f.share) if c is not None]
    if isinstance(entry, Recommendation):
        criteria += [criterion for _, criterion in criteria_of(entry)]
    numbers = [number for criterion in criteria for number in criterion.numbers()]
    named = {number.parameter for number in numbers if number.parameter}
    return tuple(sorted(named | set(entry.fact_parameters)))


def _parameters(entry: Statement, known: Mapping[str, Parameter]) -> Iterator[Found]:
    for name in entry.fact_parameters:
        if name not in known:
            yield ("fact_parameters",), f"no parameter named {name!r} in parameters.yaml"
    if isinstance(entry, Recommendation) and parameters_of(entry) and not entry.registry_defined:
        names = ", ".join(parameters_of(entry))
        yield (), f"say in `registry_defined` that these numbers are not the paper's: {names}"
