"""The figures of reports and benchmarks in words, and the numbers behind them that the registry chose."""

from __future__ import annotations

from registry.consensus.base import plain
from registry.consensus.consensus import Consensus
from registry.consensus.entries import Statement
from registry.consensus.facts import Facts
from registry.consensus.inspection import parameters_of
from registry.consensus.pages.markdown import sentence, table
from registry.consensus.statistic import Curve, Statistic

_HEADS = ("parameter", "value", "what", "why")
_SUBJECTS = {"gvhd": "episodes of GVHD"}
_ENDPOINTS = {"os": "overall survival", "lfs": "leukaemia-free survival"}


def figures(entry: Statement, consensus: Consensus) -> str:
    """One line a figure: what is counted, among whom, by what, and what to lay beside it."""
    return "\n".join(f"- {_figure(figure, consensus)}" for figure in entry.statistics)


def parameter_table(entry: Statement, consensus: Consensus) -> str:
    """The registry-defined numbers that an entry depends on."""
    rows = []
    for name in parameters_of(entry):
        p = consensus.parameters[name]
        rows.append((f"[`{name}`](parameters.md)", f"{plain(p.value)} {p.unit}", p.words, p.why))
    return table(_HEADS, rows)


def _figure(figure: Statistic, consensus: Consensus) -> str:
    facts = consensus.facts[figure.subject]
    parts = [f"`{figure.name}`: {sentence(figure.words)}", sentence(_measure(figure, facts))]
    if figure.by:
        parts.append(f"By {facts[figure.by].words}.")
    if figure.benchmark:
        name = figure.benchmark
        parts.append(f"Beside [{name}](benchmarks.md#{name.lower()}).")
    if figure.caveat:
        parts.append(sentence(figure.caveat))
    return " ".join(" ".join(part.split()) for part in parts)


def _measure(figure: Statistic, facts: Facts) -> str:
    if figure.curve is not None:
        return _curve(figure.curve, facts)
    subjects = _SUBJECTS.get(figure.subject, f"{figure.subject}s")
    among = f"{subjects} with: {figure.of.words(facts)}" if figure.of else f"all {subjects}"
    if figure.median is not None:
        fact = facts[figure.median]
        unit = f" ({fact.unit})" if fact.unit else ""
        return f"median and quartiles of {fact.words}{unit}, among {among}"
    assert figure.share is not None
    return f"share with: {figure.share.words(facts)}; among {among}; unknown is counted apart"


def _curve(curve: Curve, facts: Facts) -> str:
    origin = curve.origin.replace("_", " ")
    at = "median of" if curve.at_days is None else f"at {curve.at_days} days,"
    among = f", among patients with: {facts[curve.among].words}" if curve.among else ""
    return f"{at} {_ENDPOINTS[curve.endpoint]} from {origin} (Kaplan-Meier){among}"
