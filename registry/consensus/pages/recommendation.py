"""The page of a statement that gives verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry.consensus.base import plain
from registry.consensus.compiler import NO_TIER, facts_of, tier_sql, verdict_sql
from registry.consensus.consensus import Consensus
from registry.consensus.entries import Reading, Recommendation
from registry.consensus.facts import Fact, Facts
from registry.consensus.inspection import values_of
from registry.consensus.pages.figures import figures, parameter_table
from registry.consensus.pages.markdown import (
    codes,
    link,
    properties,
    sentence,
    strength,
    table,
    tension_links,
)


def recommendation(entry: Recommendation, consensus: Consensus) -> list[str]:
    """Everything there is to know about an entry: what, why, who, when, how, SQL."""
    facts = consensus.facts[entry.subject]
    met = "used" if entry.kind == "option" else "met"
    parts = [
        [f"# {entry.id} {entry.title}", _standing(entry, consensus)],
        ["## What", entry.statement, "## Why it matters", entry.why, f"Evidence: {entry.evidence}"],
        _headed("## What differs from other catalogues", entry.correction),
        ["## Who is judged", entry.population, sentence(entry.applies.words(facts))],
        [f"## When it is {met}", *(_reading(entry, r, facts, consensus) for r in entry.readings)],
        _registry_defined(entry, consensus),
        ["## Examples", _examples(entry)],
        [
            "## How it is counted",
            f"- Numerator: {entry.numerator}\n- Denominator: {entry.denominator}",
        ],
        _headed("## Figures", figures(entry, consensus)),
        ["## How a center acts on it", entry.center, f"Read from: {codes(entry.reads)}."],
        ["## How an analyst treats it", entry.analyst],
        ["## Facts it reads", _facts_read(entry, facts)],
        _headed("## Tensions of the paper", tension_links(entry.tensions)),
        ["## SQL", *(_sql(entry, reading) for reading in entry.readings)],
    ]
    return [text for part in parts for text in part if text]


def _headed(head: str, text: str) -> list[str]:
    return [head, text] if text else []


def _standing(entry: Recommendation, consensus: Consensus) -> str:
    where = f"{consensus.version}, section {entry.section} {consensus.sections[entry.section]}"
    headline = "in the headline" if entry.headline else "not in the headline"
    retired = f"since {entry.retired.since}: {entry.retired.why}" if entry.retired else ""
    return properties(
        [
            ("consensus", where),
            ("kind", entry.kind),
            ("strength", f"{strength(entry)}, {headline}"),
            ("judged", f"per {'episode of GVHD' if entry.subject == 'gvhd' else entry.subject}"),
            ("retired", retired),
        ]
    )


def _reading(entry: Recommendation, reading: Reading, facts: Facts, consensus: Consensus) -> str:
    lines = []
    if len(entry.readings) > 1:
        default = ", the default" if reading.default else ""
        lines.append(f"**Reading {reading.name}{default}.** {reading.words}")
    if reading.applies is not None:
        lines.append(f"Judged in this reading: {sentence(reading.applies.words(facts))}")
    lines.append(sentence(reading.met.words(facts)))
    for exception in entry.exceptions_of(reading):
        by = link(consensus.statement(exception.granted_by))
        lines.append(
            f"Exception: {exception.words} Granted by {by}. That is, {exception.when.words(facts)}."
        )
    otherwise = " unless an exception applies" if entry.exceptions_of(reading) else ""
    denied = entry.verdict_words("deviated").capitalize()
    lines.append(f"{denied}{otherwise}: {reading.met.denial(facts)}.")
    rows = [
        (f"`{tier.name}`", tier.words, "outside" if tier.outside else "within")
        for tier in entry.tiers_of(reading)
    ]
    lines.append(table(["tier", "meaning", "population"], rows))
    return "\n\n".join(line for line in lines if line)


def _registry_defined(entry: Recommendation, consensus: Consensus) -> list[str]:
    if not entry.registry_defined:
        return []
    head = "## Not from the paper: registry-defined"
    return [head, entry.registry_defined, parameter_table(entry, consensus)]


def _examples(entry: Recommendation) -> str:
    names = [reading.name for reading in entry.readings]
    heads = ["example", "facts", *(f"reading {n}" if len(names) > 1 else "verdict" for n in names)]
    rows = []
    for example in entry.examples:
        verdicts = []
        for name in names:
            expected = example.expected(name)
            tier = f", `{expected.tier}`" if expected.tier else ""
            verdicts.append(f"{entry.verdict_words(expected.verdict)}{tier}")
        rows.append([example.words, _facts(example.facts), *verdicts])
    return table(heads, rows)


def _facts(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in facts.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        low, high = value
        return _value(low) if low == high else f"{_value(low)} to {_value(high)}"
    if isinstance(value, int | float):
        return plain(value)
    return "unknown" if value is None else str(value)


def _facts_read(entry: Recommendation, facts: Facts) -> str:
    read = set(facts_of(entry))
    rows = [
        (f"`{name}`", *_meaning(fact))
        for name, fact in facts.items()
        if read & {name, f"{name}_lo", f"{name}_hi"}
    ]
    return table(["fact", "what", "values", "derived"], rows)


def _meaning(fact: Fact) -> Iterator[str]:
    yield fact.words
    if fact.type == "boolean":
        yield f"yes: {fact.true_words}; no: {fact.false_words}"
    elif fact.type == "text":
        yield ", ".join(values_of(fact))
    else:
        yield f"{fact.unit or 'number'}{', earliest and latest' if fact.interval else ''}"
    yield fact.definition or (f"as entered in `{fact.codes_of}`" if fact.codes_of else "")


def _sql(entry: Recommendation, reading: Reading) -> str:
    column = entry.column(reading.name)
    text = f"`{column}`\n\n```sql\n{verdict_sql(entry, reading)}\n```"
    tier = tier_sql(entry, reading)
    return text if tier == NO_TIER else f"{text}\n\n`{column}__tier`\n\n```sql\n{tier}\n```"
