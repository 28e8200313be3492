"""Adherence in words and numbers, the same way in portal and public dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers import interval_words, percent, share
from registry import consensus
from registry.consensus import Recommendation
from registry.consensus.entries import Verdict
from registry.disclosure import policy
from registry.disclosure.others import enough
from registry.statistics.proportion import MIN_SUBJECTS, clopper_pearson

VERDICTS: tuple[Verdict, ...] = ("met", "deviated", "not_evaluable", "not_applicable")
HEADLINE, OTHER, WEAKER, OPTION = (
    "Headline recommendations",
    "Other recommendations",
    "Weaker advice",
    "Options",
)
GROUPS = {
    HEADLINE: "What the paper clearly recommends or advises against.",
    OTHER: "Recommended as well, but hedged, or read in more than one way: kept out of the headline.",
    WEAKER: "Preferred, suggested or left to the center: practice agrees with it or does not.",
    OPTION: "Allowed or worth considering: used or not used, and neither is a deviation.",
}


@dataclass(frozen=True)
class Tally:
    """Subjects of one recommendation and reading by verdict; None is a count the public may not see."""

    met: int | None = 0
    deviated: int | None = 0
    not_evaluable: int | None = 0
    not_applicable: int | None = 0

    @property
    def judged(self) -> int | None:
        """The denominator of the rate."""
        return _sum(self.met, self.deviated)

    @property
    def asked(self) -> int | None:
        """Everyone it applies to, judged or not."""
        return _sum(self.met, self.deviated, self.not_evaluable)

    @property
    def has_rate(self) -> bool:
        return self.judged is not None and self.judged >= MIN_SUBJECTS

    @property
    def rate(self) -> float | None:
        return share(self.met, self.judged) if self.has_rate else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact 95 % interval of the rate."""
        if not self.has_rate or self.met is None or self.judged is None:
            return None
        return clopper_pearson(self.met, self.judged)

    @property
    def share_not_evaluable(self) -> float | None:
        return share(self.not_evaluable, self.asked)

    @property
    def worst_case(self) -> float | None:
        """The rate if everybody who could not be judged had deviated."""
        has_enough = self.asked is not None and self.asked >= MIN_SUBJECTS
        return share(self.met, self.asked) if has_enough else None


def _sum(*counts: int | None) -> int | None:
    known = [c for c in counts if c is not None]
    return sum(known) if len(known) == len(counts) else None


Key = tuple[str, str]
"""A recommendation and a reading of it."""


def tallies(rows: pd.DataFrame) -> dict[Key, Tally]:
    """Counts by recommendation and reading, added up over all rows given; a hidden count stays hidden."""
    keys = ["recommendation_id", "reading"]
    grouped = rows.groupby(keys)
    counts = grouped[list(VERDICTS)]
    summed = counts.sum().astype("Int64").mask(counts.count().ne(grouped.size(), axis=0))
    return {
        (str(i), str(r)): Tally(*(None if pd.isna(n) else int(n) for n in counts))
        for (i, r), *counts in summed.itertuples(name=None)
    }


@dataclass(frozen=True)
class Line:
    """A recommendation under one reading: the counts looked at, and those of the whole registry.

    `registry` is None where the counts are the registry's own, or where there is nothing to compare.
    """

    entry: Recommendation
    reading: str
    tally: Tally
    registry: Tally | None = None

    @property
    def is_default(self) -> bool:
        return self.reading == self.entry.default_reading.name

    @property
    def title(self) -> str:
        """The title of the entry; the reading only where there are several."""
        several = f" (reading {self.reading})" if len(self.entry.readings) > 1 else ""
        return f"{self.entry.title}{several}"


def lines(rows: pd.DataFrame, center: str | None = None) -> list[Line]:
    """Every judged entry and reading in the order of the paper; of one center, or of all.

    `rows` are those of `mart_adherence` or `public_adherence`. Without any subject an entry has an
    empty tally.
    """
    everyone = tallies(rows)
    own = everyone if center is None else tallies(rows[rows["center_id"] == center])
    found = []
    for entry in consensus.load().judged():
        for reading in entry.readings:
            key = (entry.id, reading.name)
            tally, total = own.get(key, Tally()), everyone.get(key, Tally())
            registry = None if center is None or not has_others(tally, total) else total
            found.append(Line(entry, reading.name, tally, registry))
    return found


def has_others(own: Tally, total: Tally) -> bool:
    """Whether enough subjects of other centers stand behind the registry's number.

    Else the difference to one's own would be the practice of a few patients elsewhere.
    """
    if own.asked is None or total.asked is None:
        return False
    return enough(total.asked - own.asked)


def group_of(entry: Recommendation) -> str:
    """Under which heading an entry is shown: by its words, an option is never a deviation."""
    if entry.headline:
        return HEADLINE
    if entry.kind == "option":
        return OPTION
    return OTHER if entry.verdict_words("met") == "met" else WEAKER


def by_section(found: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines by section of the paper, in its order."""
    sections = consensus.load().sections
    grouped: dict[str, list[Line]] = {}
    for line in found:
        name = f"{line.entry.section}  {sections[line.entry.section]}"
        grouped.setdefault(name, []).append(line)
    return grouped


def rate_words(entry: Recommendation, tally: Tally) -> str:
    """The rate in one phrase, with its interval and what it is of."""
    met = entry.verdict_words("met")
    if tally.asked == 0:
        return "nobody to judge"
    if tally.judged is None:
        return f"no rate: a count of {policy().hidden} is hidden"
    if tally.judged == 0:
        return "nobody could be judged"
    if tally.rate is None or tally.interval is None:
        return f"{tally.met} of {tally.judged} {met}; too few for a rate"
    of = f"{tally.met:,} of {tally.judged:,}"
    return f"{percent(tally.rate)} {met} ({interval_words(tally.interval)}), {of}"


def count_words(count: int | None) -> str:
    """A count, or that it is hidden; never nothing or zero for a hidden one."""
    return f"hidden ({policy().hidden})" if count is None else f"{count:,}"


def unknown_words(tally: Tally) -> str:
    """How many could not be judged, of everyone it applies to."""
    if tally.not_evaluable is None:
        return f"not evaluable: {count_words(None)}"
    if tally.not_evaluable == 0:
        return "all evaluable" if tally.judged else ""
    unknown = tally.share_not_evaluable
    shown = f"{tally.not_evaluable:,}" if unknown is None else percent(unknown)
    return f"{shown} not evaluable"


def table(found: Sequence[Line]) -> pd.DataFrame:
    """One row a line: rate, interval, numerator, denominator, share not evaluable, worst case."""
    return pd.DataFrame([_row(line) for line in found])


def _row(line: Line) -> dict[str, object]:
    tally = line.tally
    row: dict[str, object] = {
        "id": line.entry.id,
        "rate": _hundred(tally.rate),
        "95 % interval": interval_words(tally.interval) if tally.interval else "",
        "recommendation": line.title,
        "numerator": tally.met,
        "denominator": tally.judged,
        "not evaluable": _hundred(tally.share_not_evaluable),
        "worst case": _hundred(tally.worst_case),
    }
    if line.registry is not None:
        row["registry"] = _hundred(line.registry.rate)
    return row | {
        "rate of": line.entry.verdict_words("met"),
        "strength": line.entry.strength,
        "section": line.entry.section,
    }


def _hundred(value: float | None) -> float | None:
    return None if value is None else 100 * value


@dataclass(frozen=True)
class Wanted:
    """What the filters ask for; empty means no filter."""

    sections: frozenset[str] = frozenset()
    strengths: frozenset[str] = frozenset()
    headline_only: bool = False
    words: str = ""

    def takes(self, entry: Recommendation) -> bool:
        """Whether an entry passes; every word of the search must be in its id, title or text."""
        text = f"{entry.id} {entry.title} {entry.statement}".casefold()
        return (
            (not self.sections or entry.section in self.sections)
            and (not self.strengths or entry.strength in self.strengths)
            and (entry.headline or not self.headline_only)
            and all(word in text for word in self.words.casefold().split())
        )


def same_everywhere(rows: pd.DataFrame) -> list[Recommendation]:
    """Entries with which every center agrees always, or none ever: they cannot tell centers apart."""
    centers = {c: tallies(of) for c, of in rows.groupby("center_id")}
    found = []
    for line in _defaults(rows):
        key = (line.entry.id, line.reading)
        judged = [t for t in (of.get(key) for of in centers.values()) if t is not None and t.judged]
        rates = {share(t.met, t.judged) for t in judged}
        if line.tally.has_rate and len(judged) > 1 and rates in ({0.0}, {1.0}):
            found.append(line.entry)
    return found


def mostly_unknown(rows: pd.DataFrame) -> list[Recommendation]:
    """Entries that cannot be judged for more than half of those they apply to."""
    return [
        line.entry
        for line in _defaults(rows)
        if (line.tally.asked or 0) >= MIN_SUBJECTS and (line.tally.share_not_evaluable or 0) > 0.5
    ]


def _defaults(rows: pd.DataFrame) -> list[Line]:
    return [line for line in lines(rows) if line.is_default]


def tier_names(entry: Recommendation, reading: str) -> Mapping[str, str]:
    """The words of each tier of a reading, in the order of the consensus."""
    found = next(r for r in entry.readings if r.name == reading)
    return {tier.name: tier.words for tier in entry.tiers_of(found)}
