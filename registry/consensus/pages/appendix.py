"""What the statements rest on: tensions of the paper, regimens, registry-defined numbers."""

from __future__ import annotations

from itertools import pairwise

from registry.consensus.base import plain
from registry.consensus.consensus import Consensus
from registry.consensus.inspection import parameters_of
from registry.consensus.pages.markdown import (
    NOTICE,
    anchor,
    joined,
    link,
    properties,
    sentence,
    table,
)
from registry.consensus.regimens import Component, Part, Regimen


def tensions(consensus: Consensus) -> str:
    """Every tension, how it is represented, and the entries that name it."""
    parts = [
        NOTICE,
        "# Tensions of the paper",
        "Where the paper disagrees with itself or leaves a gap. The registry represents both sides "
        "and decides neither silently.",
    ]
    for tension in consensus.tensions:
        named = [link(e) for e in consensus.statements if tension.id in e.tensions]
        parts += [
            f"{anchor(tension.id)}\n\n## {tension.id} {tension.title}",
            tension.tension,
            properties(
                [
                    ("in the paper", tension.where),
                    ("represented", tension.represented),
                    ("named by", ", ".join(named)),
                ]
            ),
        ]
    return joined(parts)


def parameters(consensus: Consensus) -> str:
    """Every number the registry chose, and what depends on it."""
    rows = []
    for name, p in consensus.parameters.items():
        users = [link(e) for e in consensus.statements if name in parameters_of(e)]
        value = f"{plain(p.value)} {p.unit}"
        rows.append([f"`{name}`", value, p.words, p.why, ", ".join(users)])
    return joined(
        [
            NOTICE,
            "# Registry-defined numbers",
            "Not from the paper. It leaves these open and the registry had to choose; whatever depends "
            "on one says so.",
            table(["parameter", "value", "what", "why", "used by"], rows),
        ]
    )


def regimens(consensus: Consensus) -> str:
    """The regimens the paper lists, in words, and to whom."""
    tolerance = consensus.parameters.get("dose_tolerance_percent")
    around = f" Doses within {plain(tolerance.value)} % count as given." if tolerance else ""
    listed = consensus.regimens
    parts = [
        NOTICE,
        "# Regimens",
        f"As the paper lists them; days are those of the course, day 1 its first.{around}",
        "## Lists",
        table(
            ["list", "entry", "regimens"],
            [
                [
                    group.words,
                    link(consensus.statement(group.entry)),
                    ", ".join(f"[{n}](#{n})" for n in group.regimens),
                ]
                for group in listed.lists.values()
            ],
        ),
    ]
    for name, regimen in listed.regimens.items():
        parts += [f"{anchor(name)}\n\n## {name}", *_regimen(regimen, consensus)]
    return joined(parts)


def _regimen(regimen: Regimen, consensus: Consensus) -> list[str]:
    entry = link(consensus.statement(regimen.entry))
    rows = [cells for component in regimen.components for cells in _component(component)]
    intensity = f"{sentence(regimen.words)} Intensity: {regimen.intensity}. From {entry}."
    return [intensity, table(["drug", "dose", "days"], rows)]


def _component(component: Component) -> list[list[str]]:
    """Drugs that stand for each other are rows that begin with "or"."""
    rows = []
    for number, part in enumerate(component.one_of):
        days = " or ".join(_days(schedule) for schedule in part.schedules)
        rows.append([f"{'or ' if number else ''}{part.drug.value}", _dose(part), days])
    return rows


def _dose(part: Part) -> str:
    if part.dose is None:
        return ", ".join(f"{plain(s.mg)} mg on day {_days(s.days)}" for s in part.steps)
    dose = part.dose
    amount = (
        plain(dose.low) if dose.low == dose.high else f"{plain(dose.low)} to {plain(dose.high)}"
    )
    times = f", {part.doses_per_day} doses a day" if part.doses_per_day else ""
    return f"{amount} {dose.unit} a {dose.each}{times}"


def _days(days: tuple[int, ...]) -> str:
    """1, 2, 3, 8 as `1-3 8`."""
    breaks = [i for i, (a, b) in enumerate(pairwise(days), 1) if b != a + 1]
    runs = [days[a:b] for a, b in pairwise([0, *breaks, len(days)])]
    return " ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)
