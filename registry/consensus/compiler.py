"""Turns entries into SQL: one verdict and one tier expression per entry and reading."""

from __future__ import annotations

from collections.abc import Iterable

from registry.consensus.base import quoted
from registry.consensus.entries import Reading, Recommendation, Tier

NO_TIER = "cast(null as varchar)"


def met_sql(entry: Recommendation, reading: Reading) -> str:
    """The criterion of a reading, or one of the exceptions the paper grants."""
    granted = [exception.when.sql() for exception in entry.exceptions_of(reading)]
    return "(" + " or ".join([reading.met.sql(), *granted]) + ")" if granted else reading.met.sql()


def verdict_sql(entry: Recommendation, reading: Reading) -> str:
    """The verdict. SQL's own logic does the work: an unknown condition matches no branch."""
    applies, met = entry.applies_of(reading).sql(), met_sql(entry, reading)
    return (
        "case\n"
        f"  when not {applies} then 'not_applicable'\n"
        f"  when {applies} then case\n"
        f"    when {met} then 'met'\n"
        f"    when not {met} then 'deviated'\n"
        "    else 'not_evaluable'\n"
        "  end\n"
        "  else 'not_evaluable'\n"
        "end"
    )


def tier_sql(entry: Recommendation, reading: Reading) -> str:
    """The first tier whose condition is true, within or outside the population."""
    tiers, applies = entry.tiers_of(reading), entry.applies_of(reading).sql()
    inside = _first(t for t in tiers if not t.outside)
    outside = _first(t for t in tiers if t.outside)
    if not inside and not outside:
        return NO_TIER
    branches = [f"  when {applies} then {inside}"] if inside else []
    branches += [f"  when not {applies} then {outside}"] if outside else []
    return "\n".join(["case", *branches, "end"])


def _first(tiers: Iterable[Tier]) -> str:
    lines = [f"    when {t.when.sql()} then {quoted(t.name)}" for t in tiers]
    return "\n".join(["case", *lines, "  end"]) if lines else ""


def facts_of(entry: Recommendation) -> tuple[str, ...]:
    """Every column that the entry's SQL reads, each once."""
    found: list[str] = []
    for reading in entry.readings:
        found += entry.applies_of(reading).facts()
        found += reading.met.facts()
        for exception in entry.exceptions_of(reading):
            found += exception.when.facts()
        for tier in entry.tiers_of(reading):
            found += tier.when.facts()
    return tuple(dict.fromkeys(found))
